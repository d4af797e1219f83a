import Glibc
import Kernel

/// What a step has written, read from the directory that overlayfs kept it in.
struct UpperLayer {
    private var entries: EntryWriter
    /// Places that were only there to be mounted on.
    let stubs: Set<String>
    private var tree: FileTree { entries.tree }

    init(_ directory: String, stubs: Set<String>) throws(KernelError) {
        entries = EntryWriter(try FileTree([directory]))
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
            try entries.add(path, entry, to: &archive)
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
}

extension FileTree {
    /// The names of a directory of the top layer, whiteouts included.
    func rawChildren(_ path: String) throws -> [(name: String, entry: TreeEntry)] {
        try children(path, showsWhiteouts: true)
    }
}
