import Glibc
import Kernel

/// The control group of the supervisor and, as its children, of the shims. They leave their caller's, because whoever
/// ends that group (a service that is stopped, a CI job) doesn't mean the containers.
public struct OwnCgroup: Sendable {
    /// Below the root of each hierarchy.
    private let path: String

    /// - Parameter parent: the group in which the containers' groups are.
    public init(parent: String) {
        path = parent + "/engine"
    }

    /// Moves the calling process into its own group, in those hierarchies in which somebody else's has it. Best done
    /// while there is a single thread. What can't be left is stayed in: where groups are somebody else's to make.
    public func enter() {
        // `try?`: without /proc or hierarchies there is no group to leave.
        guard let text = try? Files.readText("/proc/self/cgroup"), let mounts = try? Files.read("/proc/self/mountinfo")
        else { return }
        for point in Self.foreign(in: text, to: path, Self.mountPoints(mounts)) {
            let directory = "\(point.path)/\(path)"
            // `try?`: then it stays where it is.
            guard (try? Files.makeDirectories(directory)) != nil else { continue }
            if point.isSet { Self.inherit("\(point.path)", path) }
            try? Files.write("0", to: "\(directory)/cgroup.procs")  // `try?`: then it stays where it is.
        }
    }

    /// Moves the calling process to the root of each hierarchy and removes the group; one in which others are stays.
    public func leave() {
        guard let text = try? Files.readText("/proc/self/cgroup"), let mounts = try? Files.read("/proc/self/mountinfo")
        else { return }
        let points = Self.mountPoints(mounts)
        for line in text.split(separator: "\n") {
            guard let (name, group) = Self.parts(line), group == "/" + path, let point = points[name] else { continue }
            try? Files.write("0", to: "\(point)/cgroup.procs")  // `try?`: then the group stays, for the next.
        }
        for point in Set(points.values) {
            var directory = Substring("\(point)/\(path)")
            for _ in path.split(separator: "/") {
                guard rmdir(String(directory)) == 0, let slash = directory.lastIndex(of: "/") else { break }
                directory = directory[..<slash]
            }
        }
    }

    // MARK: Hierarchies

    /// The mount points of the hierarchies in which the process is in neither the root nor the group.
    static func foreign(
        in text: String, to path: String, _ points: [String: String]
    ) -> [(path: String, isSet: Bool)] {
        text.split(separator: "\n").compactMap { line in
            guard let (name, group) = parts(line), group != "/", group != "/" + path, let point = points[name] else {
                return nil
            }
            return (point, name.split(separator: ",").contains("cpuset"))
        }
    }

    /// `4:memory:/a/b` (`man 7 cgroups`): the hierarchy's controllers, empty for v2, and the group.
    private static func parts(_ line: Substring) -> (name: String, group: String)? {
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? (String(parts[1]), String(parts[2])) : nil
    }

    /// By the names that /proc/self/cgroup has for hierarchies.
    static func mountPoints(_ mountInfo: [UInt8]) -> [String: String] {
        var points: [String: String] = [:]
        // swift-format-ignore: a path that isn't UTF-8 isn't found, and stays unused
        for line in String(decoding: mountInfo, as: UTF8.self).split(separator: "\n") {
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2, halves[1].hasPrefix("cgroup") else { continue }
            let (fields, rest) = (halves[0].split(separator: " "), halves[1].split(separator: " "))
            guard fields.count > 4, fields[3] == "/", let options = rest.last else { continue }
            let names = options.split(separator: ",").filter { $0 != "rw" && $0 != "ro" && $0 != "xattr" }
            let name =
                rest[0] == "cgroup2" ? "" : names.filter { !$0.hasPrefix("release_agent=") }.joined(separator: ",")
            if points[name] == nil { points[name] = String(fields[4]) }
        }
        return points
    }

    /// A cpuset without CPUs and memory nodes takes no process.
    private static func inherit(_ point: String, _ path: String) {
        var directory = point
        for component in path.split(separator: "/") {
            let parent = directory
            directory += "/\(component)"
            for file in ["cpuset.cpus", "cpuset.mems"] {
                // `try?`: a hierarchy without the file needs nothing of the kind.
                guard let own = try? Files.readText("\(directory)/\(file)"), own == "\n",
                    let theirs = try? Files.readText("\(parent)/\(file)")
                else { continue }
                try? Files.write(theirs, to: "\(directory)/\(file)")
            }
        }
    }
}
