import CLinux
import Glibc

/// A mount that hangs nowhere yet (`man 2 fsmount`, `man 2 open_tree`): it can be adjusted out of everybody's sight,
/// attached, and vanishes if its owner ends first.
public struct DetachedMount: ~Copyable, Sendable {
    /// Refers to the mount, before and after it was attached.
    public let descriptor: OwnedDescriptor

    private init(taking number: Int32) {
        descriptor = OwnedDescriptor(taking: number)
    }

    /// Takes over the reference that ``intoDescriptor()`` has given.
    public init(taking descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    /// A new instance of a file system.
    /// - Parameters:
    ///   - options: `key=value` and plain keys, as in `mount -o`; no value over 255 bytes.
    ///   - flags: the `MS_…` numbers of `man 2 mount` that concern one mount.
    public init(type: String, source: String, options: [String], flags: UInt64) throws(KernelError) {
        let context = OwnedDescriptor(taking: try check("open file system", type) { clinux_fsopen(type) })
        let number = context.number
        if !source.isEmpty {
            try check("set the source of \(type) to", source) { clinux_fsconfig_string(number, "source", source) }
        }
        for option in options where !option.isEmpty {
            try Self.set(option, on: context, type: type)
        }
        do throws(KernelError) {
            try check("mount \(type)") { clinux_fsconfig_create(number) }
        } catch {
            throw KernelError("mount \(type)", Self.explanation(from: context), errno: error.errno)
        }
        self.init(
            taking: try check("mount \(type)") { clinux_fsmount(number, MountAttributes(mountFlags: flags).rawValue) })
    }

    /// A copy of the mount at a path, or of the part of it below the path.
    /// - Parameter recursive: with everything that is mounted below.
    public init(cloning path: String, in directory: Int32? = nil, recursive: Bool) throws(KernelError) {
        let flags = Self.clone | Self.emptyPath | (recursive ? Self.wholeTree : 0)
        self.init(
            taking: try check("clone the mount at", path) { clinux_open_tree(directory ?? AT_FDCWD, path, flags) })
    }

    /// Another copy of a mount that is attached.
    public func cloned() throws(KernelError) -> DetachedMount {
        try DetachedMount(cloning: "", in: descriptor.number, recursive: false)
    }

    /// Changes attributes of the mount, and of those below it when `recursive`.
    public func change(set: MountAttributes, clear: MountAttributes = [], recursive: Bool) throws(KernelError) {
        let flags = Self.emptyPath | (recursive ? Self.wholeTree : 0)
        // The access time settings are one field: it has to be cleared before it is set.
        let cleared = set.intersection(.accessTime).isEmpty ? clear : clear.union(.accessTime)
        try check("change a mount's attributes") {
            clinux_mount_setattr(descriptor.number, "", flags, UInt64(set.rawValue), UInt64(cleared.rawValue), 0)
        }
    }

    /// Changes attributes of what is attached, through any reference to its root.
    public static func change(
        _ mounted: borrowing OwnedDescriptor, set: MountAttributes, clear: MountAttributes, recursive: Bool
    ) throws(KernelError) {
        let flags = Self.emptyPath | (recursive ? Self.wholeTree : 0)
        let cleared = set.intersection(.accessTime).isEmpty ? clear : clear.union(.accessTime)
        let number = mounted.number
        try check("change a mount's attributes") {
            clinux_mount_setattr(number, "", flags, UInt64(set.rawValue), UInt64(cleared.rawValue), 0)
        }
    }

    /// Changes how mounts spread from and to what is attached. `propagation` is one of the kernel's `MS_…` bits.
    public static func spread(
        _ mounted: borrowing OwnedDescriptor, _ propagation: UInt64, recursive: Bool
    ) throws(KernelError) {
        let flags = Self.emptyPath | (recursive ? Self.wholeTree : 0)
        let number = mounted.number
        try check("change a mount's propagation") {
            clinux_mount_setattr(number, "", flags, 0, 0, propagation)
        }
    }

    /// Attaches the mount on a file or directory.
    public func attach(to target: borrowing OwnedDescriptor, _ path: @autoclosure () -> String) throws(KernelError) {
        let number = target.number
        try check("attach a mount to", path()) { clinux_move_mount(descriptor.number, "", number, "") }
    }

    /// The reference alone: as long as it lives, so does the mount.
    public consuming func intoDescriptor() -> OwnedDescriptor { descriptor }

    /// Whether it is a directory's mount, not a file's.
    public func isDirectory() throws(KernelError) -> Bool { try descriptor.isDirectory() }

    private static func set(
        _ option: String, on context: borrowing OwnedDescriptor, type: String
    ) throws(KernelError) {
        let number = context.number
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        do throws(KernelError) {
            try check("set") {
                parts.count == 2
                    ? clinux_fsconfig_string(number, String(parts[0]), String(parts[1]))
                    : clinux_fsconfig_flag(number, option)
            }
        } catch {
            throw KernelError("set the \(type) mount option", option, errno: error.errno)
        }
    }

    /// The kernel's own words: a context hands out messages such as `e overlay: …`.
    private static func explanation(from context: borrowing OwnedDescriptor) -> String {
        var words: [UInt8] = Array(repeating: 0, count: 256)
        let count = words.withUnsafeMutableBytes { read(context.number, $0.baseAddress, $0.count) }
        guard count > 2 else { return "" }
        let text = String(decoding: words[2..<count], as: UTF8.self)
        return text.split(separator: "\n").first.map { "(\($0))" } ?? ""
    }

    private static let clone: UInt32 = 1
    private static let emptyPath: UInt32 = 0x1000
    private static let wholeTree: UInt32 = 0x8000
}

/// Attributes of one mount: the kernel's `MOUNT_ATTR_…` bits (`man 2 mount_setattr`).
public struct MountAttributes: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let readOnly = MountAttributes(rawValue: 1)
    public static let noSUID = MountAttributes(rawValue: 2)
    public static let noDevices = MountAttributes(rawValue: 4)
    public static let noExecute = MountAttributes(rawValue: 8)
    public static let noAccessTime = MountAttributes(rawValue: 0x10)
    public static let strictAccessTime = MountAttributes(rawValue: 0x20)
    public static let noDirectoryAccessTime = MountAttributes(rawValue: 0x80)
    /// The field of all access time settings; 0 in it means `relatime`.
    static let accessTime = MountAttributes(rawValue: 0x70)

    /// From the `MS_…` numbers of `man 2 mount`.
    public init(mountFlags: UInt64) {
        let table: [(UInt64, MountAttributes)] = [
            (1, .readOnly), (2, .noSUID), (4, .noDevices), (8, .noExecute), (1024, .noAccessTime),
            (2048, .noDirectoryAccessTime), (1 << 24, .strictAccessTime),
        ]
        self = table.reduce(into: []) { attributes, entry in
            if mountFlags & entry.0 != 0 { attributes.formUnion(entry.1) }
        }
    }
}
