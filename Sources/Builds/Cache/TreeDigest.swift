import Dockerfiles
import Glibc
import Kernel
import OCI

/// What of a tree a `COPY` reads, as one digest: names, modes, owners, links and bytes, and no times.
extension LayerDraft {
    /// - Parameter files: digests that are known already, and those that were computed.
    func digest(_ files: inout FileDigests) throws -> Digest {
        var hasher = DigestHasher()
        func add(_ text: String) {
            var text = text
            text.withUTF8 { hasher.update(UnsafeRawBufferPointer($0)) }
        }
        for entry in entries.values.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            add("\(quoted(entry.path)) \(entry.mode) \(entry.owner) \(entry.group) \(entry.file ?? -1)\n")
            for attribute in entry.attributes {
                add("x \(quoted(attribute.name)) \(Digest.sha256(of: attribute.value))\n")
            }
            switch entry.content {
            case .none: break
            case .data(let bytes): add("data \(Digest.sha256(of: bytes))\n")
            case .file(let tree, let path, _): add("data \(try files.digest(of: path, in: sources[tree]))\n")
            case .symbolicLink(let target): add("link \(quoted(target))\n")
            case .hardLink(let path): add("hard link \(quoted(path))\n")
            case .device(let number): add("device \(number)\n")
            }
        }
        return hasher.finalize()
    }
}

/// Digests of files by what tells one from the other: device, inode, size and times.
struct FileDigests {
    struct Key: Codable, Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modified: Int64
        var changed: Int64
    }

    private var known: [Key: Digest] = [:]

    mutating func digest(of path: String, in tree: FileTree) throws -> Digest {
        guard let entry = try tree.entry(path) else { throw BuildError("\(path) is gone; build again") }
        let key = Key(
            device: entry.fileSystem, inode: entry.inode, size: entry.size,
            modified: entry.seconds * 1_000_000_000 + entry.nanoseconds,
            changed: entry.changeSeconds * 1_000_000_000 + entry.changeNanoseconds)
        if let digest = known[key] { return digest }
        let file = try tree.open(path)
        var hasher = DigestHasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { break }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        let digest = hasher.finalize()
        known[key] = digest
        return digest
    }
}
