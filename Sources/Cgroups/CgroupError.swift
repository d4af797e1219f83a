import Kernel

/// Why a control group can't be used.
public enum CgroupError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A limit needs a controller that the host doesn't offer.
    case missingController(CgroupController, limit: String)
    /// A path that could lead out of Roost's own groups.
    case badPath(String)
    /// The host has no cgroup file system mounted.
    case noHierarchy
    /// The kernel refused.
    case kernel(operation: String, path: String, errno: Int32)

    public var description: String {
        switch self {
        case .missingController(let controller, let limit):
            "\(limit) can't be limited: this host has no \(controller.rawValue) cgroup controller; "
                + "enable it (kernel command line) or remove the limit"
        case .badPath(let path): "\"\(path)\" is not a cgroup path below the root of the hierarchies"
        case .noHierarchy: "no cgroup file system is mounted; mount cgroup2 on /sys/fs/cgroup"
        case .kernel(let operation, let path, let errno):
            "\(operation) cgroup \(path): \(KernelError.reason(of: errno))"
        }
    }

    /// The kernel's number, or 0.
    public var errno: Int32 {
        if case .kernel(_, _, let errno) = self { errno } else { 0 }
    }
}
