import CLinux
import Glibc
import Kernel

/// Directories that lie over each other, as overlayfs would show them: a context, or the layers of an image. Nothing is
/// mounted, and no path leads out of it: symbolic links are followed inside alone. What strangers put into it is looked
/// at; only regular files are opened.
final class FileTree {
    private let layers: [RootDirectory.Holder]
    /// Which layers a directory is made of, by its path.
    private var parts: [String: [Int]] = [:]
    private static let mostLinks = 40

    /// - Parameter directories: the top one first.
    init(_ directories: [String]) throws(KernelError) {
        var layers: [RootDirectory.Holder] = []
        for directory in directories { layers.append(RootDirectory.Holder(try RootDirectory(directory))) }
        self.layers = layers
        parts["/"] = Array(layers.indices)
    }

    // MARK: Looking

    /// What is at a path in which no symbolic link is followed; `nil`: nothing.
    func entry(_ path: String) throws(KernelError) -> TreeEntry? {
        if path == "/" { return try layers.isEmpty ? nil : rootEntry() }
        let (parent, name) = RootDirectory.split(path)
        var found: TreeEntry?
        var directories: [Int] = []
        for layer in try directoryParts(parent) {
            guard var entry = try status(parent, name, layer) else { continue }
            if entry.isWhiteout { break }
            entry.layer = layer
            guard entry.isDirectory else {
                found = found ?? entry
                break
            }
            found = found ?? entry
            directories.append(layer)
            if try isOpaque(path, layer) { break }
        }
        if found?.isDirectory == true { parts[path] = directories }
        return found
    }

    private func rootEntry() throws(KernelError) -> TreeEntry {
        var status = stat()
        try check("look at", "/") { fstat(layers[0].root.descriptor.number, &status) }
        return TreeEntry(status)
    }

    private func directoryParts(_ path: String) throws(KernelError) -> [Int] {
        if let known = parts[path] { return known }
        guard try entry(path)?.isDirectory == true else { return [] }
        return parts[path] ?? []
    }

    private func status(_ parent: String, _ name: String, _ layer: Int) throws(KernelError) -> TreeEntry? {
        let directory = try layers[layer].root.open(parent, [.path, .directory], links: .refused)
        var status = stat()
        if fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return TreeEntry(status) }
        let reason = lastError()
        guard reason == ENOENT || reason == ENOTDIR || reason == ENAMETOOLONG else {
            throw KernelError("look at", "\(parent)/\(name)", errno: reason)
        }
        return nil
    }

    /// Whether a directory hides what is below it.
    func isOpaque(_ path: String, _ layer: Int = 0) throws(KernelError) -> Bool {
        let directory = try layers[layer].root.open(path, [.readOnly, .directory], links: .refused)
        var value: UInt8 = 0
        return fgetxattr(directory.number, "trusted.overlay.opaque", &value, 1) == 1 && value == UInt8(ascii: "y")
    }

    /// The names in a directory with what they stand for, sorted by their bytes.
    ///
    /// - Parameter showsWhiteouts: what an upper layer removes is there, too.
    func children(
        _ path: String, showsWhiteouts: Bool = false
    ) throws -> [(name: String, entry: TreeEntry)] {
        var found: [String: TreeEntry?] = [:]
        for layer in try directoryParts(path) {
            let directory = try layers[layer].root.open(path, [.readOnly, .directory], links: .refused)
            for name in try DirectoryNames.read(directory, path) where found[name] == nil {
                var status = stat()
                // Gone since: nothing is there.
                guard fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                var entry = TreeEntry(status)
                entry.layer = layer
                found[name] = .some(entry.isWhiteout && !showsWhiteouts ? nil : entry)
            }
        }
        return found.compactMap { name, entry in entry.map { (name, $0) } }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The path without symbolic links that a path leads to. The last name need not be there, nor any that follow a
    /// missing one.
    func resolve(_ path: String, followsLast: Bool = true) throws -> String {
        var rest = path.split(separator: "/").map(String.init)[...]
        var result = "/"
        var linksLeft = Self.mostLinks
        while let name = rest.popFirst() {
            if name == "." { continue }
            if name == ".." {
                result = RootDirectory.split(result).parent
                continue
            }
            let next = result == "/" ? "/\(name)" : "\(result)/\(name)"
            guard followsLast || !rest.isEmpty, try entry(next)?.isSymbolicLink == true else {
                result = next
                continue
            }
            linksLeft -= 1
            guard linksLeft > 0 else { throw BuildError("\(path): too many symbolic links") }
            let target = try linkTarget(next)
            if target.hasPrefix("/") { result = "/" }
            rest = target.split(separator: "/").map(String.init)[...] + rest
        }
        return result
    }

    // MARK: Reading

    private func layer(of path: String) throws -> RootDirectory.Holder {
        guard let entry = try entry(path) else { throw KernelError("open", path, errno: ENOENT) }
        return layers[entry.layer]
    }

    /// Opens a regular file.
    func open(_ path: String) throws -> OwnedDescriptor {
        try layer(of: path).root.open(path, .path, links: .refused).openedFile(path)
    }

    /// A small file as text; `nil` if there is none.
    func text(_ path: String) throws -> String? {
        let place = try resolve(path)
        guard try entry(place)?.isRegularFile == true else { return nil }
        return String(decoding: try open(place).readAll(limit: 4 << 20), as: UTF8.self)
    }

    func linkTarget(_ path: String) throws -> String {
        let place = try layer(of: path).root.open(path, [.path, .noFollow], links: .refused)
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = try check("read the link", path) { readlinkat(place.number, "", &buffer, 4096) }
        return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Extended attributes, but for overlayfs's own, sorted by name.
    func attributes(_ path: String) throws -> [(name: String, value: [UInt8])] {
        let place = try layer(of: path).root.open(path, [.path, .noFollow], links: .refused)
        return try ExtendedAttributes.read("/proc/self/fd/\(place.number)", path)
    }
}

extension RootDirectory {
    /// A directory that several may hold.
    final class Holder: Sendable {
        let root: RootDirectory

        init(_ root: consuming RootDirectory) { self.root = root }
    }
}

/// Names in directories; only those that are text.
enum DirectoryNames {
    static func read(_ directory: borrowing OwnedDescriptor, _ path: String) throws -> [String] {
        try Directory.bytes(ofNamesIn: directory, path).map { bytes in
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw BuildError("\(path): a name in it is not UTF-8; rename it, or keep it out by .dockerignore")
            }
            return name
        }
    }
}

enum ExtendedAttributes {
    /// - Parameter place: a path that the kernel follows to the file.
    static func read(_ place: String, _ path: String) throws(KernelError) -> [(name: String, value: [UInt8])] {
        let size = listxattr(place, nil, 0)
        if size <= 0 { return [] }
        var list = [CChar](repeating: 0, count: size)
        let count = try check("list the attributes of", path) { listxattr(place, &list, size) }
        var result: [(name: String, value: [UInt8])] = []
        for bytes in list.prefix(count).split(separator: 0) {
            let name = String(decoding: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
            // They speak of the layer, not of the file; and what the host's security labels is the host's.
            if name.hasPrefix("trusted.overlay.") || name.hasPrefix("user.overlay.") || name == "security.selinux" {
                continue
            }
            let length = getxattr(place, name, nil, 0)
            if length < 0 { continue }
            var value = [UInt8](repeating: 0, count: length)
            let read = try check("read the attribute", name) { getxattr(place, name, &value, length) }
            result.append((name, Array(value.prefix(read))))
        }
        return result.sorted { $0.name < $1.name }
    }
}
