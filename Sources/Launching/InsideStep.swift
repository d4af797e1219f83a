/// A step inside the container's namespaces. Paths of mounts are those that the container will see; the shim puts the
/// root file system's place before them and resolves every component inside it (no symbolic link of the image leads
/// out).
public enum InsideStep: Equatable, Sendable {
    /// Stops mounts from spreading to the host.
    case privatePropagation
    /// The root file system as an overlay. `lower` is top first. Paths are the host's.
    case overlayRoot(lower: [String], upper: String, work: String, target: String, noDevices: Bool)
    /// A root file system that exists already; it is bound on itself.
    case bindRoot(source: String, target: String)
    /// A new file system instance, made with the new mount API where the kernel has it. The target is made if missing.
    case mount(type: String, source: String, target: String, flags: MountFlags, data: String)
    /// A file or directory of the host. The target (a file or a directory, as the source is) is made if missing.
    /// `within` is a directory of the host that strangers write to: the source is a path beneath it, which is resolved
    /// without ever leaving it. Empty: the source is the host's own.
    case bind(source: String, within: String = "", target: String, flags: MountFlags, recursive: Bool)
    /// Attributes of what is mounted on a path, and of everything below it when `recursive`.
    case attributes(target: String, set: MountFlags, clear: MountFlags, recursive: Bool)
    /// Whether mounts spread from and to what is mounted on a path. Before there is a root file system, the path is the
    /// host's.
    case propagation(target: String, MountPropagation, recursive: Bool)
    /// A device node of the host, bound on a file, or made where that is allowed.
    case device(path: String, major: UInt32, minor: UInt32, mode: UInt32, user: UInt32 = 0, group: UInt32 = 0)
    case symbolicLink(target: String, path: String)
    /// A file with the content, in the container.
    case file(path: String, content: [UInt8], mode: UInt32, user: UInt32, group: UInt32)
    /// A directory in the container, made if missing; ownership and mode are set only when it was made.
    case directory(path: String, mode: UInt32, user: UInt32, group: UInt32)
    /// Hides a path: `/dev/null` over a file, an empty read-only tmpfs over a directory. Missing paths are skipped.
    case mask(String)
    /// A read-only bind of a path on itself. Missing paths are skipped.
    case readOnly(String)
    /// The root file system becomes `/`, and the old root is detached.
    case pivotRoot
    /// After the pivot: the root mount becomes read-only.
    case readOnlyRoot
    /// After the pivot, with /proc mounted: writes the dotted name under /proc/sys.
    case sysctl(name: String, value: String)
    case hostname(String)
    case domainname(String)
    /// An OCI `createContainer` or `startContainer` hook, in the container's namespaces.
    case hook(HookSettings)
}

/// How mounts spread (`man 7 mount_namespaces`).
public enum MountPropagation: UInt8, Equatable, Sendable {
    case `private`, slave, shared, unbindable

    public var name: String {
        switch self {
        case .private: "private"
        case .slave: "slave"
        case .shared: "shared"
        case .unbindable: "unbindable"
        }
    }
}

/// Mount flags as the kernel's `MS_…` numbers (`man 2 mount`).
public struct MountFlags: OptionSet, Equatable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static let readOnly = MountFlags(rawValue: 1)
    public static let noSUID = MountFlags(rawValue: 2)
    public static let noDevices = MountFlags(rawValue: 4)
    public static let noExecute = MountFlags(rawValue: 8)
    public static let strictAccessTime = MountFlags(rawValue: 1 << 24)
    public static let noAccessTime = MountFlags(rawValue: 1024)
    public static let noDirectoryAccessTime = MountFlags(rawValue: 2048)
    public static let relativeAccessTime = MountFlags(rawValue: 1 << 21)
}
