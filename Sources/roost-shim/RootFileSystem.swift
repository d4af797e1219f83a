import Glibc
import Kernel
import Launching

/// The steps inside: the container's root file system and what is mounted in it.
///
/// The image is a stranger's, and so is what another container puts into a volume that both have. So every place is
/// opened once, below the root's descriptor, looked at, and then used through its own descriptor.
final class RootFileSystem {
    /// The host's root until the container's stands; it remains the same directory when that becomes `/`.
    private(set) var root: RootDirectory
    /// The file systems that were mounted for the system, by their numbers: nothing else gets into them by a link.
    private var systemDevices: [UInt64] = []
    /// /proc and /sys, once they were seen to be what they should be.
    var kernelFileSystems: [KernelFileSystem: Int32] = [:]
    /// Copies of what binds show, in their order, for a process that can't open it any more when their turn comes.
    private var takenSources: [Int32] = []
    /// An attached empty read-only file system, of which each masked directory gets a copy.
    var emptyPlace: Int32 = -1

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
            try mount(type, source, MountTarget(target, type: type), flags, data)
        case .bind(let source, let within, let target, let flags, let recursive):
            try bind(source, within, MountTarget(target), flags, recursive)
        case .device(let path, let major, let minor, let mode, let user, let group):
            try device(path, major, minor, mode, user, group)
        case .attributes(let target, let set, let clear, let recursive):
            let place = try mounted(target)
            try DetachedMount.change(
                place, set: MountAttributes(mountFlags: set.rawValue),
                clear: MountAttributes(mountFlags: clear.rawValue), recursive: recursive)
        case .propagation(let target, let kind, let recursive):
            try DetachedMount.spread(try mounted(target), kind.flag, recursive: recursive)
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

    /// What is mounted on a path.
    private func mounted(_ target: String) throws(KernelError) -> OwnedDescriptor {
        let place = MountTarget(target)
        return try root.open(place.path, .path, links: place.links)
    }

    private func bindRoot(_ source: String, _ target: String) throws(KernelError) {
        try Files.makeDirectories(target)
        let copy = try DetachedMount(cloning: source, recursive: true)
        try copy.attach(to: try OwnedDescriptor(open: target, [.path, .directory]), target)
        root = try RootDirectory(target)
    }

    private func mount(
        _ type: String, _ source: String, _ target: MountTarget, _ flags: MountFlags, _ data: String
    ) throws(KernelError) {
        let place = try place(target, isDirectory: true)
        let options = data.split(separator: ",").map(String.init)
        let mount = try DetachedMount(type: type, source: source, options: options, flags: flags.rawValue)
        try attach(mount, to: place, target)
    }

    private func bind(
        _ source: String, _ within: String, _ target: MountTarget, _ flags: MountFlags, _ recursive: Bool
    ) throws(KernelError) {
        let copy =
            takenSources.isEmpty
            ? try self.source(source, within, recursive)
            : DetachedMount(taking: OwnedDescriptor(taking: takenSources.removeFirst()))
        let attributes = MountAttributes(mountFlags: flags.rawValue)
        if !attributes.isEmpty { try copy.change(set: attributes, recursive: recursive) }
        let place = try place(target, isDirectory: try copy.isDirectory())
        try attach(copy, to: place, target)
    }
}

// MARK: Sources

extension RootFileSystem {
    /// What binds will show is opened now, by who may go there.
    func takeSources(of steps: [InsideStep]) throws(KernelError) {
        for case .bind(let source, let within, _, _, let recursive) in steps {
            takenSources.append(try self.source(source, within, recursive).intoDescriptor().release())
        }
    }

    /// A copy of what a bind shows.
    private func source(
        _ source: String, _ within: String, _ recursive: Bool
    ) throws(KernelError) -> DetachedMount {
        do throws(KernelError) {
            if within.isEmpty { return try DetachedMount(cloning: source, recursive: recursive) }
            let found = try RootDirectory(within).open(source, .path, links: .beneath)
            return try DetachedMount(cloning: "", in: found.number, recursive: recursive)
        } catch  where error.errno == EXDEV || error.errno == ELOOP {
            throw KernelError("bind source", "\(source), which leads out of \(within)", errno: error.errno)
        } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
            throw KernelError("bind source", source, errno: error.errno)
        }
    }
}

// MARK: Places

extension RootFileSystem {
    /// The place of a mount, made if missing.
    private func place(_ target: MountTarget, isDirectory: Bool) throws(KernelError) -> OwnedDescriptor {
        let place: OwnedDescriptor
        do throws(KernelError) {
            place =
                isDirectory
                ? try root.directory(target.path, links: target.links) : try root.file(target.path, links: target.links)
        } catch  where error.errno == ELOOP && target.isSystem {
            throw KernelError("mount on", "\(target.path), which the image made a symbolic link", errno: ELOOP)
        }
        let status = try place.status()
        if status.isSameFile(as: try root.descriptor.status()) {
            throw KernelError("mount on", "\(target.path), which is the root directory itself", errno: EBUSY)
        }
        if !target.isSystem && systemDevices.contains(status.device) {
            let words = "\(target.path), which a link of the image leads into a system directory"
            throw KernelError("mount on", words, errno: ELOOP)
        }
        return place
    }

    /// Attaches the mount, and sees that it is found where it belongs.
    private func attach(
        _ mount: borrowing DetachedMount, to place: borrowing OwnedDescriptor, _ target: MountTarget
    ) throws(KernelError) {
        try requireKernelFileSystem(mount, target)
        try mount.attach(to: place, target.path)
        guard target.isSystem else { return }
        let mounted = try mount.descriptor.status()
        let found = try root.open(target.path, .path, links: .refused).status()
        guard found.isSameFile(as: mounted) else {
            throw KernelError("mount on", "\(target.path): something else is found there", errno: ESTALE)
        }
        systemDevices.append(mounted.device)
    }

    /// On /proc and /sys there is nothing but what the kernel shows there: processes with rights are about to write to
    /// it, and what has to be hidden is looked for in it. Below /proc single files may be covered (as lxcfs does).
    private func requireKernelFileSystem(
        _ mount: borrowing DetachedMount, _ target: MountTarget
    ) throws(KernelError) {
        for system in KernelFileSystem.allCases where target.path == system.path {
            guard try mount.descriptor.fileSystemType() != system.type else { continue }
            throw KernelError("mount on", "\(target.path) anything but \(system.words)", errno: EPERM)
        }
        if target.isIn("/proc") && target.path != "/proc" {
            let first = target.path.utf8.dropFirst("/proc/".utf8.count).prefix { $0 != UInt8(ascii: "/") }
            let isOfProcess = first.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            let isDirectory = try mount.isDirectory()
            if isOfProcess || isDirectory {
                throw KernelError("mount on", "\(target.path), which is inside /proc", errno: EPERM)
            }
        }
    }
}

extension MountPropagation {
    /// `MS_…` (`man 2 mount`).
    var flag: UInt64 {
        switch self {
        case .private: 1 << 18
        case .slave: 1 << 19
        case .shared: 1 << 20
        case .unbindable: 1 << 17
        }
    }
}
