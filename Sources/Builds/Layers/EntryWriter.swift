import Glibc
import Kernel

/// Puts what a tree holds into an archive, entry by entry; names of one file stay names of one file.
struct EntryWriter {
    let tree: FileTree
    private var firstNames: [Inode: String] = [:]

    private struct Inode: Hashable {
        let device: UInt64
        let number: UInt64
    }

    init(_ tree: FileTree) { self.tree = tree }

    /// Nothing has been written if it throws because the file is gone.
    mutating func add(_ path: String, _ entry: TreeEntry, to archive: inout LayerArchive) throws {
        var result = LayerEntry(
            path: path, mode: entry.mode, owner: entry.owner, group: entry.group, seconds: entry.seconds,
            attributes: try tree.attributes(path))
        let inode = entry.isDirectory || entry.links < 2 ? nil : Inode(device: entry.fileSystem, number: entry.inode)
        if let inode, let first = firstNames[inode] {
            result.content = .hardLink(first)
            return try archive.add(result)
        }
        switch entry.kind {
        case S_IFLNK: result.content = .symbolicLink(try tree.linkTarget(path))
        case S_IFCHR, S_IFBLK: result.content = .device(entry.device)
        case S_IFREG:
            let file = try tree.open(path)
            var opened = entry
            // It may have grown since the directory was read.
            opened.size = try file.status().size
            result.content = .file(tree: 0, path: path, FileIdentity(opened))
            try archive.add(result)
            try archive.copy(file, size: opened.size)
            if let inode { firstNames[inode] = path }
            return
        default: break
        }
        try archive.add(result)
        if let inode { firstNames[inode] = path }
    }
}
