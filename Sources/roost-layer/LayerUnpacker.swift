import CArchive
import Glibc

/// Fills a tree with one layer, in overlayfs's form: a deleted name is a character device 0:0, a directory that
/// hides what lies below has the attribute `trusted.overlay.opaque`.
struct LayerUnpacker {
    private let tree: Tree
    /// Names that the layer deletes below itself, and directories that it empties. They are applied at the end: only
    /// then is known what the layer has of its own in those places.
    private var whiteouts: [EntryName] = []
    private var opaques: [EntryName] = []
    /// When each directory changed last. libarchive's own book-keeping forgets those that existed before their entry.
    private var directoryTimes: [EntryName: timespec] = [:]
    /// Bytes of names kept; bounded, as the archive decides how many there are.
    private var remembered = 0
    private static let mostRemembered = 64 << 20

    init(tree: Tree) {
        self.tree = tree
    }

    consuming func unpack(from descriptor: Int32, tap: Tap?) throws(UnpackError) {
        let reader = try ArchiveReader(
            try Decompressor(descriptor: descriptor, tap: tap) { archive in
                archive_read_support_filter_gzip(archive)
                archive_read_support_filter_zstd(archive)
            })
        while let entry = try reader.next() {
            try unpack(entry, from: reader)
        }
        try applyWhiteouts()
        try tree.finish()
        for (name, time) in directoryTimes { try tree.setTime(time, of: name) }
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
        let marker = Array(".wh.".utf8)
        guard !name.last.starts(with: marker) else {
            try remember(name, markedBy: marker.count)
            return
        }
        name.withPath { archive_entry_copy_pathname(entry, $0) }
        if let target = archive_entry_hardlink(entry) {
            let original = try EntryName(target)
            original.withPath { archive_entry_copy_hardlink(entry, $0) }
        }
        let isHardLink = archive_entry_hardlink(entry) != nil
        try tree.add(entry, name, contentFrom: reader)
        if !isHardLink { try setAttributes(of: entry, name) }
        if archive_entry_filetype(entry) == FileType.directory {
            try charge(name)
            directoryTimes[name] = timespec(
                tv_sec: archive_entry_mtime(entry), tv_nsec: archive_entry_mtime_nsec(entry))
        }
    }

    private mutating func charge(_ name: EntryName) throws(UnpackError) {
        remembered += name.bytes.count
        guard remembered <= Self.mostRemembered else { throw .unreadable(reason: "it has too many names") }
    }

    private mutating func remember(_ name: EntryName, markedBy length: Int) throws(UnpackError) {
        try charge(name)
        if name.last.elementsEqual(".wh..wh..opq".utf8) {
            opaques.append(name.parent)
        } else if !name.last.starts(with: Array(".wh..wh.".utf8)) {  // Others are aufs's own book-keeping.
            let hidden = name.last.dropFirst(length)
            guard !hidden.isEmpty, !hidden.elementsEqual(".".utf8), !hidden.elementsEqual("..".utf8)
            else {
                throw .badName(name: name.text, reason: "is a whiteout of nothing")
            }
            whiteouts.append(name.replacingLast(hidden))
        }
    }

    private func applyWhiteouts() throws(UnpackError) {
        for name in opaques {
            if tree.type(of: name) != FileType.directory {
                try tree.make(name, mode: FileType.directory | 0o755)
            }
            try makeOpaque(name)
        }
        for name in whiteouts {
            switch tree.type(of: name) {
            case nil: try tree.make(name, mode: FileType.characterDevice)
            case FileType.directory: try makeOpaque(name)  // Deleted below and made anew here.
            default: break  // Replaced here, which hides what lies below.
            }
        }
    }

    private func makeOpaque(_ name: EntryName) throws(UnpackError) {
        try tree.setAttribute("trusted.overlay.opaque", "y", 1, on: name)
    }

    /// File capabilities and the user's own attributes. Others are left out: they would speak to the host's overlayfs
    /// and security modules.
    private func setAttributes(of entry: OpaquePointer, _ name: EntryName) throws(UnpackError) {
        archive_entry_xattr_reset(entry)
        var attribute: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while archive_entry_xattr_next(entry, &attribute, &value, &size) == ARCHIVE_OK {
            guard let attribute else { continue }
            let text = String(cString: attribute)
            if text == "security.capability" {
                try tree.setAttribute(text, value, size, on: name)
            } else if text.hasPrefix("user."), !text.hasPrefix("user.overlay.") {
                try setUserAttribute(text, value, size, on: name)
            }
        }
    }

    /// User attributes are for files and directories only, and not every file system has them: as tar does, go on.
    private func setUserAttribute(
        _ attribute: String, _ value: UnsafeRawPointer?, _ size: Int, on name: EntryName
    ) throws(UnpackError) {
        do {
            try tree.setAttribute(attribute, value, size, on: name)
        } catch .entry(_, _, let errno) where errno == ENOTSUP || errno == EPERM {
            return
        }
    }
}
