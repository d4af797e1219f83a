import Kernel

/// Where the host has its cgroup hierarchies mounted.
public struct CgroupHierarchies: Equatable, Sendable {
    /// The v2 hierarchy's mount point.
    public var unified: String?
    /// The mount points of the v1 controllers that Roost uses.
    public var legacy: [CgroupController: String]

    public init(unified: String?, legacy: [CgroupController: String]) {
        self.unified = unified
        self.legacy = legacy
    }

    /// Looks the mount points up in `/proc/self/mountinfo`.
    public static func discover() throws(CgroupError) -> CgroupHierarchies {
        let hierarchies: CgroupHierarchies
        do throws(KernelError) {
            hierarchies = CgroupHierarchies(mountInfo: try Files.read("/proc/self/mountinfo"))
        } catch {
            throw .kernel(operation: "find the mounts of", path: "hierarchies", errno: error.errno)
        }
        guard hierarchies.unified != nil || !hierarchies.legacy.isEmpty else { throw .noHierarchy }
        return hierarchies
    }

    /// Reads the form of `man 5 proc`: `36 35 98:0 /root /mount/point options optional… - type source super,options`.
    init(mountInfo: [UInt8]) {
        self.init(unified: nil, legacy: [:])
        for line in mountInfo.split(separator: UInt8(ascii: "\n")) {
            // Most lines are of other file systems: they are told apart without being taken to pieces.
            guard let end = Self.separator(in: line) else { continue }
            let kind = line[end...]
            let isUnified = kind.starts(with: " - cgroup2 ".utf8)
            guard isUnified || kind.starts(with: " - cgroup ".utf8) else { continue }
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count > 4, let last = fields.last else { continue }
            let point = String(decoding: fields[4], as: UTF8.self)
            if isUnified {
                if unified == nil { unified = point }
            } else {
                add(options: last, at: point)
            }
        }
    }

    private mutating func add(options: ArraySlice<UInt8>, at point: String) {
        for option in options.split(separator: UInt8(ascii: ",")) {
            guard let controller = CgroupController(rawValue: String(decoding: option, as: UTF8.self)) else { continue }
            if legacy[controller] == nil { legacy[controller] = point }
        }
    }

    private static func separator(in line: ArraySlice<UInt8>) -> Int? {
        var index = line.startIndex
        while index + 2 < line.endIndex {
            if line[index] == 0x20 && line[index + 1] == UInt8(ascii: "-") && line[index + 2] == 0x20 { return index }
            index += 1
        }
        return nil
    }

    /// Where the controller lives, v1 before v2: a controller is in one hierarchy only.
    func isLegacy(_ controller: CgroupController) -> Bool { legacy[controller] != nil }

    /// All mount points, each once.
    var mountPoints: [String] {
        var points = unified.map { [$0] } ?? []
        for controller in CgroupController.allCases {
            if let point = legacy[controller], !points.contains(point) { points.append(point) }
        }
        return points
    }
}
