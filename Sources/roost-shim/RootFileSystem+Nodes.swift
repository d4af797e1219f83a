import Glibc
import Kernel

/// The steps that make single files, links and nodes.
extension RootFileSystem {
    /// The container's own node. Where the file system there forbids devices, so that none can be made by the
    /// container, the node alone is mounted on itself without that ban. Where nodes can't be made (in a user
    /// namespace), the host's is bound.
    func device(
        _ path: String, _ major: UInt32, _ minor: UInt32, _ mode: UInt32, _ user: UInt32, _ group: UInt32
    ) throws(KernelError) {
        let kind = mode & S_IFMT == 0 ? S_IFCHR : mode & S_IFMT
        let (parent, name) = RootDirectory.split(RootDirectory.cleaned(path))
        let directory = try root.directory(parent, links: .refused)
        do throws(KernelError) {
            try directory.makeDevice(name, mode: kind | mode & 0o7777, major: major, minor: minor)
            let number = directory.number
            if user != 0 || group != 0 {
                try check("set the owner of", path) { fchownat(number, name, user, group, AT_SYMLINK_NOFOLLOW) }
            }
        } catch  where error.errno == EPERM {
            return try bindDevice(path, parent: directory, name) { $0.isDevice(kind, major: major, minor: minor) }
        } catch  where error.errno == EEXIST {
            // The image's own, on a root that is not covered by a new /dev, or the host's, in a /dev that was bound.
        }
        let node = try RootDirectory(taking: directory).open(name, [.path, .noFollow], links: .refused)
        guard try node.status().isDevice(kind, major: major, minor: minor) else {
            throw KernelError("make the device", "\(path): something else is there", errno: EEXIST)
        }
        guard try node.forbidsDevices() else { return }
        let copy = try DetachedMount(cloning: "", in: node.number, recursive: false)
        try copy.change(set: [], clear: .noDevices, recursive: false)
        try copy.attach(to: node, path)
    }

    private func bindDevice(
        _ path: String, parent: consuming OwnedDescriptor, _ name: String, isRight: (FileStatus) -> Bool
    ) throws(KernelError) {
        let copy = try DetachedMount(cloning: path, recursive: false)
        guard isRight(try copy.descriptor.status()) else {
            throw KernelError("bind the device", "\(path): the host has something else there", errno: ENODEV)
        }
        try copy.attach(to: try RootDirectory(taking: parent).file("/" + name, links: .refused), path)
    }

    /// Opens the container's own /dev/null, having seen that it is that. Not the host's: on that the container's root
    /// could change the mode. Where there is none, what is read is at its end.
    func openNull() throws(KernelError) -> OwnedDescriptor {
        let path = "/dev/null"
        guard let place = try root.find(path, links: .refused) else { return try OwnedDescriptor.pipe().intoReading() }
        try Self.requireNull(place)
        let opened = try root.open(path, [.readWrite, .nonBlocking, .noTerminal], links: .refused)
        try Self.requireNull(opened)
        try opened.setNonBlocking(false)
        return opened
    }

    /// Fails for anything but the device that swallows everything.
    static func requireNull(_ place: borrowing OwnedDescriptor) throws(KernelError) {
        guard try place.status().isDevice(S_IFCHR, major: 1, minor: 3) else {
            throw KernelError("open", "/dev/null, which is something else in this container", errno: ENODEV)
        }
    }

    func link(_ target: String, _ path: String) throws(KernelError) {
        let place = MountTarget(path)
        let (parent, name) = RootDirectory.split(place.path)
        let directory = try root.directory(parent, links: place.links)
        let number = directory.number
        if symlinkat(target, number, name) != 0 && lastError() != EEXIST {
            throw KernelError("make the symbolic link", path, errno: lastError())
        }
    }

    func file(
        _ path: String, _ content: [UInt8], _ mode: UInt32, _ user: UInt32, _ group: UInt32
    ) throws(KernelError) {
        let place = MountTarget(path)
        _ = try root.directory(RootDirectory.split(place.path).parent, links: place.links)
        let file = try root.open(
            place.path, [.writeOnly, .create, .nonBlocking, .noTerminal], mode: mode, links: place.links)
        guard try file.status().isRegularFile else {
            throw KernelError("write the file", "\(path): something else is there", errno: EEXIST)
        }
        let number = file.number
        try check("empty", path) { ftruncate(number, 0) }
        try file.writeAll(content)
        try check("set the owner of", path) { fchown(number, user, group) }
        try check("set the mode of", path) { fchmod(number, mode) }
    }

    func directory(
        _ path: String, _ mode: UInt32, _ user: UInt32, _ group: UInt32
    ) throws(KernelError) {
        var made = false
        let place = MountTarget(path)
        let directory = try root.directory(place.path, mode: mode, links: place.links, made: &made)
        let number = directory.number
        let emptyPath: Int32 = 0x1000
        if made && (user != 0 || group != 0) {
            try check("set the owner of", path) { fchownat(number, "", user, group, emptyPath) }
        }
    }
}
