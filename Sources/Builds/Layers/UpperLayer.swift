import Glibc
import Kernel

/// What a step has written, read from the directory that overlayfs kept it in.
struct UpperLayer {
    let tree: FileTree
    /// Places that were only there to be mounted on.
    let stubs: Set<String>
    private var firstNames: [Inode: String] = [:]

    private struct Inode: Hashable {
        let device: UInt64
        let number: UInt64
    }

    init(_ directory: String, stubs: Set<String>) throws(KernelError) {
        tree = try FileTree([directory])
        self.stubs = stubs
    }

    /// Writes everything into an archive, in the form of the image specification.
    mutating func write(to archive: inout LayerArchive) throws { try write("/", to: &archive) }

    private mutating func write(_ directory: String, to archive: inout LayerArchive) throws {
        for (name, entry) in try tree.rawChildren(directory) {
            let path = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
            if entry.isWhiteout {
                let hidden = directory == "/" ? "/.wh.\(name)" : "\(directory)/.wh.\(name)"
                try archive.add(LayerEntry(path: hidden, mode: S_IFREG | 0o644, content: .data([])))
                continue
            }
            // A socket means nothing without its process.
            if entry.kind == S_IFSOCK { continue }
            if stubs.contains(path), try isEmpty(path, entry) { continue }
            try add(path, entry, to: &archive)
            guard entry.isDirectory else { continue }
            if try tree.isOpaque(path) {
                try archive.add(LayerEntry(path: path + "/.wh..wh..opq", mode: S_IFREG | 0o644, content: .data([])))
            }
            try write(path, to: &archive)
        }
    }

    /// Nothing is in it but other such places.
    private func isEmpty(_ path: String, _ entry: TreeEntry) throws -> Bool {
        guard entry.isDirectory else { return entry.isRegularFile && entry.size == 0 }
        return try tree.rawChildren(path).allSatisfy { name, child in
            let inner = "\(path)/\(name)"
            return try stubs.contains(inner) && isEmpty(inner, child)
        }
    }

    private mutating func add(_ path: String, _ entry: TreeEntry, to archive: inout LayerArchive) throws {
        var result = LayerEntry(
            path: path, mode: entry.mode, owner: entry.owner, group: entry.group, seconds: entry.seconds,
            attributes: try tree.attributes(path))
        if !entry.isDirectory && entry.links > 1 {
            let inode = Inode(device: entry.fileSystem, number: entry.inode)
            if let first = firstNames[inode] {
                result.content = .hardLink(first)
                return try archive.add(result)
            }
            firstNames[inode] = path
        }
        switch entry.kind {
        case S_IFLNK: result.content = .symbolicLink(try tree.linkTarget(path))
        case S_IFCHR, S_IFBLK: result.content = .device(entry.device)
        case S_IFREG: result.content = .file(tree: 0, path: path, FileIdentity(entry))
        default: break
        }
        try archive.add(result)
        if entry.isRegularFile { try archive.copy(tree.open(path), size: entry.size) }
    }
}

extension FileTree {
    /// The names of a directory of the top layer, whiteouts included.
    func rawChildren(_ path: String) throws -> [(name: String, entry: TreeEntry)] {
        try children(path, showsWhiteouts: true)
    }
}
