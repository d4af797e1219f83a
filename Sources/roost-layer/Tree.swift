import CArchive
import Glibc

/// The type bits of a mode, `man 7 inode`; libarchive's own names for them are macros with a cast.
enum FileType {
    static let mask: mode_t = 0o170000
    static let regular: mode_t = 0o100000
    static let directory: mode_t = 0o040000
    static let symbolicLink: mode_t = 0o120000
    static let characterDevice: mode_t = 0o020000
}

/// The directory that is filled, which is this process's root.
final class Tree {
    struct Options: OptionSet {
        let rawValue: Int32
        static let owner = Options(rawValue: ARCHIVE_EXTRACT_OWNER)
        static let permissions = Options(rawValue: ARCHIVE_EXTRACT_PERM)
        static let times = Options(rawValue: ARCHIVE_EXTRACT_TIME)
    }

    private let disk: OpaquePointer

    init(options: Options) throws(UnpackError) {
        guard let disk = archive_write_disk_new() else { throw .unreadable(reason: "out of memory") }
        self.disk = disk
        archive_write_disk_set_options(disk, options.rawValue)
    }

    deinit {
        archive_write_free(disk)
    }

    /// Makes `entry` with what `reader` has for it.
    func add(
        _ entry: OpaquePointer, _ name: EntryName, contentFrom reader: ArchiveReader
    )
        throws(UnpackError)
    {
        try check(archive_write_header(disk, entry), name)
        if archive_entry_hardlink(entry) == nil || archive_entry_size(entry) > 0 {
            try copyContent(name, from: reader)
        }
        try check(archive_write_finish_entry(disk), name)
    }

    private func copyContent(_ name: EntryName, from reader: ArchiveReader) throws(UnpackError) {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        while true {
            switch archive_read_data_block(reader.archive, &start, &count, &offset) {
            case ARCHIVE_EOF: return
            case ARCHIVE_OK, ARCHIVE_WARN: break
            case ARCHIVE_RETRY: continue
            default: throw reader.readFailure()
            }
            guard count > 0, let start else { continue }
            guard archive_write_data_block(disk, start, count, offset) >= 0 else { throw failure(name) }
        }
    }

    /// Makes an entry without content: a whiteout, or a directory that an archive implies.
    func make(_ name: EntryName, mode: mode_t) throws(UnpackError) {
        guard let entry = archive_entry_new() else { throw .unreadable(reason: "out of memory") }
        defer { archive_entry_free(entry) }
        name.withPath { archive_entry_copy_pathname(entry, $0) }
        archive_entry_set_mode(entry, mode)
        archive_entry_set_uid(entry, 0)
        archive_entry_set_gid(entry, 0)
        archive_entry_set_rdev(entry, 0)
        archive_entry_set_size(entry, 0)
        try check(archive_write_header(disk, entry), name)
        try check(archive_write_finish_entry(disk), name)
    }

    /// The type of what stands there, or `nil`.
    func type(of name: EntryName) -> mode_t? {
        var status = stat()
        return name.withPath { lstat($0, &status) } == 0 ? status.st_mode & FileType.mask : nil
    }

    /// Sets an extended attribute on `name` itself.
    func setAttribute(
        _ attribute: String, _ value: UnsafeRawPointer?, _ size: Int, on name: EntryName
    ) throws(UnpackError) {
        guard name.withPath({ lsetxattr($0, attribute, value, size, 0) }) != 0 else { return }
        throw .entry(
            name: name.text, reason: "attribute \(attribute): \(errorText(errno))", errno: errno)
    }

    /// Sets when `name` was used and changed last.
    func setTime(_ time: timespec, of name: EntryName) throws(UnpackError) {
        let times = [time, time]
        guard name.withPath({ utimensat(AT_FDCWD, $0, times, AT_SYMLINK_NOFOLLOW) }) != 0 else { return }
        throw .entry(name: name.text, reason: "its time can't be set: \(errorText(errno))", errno: errno)
    }

    /// Gives directories the modes and times that had to wait until they were filled.
    func finish() throws(UnpackError) {
        guard archive_write_close(disk) >= ARCHIVE_WARN else { throw failure(EntryName.root) }
    }

    /// A warning of the writer is an owner, a mode or a time that couldn't be set: the tree isn't what it should be.
    private func check(_ status: Int32, _ name: EntryName) throws(UnpackError) {
        guard status == ARCHIVE_OK else { throw failure(name) }
    }

    private func failure(_ name: EntryName) -> UnpackError {
        let number = archive_errno(disk)
        let text = archive_error_string(disk).map { String(cString: $0) } ?? errorText(number)
        let reason =
            number > 0 && !text.contains(errorText(number)) ? "\(text): \(errorText(number))" : text
        return .entry(name: name.text, reason: reason, errno: number)
    }
}
