import Dockerfiles
import Glibc

/// Carries a `COPY` or `ADD` out, onto a draft.
struct CopyStep {
    let action: CopyAction
    let source: FileTree
    /// What of the source doesn't belong to it.
    let ignoring: IgnoreRules
    /// Files of a context belong to root, whoever has them on the host.
    let isContext: Bool
    let owner: (UInt32, UInt32)?
    let mode: FileMode?
    /// Archives that are unpacked, by their places in the source.
    let archives: [String: UnpackedArchive]
    /// Files of the web, by their addresses.
    let downloads: [String: DownloadedFile]
    private let excludes: IgnoreRules
    private let sourceIndex: Int
    private var files: [Inode: Int] = [:]

    private struct Inode: Hashable {
        let device: UInt64
        let number: UInt64
    }

    init(
        _ action: CopyAction, _ source: SourceTree, owner: (UInt32, UInt32)?, draft: inout LayerDraft
    ) throws {
        self.action = action
        self.source = try FileTree(source.directories)
        ignoring = source.ignoring
        isContext = source.isContext
        archives = source.archives
        downloads = source.downloads
        self.owner = owner
        mode = try action.mode.map { try FileMode($0) }
        excludes = try IgnoreRules(patterns: action.excludes)
        sourceIndex = draft.sources.count
        draft.sources.append(LayerDraft.Source(tree: self.source, isContext: isContext))
    }

    /// The permissions of directories that are made on the way.
    private var directoryMode: UInt32 {
        action.mode.flatMap { UInt32($0, radix: 8) } ?? 0o755
    }

    mutating func run(_ draft: inout LayerDraft) throws {
        for item in action.items {
            switch item {
            case .path(let path): try copy(path, &draft)
            case .file(let name, let content): try write(name, content, &draft)
            case .url(let url): try add(url, &draft)
            case .repository(let url): throw BuildError("ADD \(url): repositories are not supported yet")
            }
        }
    }

    // MARK: What is named

    /// The destination, or where it will be. A pattern that nothing matches makes nothing.
    func begin(_ draft: inout LayerDraft) throws {
        let destination = action.destination
        let start = destination.hasSuffix("/") ? destination : CleanPath.rooted(destination + "/..")
        try draft.makeDirectories(draft.resolve(start), mode: directoryMode, owner: owner ?? (0, 0))
    }

    private mutating func copy(_ path: String, _ draft: inout LayerDraft) throws {
        if action.keepsParents { return try copyWithParents(path, &draft) }
        for found in try matches(CleanPath.rooted(path)) {
            try begin(&draft)
            let place = try source.resolve(found)
            guard let entry = try source.entry(place), try belongs(place, entry) else {
                throw BuildError("\"\(found)\": not found")
            }
            if let archive = archives[place] {
                try unpack(archive, &draft)
                continue
            }
            let target = try target(of: found, isDirectory: entry.isDirectory, &draft)
            try copy(place, entry, to: target, components: "", isTop: true, Walk(), &draft)
        }
    }

    /// The paths that a pattern is about; a path without wildcards is its own.
    private func matches(_ path: String) throws -> [String] {
        guard PathPattern.hasWildcards(path) else { return [path] }
        let parts = path.split(separator: "/").map(String.init)
        let fixed = parts.prefix { !PathPattern.hasWildcards($0) }
        let start = try source.resolve("/" + fixed.joined(separator: "/"))
        let pattern = try PathPattern(glob: parts[fixed.endIndex...].joined(separator: "/"))
        var found: [String] = []
        try search(start, relative: "", depth: parts.count - fixed.count, pattern, &found)
        return found
    }

    private func search(
        _ directory: String, relative: String, depth: Int, _ pattern: PathPattern, _ found: inout [String]
    ) throws {
        guard depth > 0 else { return }
        for (name, entry) in try source.children(directory) {
            let path = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
            let inner = relative.isEmpty ? name : "\(relative)/\(name)"
            if ignores(path) && !(entry.isDirectory && ignoring.hasExceptions) { continue }
            if pattern.matches(inner) {
                found.append(path)
            } else if entry.isDirectory {
                try search(path, relative: inner, depth: depth - 1, pattern, &found)
            }
        }
    }

    /// The places of files that are named, and may be archives.
    func archivePlaces() throws -> [String] {
        guard action.unpacks, !action.keepsParents else { return [] }
        var found: [String] = []
        for case .path(let path) in action.items {
            for match in try matches(CleanPath.rooted(path)) {
                let place = try source.resolve(match)
                guard let entry = try source.entry(place), entry.isRegularFile, !ignores(place) else { continue }
                if try ArchiveForm.isKnown(source.open(place)) { found.append(place) }
            }
        }
        return found
    }

    /// An ignored directory does, if something in it was taken back.
    private func belongs(_ place: String, _ entry: TreeEntry) throws -> Bool {
        guard ignores(place) else { return true }
        guard entry.isDirectory, ignoring.hasExceptions else { return false }
        for (name, child) in try source.children(place) where try belongs("\(place)/\(name)", child) { return true }
        return false
    }

    private func ignores(_ path: String) -> Bool {
        !ignoring.isEmpty && path != "/" && ignoring.ignores(String(path.dropFirst()))
    }

    /// Where a named source goes.
    func target(of path: String, isDirectory: Bool, _ draft: inout LayerDraft) throws -> String {
        var target = try draft.resolve(action.destination)
        let exists = try target == "/" || draft.mode(target) != nil
        if try !isDirectory && exists && (target == "/" || draft.isDirectory(target)) {
            let name = CleanPath.name(path)
            target = target == "/" ? "/\(name)" : "\(target)/\(name)"
        }
        let parent = isDirectory && !exists ? target : CleanPath.rooted(target + "/..")
        try draft.makeDirectories(parent, mode: directoryMode, owner: owner ?? (0, 0))
        return target
    }

    /// `--parents`: the sources' directories are made, too; a `/./` says from where on.
    private mutating func copyWithParents(_ path: String, _ draft: inout LayerDraft) throws {
        var start = "/"
        var pattern = path
        if let pivot = path.utf8.indices.first(where: { path[$0...].hasPrefix("/./") }) {
            start = CleanPath.rooted(String(path[..<pivot]))
            pattern = String(path[path.index(pivot, offsetBy: 3)...])
        }
        pattern = String(CleanPath.rooted(pattern).dropFirst())
        let place = try source.resolve(start)
        if !PathPattern.hasWildcards(path) {
            let whole = try source.resolve(place + "/" + pattern, followsLast: false)
            guard try source.entry(whole) != nil, !ignores(whole) else { throw BuildError("\"\(path)\": not found") }
        }
        guard let entry = try source.entry(place) else { throw BuildError("\"\(path)\": not found") }
        let target = try draft.resolve(action.destination)
        try draft.makeDirectories(target, mode: directoryMode, owner: owner ?? (0, 0))
        var walk = Walk()
        walk.includes = try IgnoreRules(patterns: [pattern])
        try copy(place, entry, to: target, components: "", isTop: true, walk, &draft)
    }

    private func write(_ name: String, _ content: String, _ draft: inout LayerDraft) throws {
        try begin(&draft)
        let target = try target(of: name, isDirectory: false, &draft)
        if try draft.isDirectory(target) {
            throw BuildError("cannot replace to directory \(target) with file")
        }
        try draft.put(
            LayerEntry(
                path: target, mode: S_IFREG | (mode?.applied(to: 0o644, isDirectory: false) ?? 0o644),
                owner: owner?.0 ?? 0, group: owner?.1 ?? 0, seconds: draft.now, content: .data(Array(content.utf8))))
    }

    // MARK: Trees

    /// What is known on the way down.
    private struct Walk {
        var includes: IgnoreRules?
        var included = IgnoreRules.Standing()
        var excluded = IgnoreRules.Standing()
        var ignored = IgnoreRules.Standing()
        /// Directories that are made once something is in them.
        var pending: [(path: String, entry: TreeEntry, target: String)] = []
    }

    private mutating func copy(
        _ path: String, _ entry: TreeEntry, to target: String, components: String, isTop: Bool, _ walk: Walk,
        _ draft: inout LayerDraft
    ) throws {
        var walk = walk
        if !ignoring.isEmpty && path != "/" {
            // A named directory's own directories were asked when it was found.
            walk.ignored =
                isTop
                ? ignoringStanding(path) : ignoring.standing(of: String(path.dropFirst()), in: walk.ignored)
        }
        var isWanted = isTop ? walk.includes == nil : !walk.ignored.isIgnored
        if !isTop {
            if let includes = walk.includes {
                walk.included = includes.standing(of: components, in: walk.included)
                isWanted = isWanted && walk.included.isIgnored
            }
            walk.excluded = excludes.standing(of: components, in: walk.excluded)
            isWanted = isWanted && !walk.excluded.isIgnored
        }
        if isWanted {
            for parent in walk.pending { try put(parent.path, parent.entry, to: parent.target, isTop: false, &draft) }
            walk.pending = []
            try put(path, entry, to: target, isTop: isTop, &draft)
        } else if entry.isDirectory && !isTop {
            walk.pending.append((path, entry, target))
        }
        guard entry.isDirectory, isWanted || mayHaveWanted(walk) else { return }
        for (name, child) in try source.children(path) {
            try copy(
                path == "/" ? "/\(name)" : "\(path)/\(name)", child,
                to: target == "/" ? "/\(name)" : "\(target)/\(name)",
                components: components.isEmpty ? name : "\(components)/\(name)", isTop: false, walk, &draft)
        }
    }

    private func ignoringStanding(_ path: String) -> IgnoreRules.Standing {
        var standing = IgnoreRules.Standing()
        var prefix = ""
        for part in path.split(separator: "/") {
            prefix += (prefix.isEmpty ? "" : "/") + part
            standing = ignoring.standing(of: prefix, in: standing)
        }
        return standing
    }

    /// Below a directory that isn't copied something may be that is.
    private func mayHaveWanted(_ walk: Walk) -> Bool {
        if walk.ignored.isIgnored && !ignoring.hasExceptions { return false }
        if walk.excluded.isIgnored && !excludes.hasExceptions { return false }
        return true
    }

    mutating func put(
        _ path: String, _ entry: TreeEntry, to target: String, isTop: Bool, _ draft: inout LayerDraft
    ) throws {
        let existing = try target == "/" ? S_IFDIR | 0o755 : draft.mode(target)
        if entry.isDirectory {
            if let existing, existing & S_IFMT != S_IFDIR {
                throw BuildError("cannot copy to non-directory: \(target)")
            }
            // What is named is the directory's content: a directory that is there keeps what it says of itself.
            if isTop && existing != nil { return }
        } else if let existing, existing & S_IFMT == S_IFDIR {
            throw BuildError("cannot replace to directory \(target) with file")
        }
        guard target != "/" else { return }
        var result = LayerEntry(
            path: target, mode: entry.mode, owner: owner?.0 ?? (isContext ? 0 : entry.owner),
            group: owner?.1 ?? (isContext ? 0 : entry.group), seconds: entry.seconds,
            attributes: try source.attributes(path).filter { !isContext || $0.name == Self.capabilities })
        if let mode, !entry.isSymbolicLink {
            result.mode = entry.kind | mode.applied(to: entry.mode, isDirectory: entry.isDirectory)
        }
        try fill(&result, path, entry, of: source, sourceIndex)
        if case .none = result.content, !entry.isDirectory, entry.kind != S_IFIFO { return }
        try draft.put(result)
    }

    /// What else a file of the host carries is the host's: an image of the same files would differ between hosts.
    private static let capabilities = "security.capability"

    mutating func fill(
        _ result: inout LayerEntry, _ path: String, _ entry: TreeEntry, of source: FileTree, _ number: Int
    ) throws {
        switch entry.kind {
        case S_IFREG:
            result.content = .file(tree: number, path: path, FileIdentity(entry))
            guard entry.links > 1 else { return }
            let inode = Inode(device: entry.fileSystem, number: entry.inode)
            let file = files[inode] ?? files.count
            files[inode] = file
            result.file = file
        case S_IFLNK: result.content = .symbolicLink(try source.linkTarget(path))
        case S_IFCHR, S_IFBLK:
            if isContext { throw BuildError("\(path) is a device; keep it out of the context by .dockerignore") }
            result.content = .device(entry.device)
        default: break
        }
    }
}
