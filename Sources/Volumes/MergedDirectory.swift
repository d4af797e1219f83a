import CLinux
import Glibc
import Kernel

/// A directory of one layer. A class because several merged directories can look through it at once.
final class LayerDirectory {
    let descriptor: OwnedDescriptor

    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// Whether it hides what lower layers have in the directory of this name.
    func isOpaque() -> Bool {
        let number = descriptor.number
        return ["trusted.overlay.opaque", "user.overlay.opaque"].contains { name in
            var value: UInt8 = 0
            return fgetxattr(number, name, &value, 1) == 1 && value == UInt8(ascii: "y")
        }
    }
}

/// A directory as overlayfs would show it: the same path in several layers, the uppermost first.
struct MergedDirectory {
    /// What a name in it stands for.
    enum Entry {
        case directory(MergedDirectory)
        /// Anything else: what the uppermost layer says.
        case other(LayerDirectory, stat)
    }

    let parts: [LayerDirectory]

    /// - Parameter layers: the layers' directories, the uppermost first.
    init(layers: [String]) throws(KernelError) {
        var parts: [LayerDirectory] = []
        for layer in layers {
            parts.append(LayerDirectory(try OwnedDescriptor(open: layer, [.directory])))
        }
        self.parts = parts
    }

    private init(parts: [LayerDirectory]) { self.parts = parts }

    func entry(_ name: FileName) throws(KernelError) -> Entry? {
        var found: [LayerDirectory] = []
        for part in parts {
            guard let status = try DirectoryReader.status(of: name, in: part.descriptor) else { continue }
            if status.isWhiteout { break }
            guard status.isDirectory else {
                if found.isEmpty { return .other(part, status) }
                break
            }
            let directory = LayerDirectory(
                try DirectoryReader.open(name, in: part.descriptor, O_RDONLY | O_DIRECTORY))
            found.append(directory)
            if directory.isOpaque() { break }
        }
        return found.isEmpty ? nil : .directory(MergedDirectory(parts: found))
    }

    /// All names, whiteouts included.
    func names() throws(KernelError) -> [FileName] {
        var names: Set<FileName> = []
        for part in parts { names.formUnion(try DirectoryReader.names(in: part.descriptor)) }
        return names.sorted()
    }

    /// The directory at a path of the image, symbolic links followed as a container would; `nil`: there is none.
    func directory(at path: String) throws(KernelError) -> MergedDirectory? {
        var stack = [self]
        var rest = Self.components(FileName(path))
        var linksLeft = 40
        while let name = rest.popLast() {
            if name == FileName("..") {
                if stack.count > 1 { stack.removeLast() }
                continue
            }
            guard let current = stack.last, let entry = try current.entry(name) else { return nil }
            switch entry {
            case .directory(let inner): stack.append(inner)
            case .other(let layer, let status):
                guard status.kind == S_IFLNK else { return nil }
                if linksLeft == 0 { throw KernelError("follow the links of", path, errno: ELOOP) }
                linksLeft -= 1
                let target = try DirectoryReader.target(of: name, in: layer.descriptor)
                if target.bytes.first == UInt8(ascii: "/") { stack = [self] }
                rest += Self.components(target)
            }
        }
        return stack.last
    }

    /// The parts of a path, the first last.
    private static func components(_ path: FileName) -> [FileName] {
        path.bytes.split(separator: UInt8(ascii: "/")).map { FileName($0) }.filter {
            $0 != FileName(".")
        }.reversed()
    }
}
