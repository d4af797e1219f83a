import Glibc
import Kernel

/// What of the kernel's own file systems is hidden, made read-only and set. It all depends on /proc and /sys being
/// these file systems, so that is looked at first, and then every path is walked from there without links.
extension RootFileSystem {
    func mask(_ path: String) throws(KernelError) {
        guard let place = try find(path) else { return }
        if try !place.isDirectory() {
            let null = try root.open("/dev/null", .path, links: .refused)
            try Self.requireNull(null)
            return try cover(path, place, with: try DetachedMount(cloning: "", in: null.number, recursive: false))
        }
        if emptyPlace >= 0 {
            return try cover(path, place, with: try DetachedMount(cloning: "", in: emptyPlace, recursive: false))
        }
        let empty = try DetachedMount(
            type: "tmpfs", source: "tmpfs", options: ["nr_inodes=2", "mode=555"], flags: 1 | 2 | 4 | 8)
        emptyPlace = try empty.descriptor.duplicate().release()
        try cover(path, place, with: empty)
    }

    func makeReadOnly(_ path: String) throws(KernelError) {
        guard let place = try find(path) else { return }
        let copy = try DetachedMount(cloning: "", in: place.number, recursive: true)
        try copy.change(set: .readOnly, recursive: true)
        try cover(path, place, with: copy)
    }

    func setSysctl(_ name: String, _ value: String) throws(KernelError) {
        // Names with slashes may have dots in their parts (`man 8 sysctl`).
        let path = name.contains("/") ? name : name.split(separator: ".").joined(separator: "/")
        let proc = try directory(of: .proc)
        do throws(KernelError) {
            let file = try proc.open("sys/\(path)", .writeOnly, links: .refusedOnOneMount)
            var copy = value
            let count = copy.utf8.count
            try check("write to", path) { copy.withUTF8 { write(file.number, $0.baseAddress, count) } }
        } catch {
            throw KernelError("set sysctl \(name) to", value, errno: error.errno)
        }
    }

    /// Covers a place, and sees that the cover is found there.
    private func cover(
        _ path: String, _ place: borrowing OwnedDescriptor, with cover: consuming DetachedMount
    ) throws(KernelError) {
        try cover.attach(to: place, path)
        guard let found = try find(path), try found.status().isSameFile(as: cover.descriptor.status()) else {
            throw KernelError("hide", "\(path): something else is found there", errno: ESTALE)
        }
    }

    /// The place of a path; nil where there is nothing to hide. Below /proc and /sys only the kernel can say that.
    private func find(_ path: String) throws(KernelError) -> OwnedDescriptor? {
        guard let (system, rest) = KernelFileSystem.split(path) else {
            // Of the image's own files, a link's target is meant, inside the root.
            return try root.find(RootDirectory.cleaned(path))
        }
        let directory = try directory(of: system)
        do throws(KernelError) {
            return try directory.find(rest, links: .refusedOnOneMount)
        } catch  where error.errno == EXDEV {
            // Something was mounted there; the cover goes on top of it.
            return try directory.open(rest, .path, links: .refused)
        }
    }

    /// /proc or /sys, after it was seen to be the root of such a file system.
    private func directory(of system: KernelFileSystem) throws(KernelError) -> RootDirectory {
        if let known = kernelFileSystems[system] {
            return RootDirectory(taking: try OwnedDescriptor(open: ".", [.path, .directory], in: known))
        }
        let directory = try root.open(system.path, [.path, .directory], links: .refused)
        let rootInode: UInt64 = 1
        guard try directory.fileSystemType() == system.type, try directory.status().inode == rootInode else {
            throw KernelError("use", "\(system.path), which is not \(system.words)", errno: ENODEV)
        }
        kernelFileSystems[system] = try directory.duplicate().release()
        return RootDirectory(taking: directory)
    }
}
