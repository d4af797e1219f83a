import Dockerfiles
import Glibc
import Kernel
import OCI

/// What of a tree a `COPY` reads, as one digest: names, modes, owners, links and bytes, and no times.
extension LayerDraft {
    /// - Parameter files: of the context's files; those of layers are read each time.
    func digest(_ files: FileDigests) throws -> Digest {
        let others = FileDigests()
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
            case .file(let number, let path, let identity):
                let source = sources[number]
                if let name = source.identity {
                    add("file \(quoted(path)) of \(name)\n")
                } else {
                    let known = source.isContext ? files : others
                    add("data sha256:\(try known.digest(of: path, identity, in: source.tree))\n")
                }
            case .symbolicLink(let target): add("link \(quoted(target))\n")
            case .hardLink(let path): add("hard link \(quoted(path))\n")
            case .device(let number): add("device \(number)\n")
            }
        }
        return hasher.finalize()
    }
}
