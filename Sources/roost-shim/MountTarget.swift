import Kernel

/// Where a mount or a node goes in the container's root file system.
struct MountTarget {
    /// As it is written, without `.` and `..`.
    let path: String
    /// It is in /proc, /sys or /dev, or what is mounted is such a file system. What stands there decides what the
    /// container may do, so the way to it has to be real directories of the root: an image's link would put the file
    /// system somewhere else, and its masks into nothing.
    let isSystem: Bool

    init(_ path: String, type: String = "") {
        let cleaned = RootDirectory.cleaned(path)
        self.path = cleaned
        isSystem =
            ["/proc", "/sys", "/dev"].contains { Self.isPath(cleaned, in: $0) }
            || ["proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue"].contains(type)
    }

    var links: PathLinks { isSystem ? .refused : .inside }

    /// It is the directory or below it.
    func isIn(_ directory: String) -> Bool { Self.isPath(path, in: directory) }

    private static func isPath(_ path: String, in directory: String) -> Bool {
        path == directory || path.hasPrefix(directory + "/")
    }
}

/// The file systems that the kernel shows itself in.
enum KernelFileSystem: CaseIterable {
    case proc, sysfs

    var path: String { self == .proc ? "/proc" : "/sys" }
    var type: FileSystemType { self == .proc ? .proc : .sysfs }
    var words: String { self == .proc ? "the kernel's proc file system" : "the kernel's sysfs" }

    /// The file system that a path is in by its text, and the rest of the path, `.` for none.
    static func split(_ path: String) -> (KernelFileSystem, rest: String)? {
        let target = MountTarget(path)
        guard let found = allCases.first(where: { target.isIn($0.path) }) else { return nil }
        let rest = target.path.dropFirst(found.path.utf8.count + 1)
        return (found, rest.isEmpty ? "." : String(rest))
    }
}
