import Dockerfiles
import Glibc
import Kernel

/// Whether a file may be an archive that `ADD` unpacks: told by its content, whatever its name is. What is compressed has
/// to be opened to tell.
enum ArchiveForm {
    private static let magics: [[UInt8]] = [
        // gzip, bzip2, xz, zstd.
        [0x1f, 0x8b], Array("BZh".utf8), [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], [0x28, 0xb5, 0x2f, 0xfd],
    ]

    static func isKnown(_ file: borrowing OwnedDescriptor) throws -> Bool {
        var block = [UInt8](repeating: 0, count: 512)
        let count = try block.withUnsafeMutableBytes { try file.read(into: $0) }
        return magics.contains { block.prefix(count).starts(with: $0) } || count == 512 && isTarHeader(block)
    }

    /// A header's bytes add up to what it says, where the sum itself counts as blanks (pax, "ustar Interchange Format").
    private static func isTarHeader(_ block: [UInt8]) -> Bool {
        let digits = block[148..<156].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        guard !digits.isEmpty, let said = Int(String(decoding: digits, as: UTF8.self), radix: 8) else { return false }
        let sum = block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(block[$1])) }
        return sum == said
    }
}

/// An open file that several may hold.
final class HeldFile: Sendable {
    let descriptor: OwnedDescriptor

    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// Leads other threads of this process to it.
    var path: String { "/proc/self/fd/\(descriptor.number)" }
}

/// An archive's files.
struct UnpackedArchive: Sendable {
    /// Where they are mounted.
    let directory: String
    /// Digest of what they came out of.
    let identity: String
}

// What is unpacked lies over what is there, as `tar` would have it.
extension CopyStep {
    mutating func unpack(_ archive: UnpackedArchive, _ draft: inout LayerDraft) throws {
        let target = try draft.resolve(action.destination)
        try draft.makeDirectories(target, mode: 0o755, owner: owner ?? (0, 0))
        let tree = try FileTree([archive.directory])
        let number = draft.sources.count
        draft.sources.append(LayerDraft.Source(tree: tree, identity: archive.identity))
        try unpack("/", of: tree, number, to: target, &draft)
    }

    private mutating func unpack(
        _ directory: String, of tree: FileTree, _ number: Int, to target: String, _ draft: inout LayerDraft
    ) throws {
        for (name, entry) in try tree.children(directory) {
            let path = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
            var place = target == "/" ? "/\(name)" : "\(target)/\(name)"
            if let existing = try draft.mode(place), entry.saysNothing {
                // The archive may only have what is in the directory: then it leads where it led.
                if existing & S_IFMT == S_IFLNK { place = try draft.resolve(place) }
                if try draft.isDirectory(place) {
                    try unpack(path, of: tree, number, to: place, &draft)
                    continue
                }
            }
            var result = LayerEntry(
                path: place, mode: entry.mode, owner: owner?.0 ?? entry.owner, group: owner?.1 ?? entry.group,
                seconds: entry.seconds, attributes: try tree.attributes(path))
            try fill(&result, path, entry, of: tree, number)
            try draft.put(result)
            if entry.isDirectory { try unpack(path, of: tree, number, to: place, &draft) }
        }
    }
}

extension TreeEntry {
    /// A directory as one comes about by itself, when an archive only has what is in it.
    fileprivate var saysNothing: Bool { mode == S_IFDIR | 0o755 && owner == 0 && group == 0 }
}
