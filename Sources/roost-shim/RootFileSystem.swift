import Glibc
import Kernel
import Launching

/// The steps inside: the container's root file system and what is mounted in it.
final class RootFileSystem {
    /// The host's root until the container's stands; it remains the same directory when that becomes `/`.
    private(set) var root: RootDirectory
    /// An attached empty read-only file system, of which each masked directory gets a copy.
    private var emptyPlace: Int32 = -1

    init() throws(KernelError) {
        root = try RootDirectory("/")
    }

    func perform(_ step: InsideStep) throws(KernelError) {
        switch step {
        case .privatePropagation: try Mounts.makePrivate()
        case .overlayRoot(let lower, let upper, let work, let target, let noDevices):
            try Files.makeDirectories(target)
            let flags = noDevices ? MountFlags.noDevices.rawValue : 0
            try Mounts.overlay(lower: lower, upper: upper, work: work, flags: flags, target: target)
            root = try RootDirectory(target)
        case .bindRoot(let source, let target): try bindRoot(source, target)
        case .mount(let type, let source, let target, let flags, let data):
            try mount(type, source, target, flags, data)
        case .bind(let source, let target, let flags, let recursive): try bind(source, target, flags, recursive)
        case .device(let path, let major, let minor, let mode): try device(path, major, minor, mode)
        case .mask(let path): try mask(path)
        case .readOnly(let path): try makeReadOnly(path)
        case .pivotRoot: try Mounts.pivot(to: root.descriptor)
        case .readOnlyRoot: try Mounts.change("/", set: .readOnly)
        default: try performSmall(step)
        }
    }

    private func performSmall(_ step: InsideStep) throws(KernelError) {
        switch step {
        case .symbolicLink(let target, let path): try link(target, path)
        case .file(let path, let content, let mode, let user, let group): try file(path, content, mode, user, group)
        case .directory(let path, let mode, let user, let group): try directory(path, mode, user, group)
        case .sysctl(let name, let value): try setSysctl(name, value)
        case .hostname(let name): try check("set the hostname", name) { sethostname(name, name.utf8.count) }
        case .domainname(let name): try check("set the domain name", name) { setdomainname(name, name.utf8.count) }
        default: break
        }
    }

    private func bindRoot(_ source: String, _ target: String) throws(KernelError) {
        try Files.makeDirectories(target)
        let copy = try DetachedMount(cloning: source, recursive: true)
        try copy.attach(to: try OwnedDescriptor(open: target, [.path, .directory]), target)
        root = try RootDirectory(target)
    }

    private func mount(
        _ type: String, _ source: String, _ target: String, _ flags: MountFlags, _ data: String
    ) throws(KernelError) {
        let place = try root.directory(target)
        let options = data.split(separator: ",").map(String.init)
        let mount = try DetachedMount(type: type, source: source, options: options, flags: flags.rawValue)
        try mount.attach(to: place, target)
    }

    private func bind(
        _ source: String, _ target: String, _ flags: MountFlags, _ recursive: Bool
    ) throws(KernelError) {
        let copy: DetachedMount
        do throws(KernelError) {
            copy = try DetachedMount(cloning: source, recursive: recursive)
        } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
            throw KernelError("bind source", source, errno: error.errno)
        }
        let attributes = MountAttributes(mountFlags: flags.rawValue)
        if !attributes.isEmpty { try copy.change(set: attributes, recursive: recursive) }
        let isDirectory = try copy.isDirectory()
        let place = isDirectory ? try root.directory(target) : try root.file(target)
        try copy.attach(to: place, target)
    }

    private func link(_ target: String, _ path: String) throws(KernelError) {
        let (parent, name) = RootDirectory.split(path)
        let directory = try root.directory(parent)
        let number = directory.number
        if symlinkat(target, number, name) != 0 && lastError() != EEXIST {
            throw KernelError("make the symbolic link", path, errno: lastError())
        }
    }

    private func file(
        _ path: String, _ content: [UInt8], _ mode: UInt32, _ user: UInt32, _ group: UInt32
    ) throws(KernelError) {
        _ = try root.directory(RootDirectory.split(path).parent)
        let file = try root.open(path, [.writeOnly, .create, .truncate], mode: mode)
        let number = file.number
        try file.writeAll(content)
        try check("set the owner of", path) { fchown(number, user, group) }
        try check("set the mode of", path) { fchmod(number, mode) }
    }

    private func directory(
        _ path: String, _ mode: UInt32, _ user: UInt32, _ group: UInt32
    ) throws(KernelError) {
        var made = false
        let directory = try root.directory(path, mode: mode, made: &made)
        let number = directory.number
        if made && (user != 0 || group != 0) {
            try check("set the owner of", path) { fchownat(number, "", user, group, emptyPath) }
        }
    }

    private func setSysctl(_ name: String, _ value: String) throws(KernelError) {
        // Names with slashes may have dots in their parts (`man 8 sysctl`).
        let path = name.contains("/") ? name : name.split(separator: ".").joined(separator: "/")
        do throws(KernelError) {
            try Files.write(value, to: "/proc/sys/\(path)")
        } catch {
            throw KernelError("set sysctl \(name) to", value, errno: error.errno)
        }
    }

    private let emptyPath: Int32 = 0x1000
}

extension RootFileSystem {
    /// The container's own node. Where the file system there forbids devices, so that none can be made by the
    /// container, the node alone is mounted on itself without that ban. Where nodes can't be made (in a user
    /// namespace), the host's is bound.
    private func device(_ path: String, _ major: UInt32, _ minor: UInt32, _ mode: UInt32) throws(KernelError) {
        let (parent, name) = RootDirectory.split(path)
        let directory = try root.directory(parent)
        let number = directory.number
        let kind = mode & S_IFMT == 0 ? S_IFCHR | mode : mode
        do throws(KernelError) {
            try directory.makeDevice(name, mode: kind, major: major, minor: minor)
        } catch  where error.errno == EPERM {
            return try bind(path, path, [], false)
        } catch  where error.errno == EEXIST {
            // The image's own, on a root that is not covered by a new /dev.
        }
        guard try directory.forbidsDevices() else { return }
        let node = try DetachedMount(cloning: name, in: number, recursive: false)
        try node.change(set: [], clear: .noDevices, recursive: false)
        try node.attach(to: try root.open(path, .path), path)
    }

    private func mask(_ path: String) throws(KernelError) {
        guard let place = try root.find(path) else { return }
        if try !place.isDirectory() {
            return try DetachedMount(cloning: "/dev/null", recursive: false).attach(to: place, path)
        }
        if emptyPlace >= 0 {
            return try DetachedMount(cloning: "", in: emptyPlace, recursive: false).attach(to: place, path)
        }
        let empty = try DetachedMount(
            type: "tmpfs", source: "tmpfs", options: ["nr_inodes=2", "mode=555"], flags: 1 | 2 | 4 | 8)
        try empty.attach(to: place, path)
        emptyPlace = try empty.descriptor.duplicate().release()
    }

    private func makeReadOnly(_ path: String) throws(KernelError) {
        guard let place = try root.find(path) else { return }
        let copy = try DetachedMount(cloning: "", in: place.number, recursive: true)
        try copy.change(set: .readOnly, recursive: true)
        try copy.attach(to: place, path)
    }
}
