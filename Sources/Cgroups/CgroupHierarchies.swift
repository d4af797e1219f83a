import Kernel

/// The controllers that limits are set with, by their names in version 1 (`man 7 cgroups`).
public enum CgroupController: String, CaseIterable, Hashable, Sendable {
    case memory, cpu, cpuacct, cpuset, pids, devices, blkio, hugetlb, rdma, freezer
    case networkClass = "net_cls"
    case networkPriority = "net_prio"

    /// The name in version 2; `nil` where that has no such controller.
    public var unifiedName: String? {
        switch self {
        case .blkio: "io"
        case .devices, .freezer, .cpuacct, .networkClass, .networkPriority: nil
        default: rawValue
        }
    }
}

/// Where the host has its cgroup hierarchies mounted, and what they can do.
public struct CgroupHierarchies: Equatable, Sendable {
    /// The v2 hierarchy's mount point.
    public var unified: String?
    /// The mount points of the v1 controllers that Roost uses.
    public var legacy: [CgroupController: String]
    /// The controllers that the root of the v2 hierarchy offers, by their names there.
    public var unifiedControllers: Set<String>
    /// Whether the kernel takes a program that decides about the devices of a v2 group.
    public var filtersDevices: Bool

    public init(
        unified: String?, legacy: [CgroupController: String], unifiedControllers: Set<String> = [],
        filtersDevices: Bool = true
    ) {
        self.unified = unified
        self.legacy = legacy
        self.unifiedControllers = unifiedControllers
        self.filtersDevices = filtersDevices
    }

    /// Looks the mount points up, and what can be done there by trying it: what programs are compiled for.
    public static func survey() throws(CgroupError) -> CgroupHierarchies {
        var hierarchies = try discover()
        guard let unified = hierarchies.unified else {
            hierarchies.filtersDevices = false
            return hierarchies
        }
        // `try?`: a hierarchy without the file has no controllers.
        let words = (try? Files.readText("\(unified)/cgroup.controllers"))?.split { $0 == " " || $0 == "\n" } ?? []
        hierarchies.unifiedControllers = Set(words.map(String.init))
        hierarchies.filtersDevices = DeviceFilter.isSupported()
        return hierarchies
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

    /// An existing group, in whichever hierarchies it exists.
    public func existing(_ path: String) throws(CgroupError) -> Cgroup {
        try Cgroup.validate(path)
        func present(_ point: String) -> String? {
            Files.exists("\(point)/\(path)/cgroup.procs") ? "\(point)/\(path)" : nil
        }
        return Cgroup(
            path: path, unified: unified.flatMap(present), legacy: legacyPoints.compactMap(present))
    }

    /// The mount points of v1, each once.
    public var legacyPoints: [String] {
        var points: [String] = []
        for controller in CgroupController.allCases {
            if let point = legacy[controller], !points.contains(point) { points.append(point) }
        }
        return points
    }

    /// All mount points, each once.
    var mountPoints: [String] { (unified.map { [$0] } ?? []) + legacyPoints }
}
