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

    /// Writes everything into an archive, in the form of the image specification: a directory, then what is in it. Not
    /// by recursion: how deep a container nests directories is up to the container.
    mutating func write(to archive: inout LayerArchive) throws {
        var waiting = try places(in: "/")
        while let place = waiting.popLast() {
            guard try write(place, to: &archive), place.entry.isDirectory else { continue }
            waiting += try places(in: place.path)
        }
    }

    private struct Place {
        var directory: String
        var name: String
        var entry: TreeEntry

        var path: String { directory == "/" ? "/\(name)" : "\(directory)/\(name)" }
        var whiteout: String { directory == "/" ? "/.wh.\(name)" : "\(directory)/.wh.\(name)" }
    }

    /// The last one first.
    private func places(in directory: String) throws -> [Place] {
        try tree.rawChildren(directory).reversed().map { Place(directory: directory, name: $0.name, entry: $0.entry) }
    }

    /// Whether it is in the archive itself.
    private mutating func write(_ place: Place, to archive: inout LayerArchive) throws -> Bool {
        let (path, entry) = (place.path, place.entry)
        if entry.isWhiteout {
            try archive.add(LayerEntry(path: place.whiteout, mode: S_IFREG | 0o644, content: .data([])))
            return false
        }
        // A socket means nothing without its process.
        if entry.kind == S_IFSOCK { return false }
        if stubs.contains(path), try isEmpty(path, entry) { return false }
        try entries.add(path, entry, to: &archive)
        if entry.isDirectory, try tree.isOpaque(path) {
            try archive.add(LayerEntry(path: path + "/.wh..wh..opq", mode: S_IFREG | 0o644, content: .data([])))
        }
        return true
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
