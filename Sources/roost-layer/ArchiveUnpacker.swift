import CArchive
import Glibc

/// Unpacks an archive of images, from `docker save` or in OCI's form. Only its regular files matter; symbolic links
/// between them become hard links, so that whoever reads the directory never follows a stranger's link.
struct ArchiveUnpacker {
    private let tree: Tree
    private var links: [(name: EntryName, target: EntryName)] = []
    private static let mostLinks = 10_000

    init(tree: Tree) {
        self.tree = tree
    }

    consuming func unpack(from descriptor: Int32, tap: Tap?) throws(UnpackError) {
        let reader = try ArchiveReader(
            try Decompressor(descriptor: descriptor, tap: tap) { archive in
                archive_read_support_filter_gzip(archive)
                archive_read_support_filter_zstd(archive)
                archive_read_support_filter_bzip2(archive)
                archive_read_support_filter_xz(archive)
            })
        while let entry = try reader.next() {
            try unpack(entry, from: reader)
        }
        try makeLinks()
        try tree.finish()
        try reader.drain()
    }

    private mutating func unpack(
        _ entry: OpaquePointer, from reader: ArchiveReader
    )
        throws(UnpackError)
    {
        guard let path = archive_entry_pathname(entry) else {
            throw .badName(name: "", reason: "has a name that can't be read")
        }
        let name = try EntryName(path)
        if let target = archive_entry_symlink(entry) {
            try remember(name, target)
            return
        }
        if let target = archive_entry_hardlink(entry) {
            try append(name, try EntryName(target))
            return
        }
        let type = archive_entry_filetype(entry)
        guard !name.bytes.isEmpty, type == FileType.regular || type == FileType.directory else {
            return
        }
        name.withPath { archive_entry_copy_pathname(entry, $0) }
        archive_entry_set_perm(entry, type == FileType.directory ? 0o700 : 0o600)
        try tree.add(entry, name, contentFrom: reader)
    }

    private mutating func remember(
        _ name: EntryName, _ target: UnsafePointer<CChar>
    )
        throws(UnpackError)
    {
        guard let resolved = name.resolving(target: target) else {
            throw .badName(name: name.text, reason: "is a link that leads out of the archive")
        }
        try append(name, resolved)
    }

    private mutating func append(_ name: EntryName, _ target: EntryName) throws(UnpackError) {
        guard links.count < Self.mostLinks else { throw .unreadable(reason: "too many links") }
        links.append((name, target))
    }

    /// Links may point at links: rounds are made for as long as one brings something.
    private func makeLinks() throws(UnpackError) {
        for link in links where tree.type(of: link.name.parent) == nil {
            try tree.make(link.name.parent, mode: FileType.directory | 0o700)
        }
        var pending = links
        while !pending.isEmpty {
            var left: [(name: EntryName, target: EntryName)] = []
            for link in pending where !makeLink(link.name, to: link.target) { left.append(link) }
            if left.count == pending.count, let first = left.first {
                throw .badName(name: first.name.text, reason: "is a link to nothing in the archive")
            }
            pending = left
        }
    }

    private func makeLink(_ name: EntryName, to target: EntryName) -> Bool {
        target.withPath { from in name.withPath { link(from, $0) } } == 0
    }
}
