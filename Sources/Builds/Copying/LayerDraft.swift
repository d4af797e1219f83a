import Dockerfiles
import Glibc

/// A layer that is being put together over the files of a stage: what is in it so far lies over what is there.
struct LayerDraft {
    /// The files below.
    let base: FileTree
    /// By path.
    private(set) var entries: [String: LayerEntry] = [:]
    /// Where entries' content is; their `tree` counts in it.
    var sources: [Source] = []
    /// The time of what comes about by itself.
    let now: Int64

    struct Source {
        let tree: FileTree
        /// Its files are the host's, by whose numbers and times they are known again.
        var isContext = false
        /// Says all that is in it, where that is known.
        var identity: String?
    }

    init(base: FileTree, now: Int64) {
        self.base = base
        self.now = now
    }

    var isEmpty: Bool { entries.isEmpty }

    /// `S_IFMT` and permissions of what is at a path without symbolic links; `nil`: nothing.
    func mode(_ path: String) throws -> UInt32? {
        if let entry = entries[path] { return entry.mode }
        return try base.entry(path)?.mode
    }

    func isDirectory(_ path: String) throws -> Bool { try mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false }

    /// Where a path leads, by the links of the stage's files.
    func resolve(_ path: String) throws -> String { try base.resolve(path) }

    mutating func put(_ entry: LayerEntry) throws {
        try includeParents(of: entry.path)
        entries[entry.path] = entry
    }

    /// The directories on the way to an entry are in the layer too, as they are below: a layer without them would give
    /// them other owners and permissions.
    private mutating func includeParents(of path: String) throws {
        var parent = CleanPath.rooted(path + "/..")
        while parent != "/" && entries[parent] == nil {
            if let below = try base.entry(parent) {
                entries[parent] = LayerEntry(
                    path: parent, mode: below.mode, owner: below.owner, group: below.group, seconds: below.seconds,
                    attributes: try base.attributes(parent))
            }
            parent = CleanPath.rooted(parent + "/..")
        }
    }

    /// Makes a directory and those on the way to it that are missing.
    mutating func makeDirectories(_ path: String, mode: UInt32, owner: (UInt32, UInt32)) throws {
        var missing: [String] = []
        var place = path
        while place != "/", try self.mode(place) == nil {
            missing.append(place)
            place = CleanPath.rooted(place + "/..")
        }
        guard try place == "/" || isDirectory(place) else {
            throw BuildError("cannot make the directory \(path): \(place) is not a directory")
        }
        for place in missing.reversed() {
            try put(
                LayerEntry(path: place, mode: S_IFDIR | mode, owner: owner.0, group: owner.1, seconds: now))
        }
    }

    /// Writes the layer; parents come before what is in them.
    func write(to archive: inout LayerArchive) throws {
        var written: [Int: String] = [:]
        for entry in entries.values.sorted(by: { Self.isBefore($0.path, $1.path) }) {
            var entry = entry
            if let file = entry.file {
                if let first = written[file] {
                    entry.content = .hardLink(first)
                } else {
                    written[file] = entry.path
                }
            }
            try archive.add(entry)
            if case .file(let number, let path, let identity) = entry.content {
                try archive.copy(sources[number].tree.open(path), size: identity.size)
            }
        }
    }

    /// As a walk meets them: all of a directory before what comes behind it.
    private static func isBefore(_ left: String, _ right: String) -> Bool {
        let key = { (byte: UInt8) in byte == UInt8(ascii: "/") ? 0 : byte }
        return left.utf8.lazy.map(key).lexicographicallyPrecedes(right.utf8.lazy.map(key))
    }
}
