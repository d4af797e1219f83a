import CArchive
import Glibc

/// Where a copy of the uncompressed stream goes.
struct Tap {
    let descriptor: Int32

    func write(_ start: UnsafeRawPointer, _ count: Int) throws(UnpackError) {
        var done = 0
        while done < count {
            let written = Glibc.write(descriptor, start + done, count - done)
            if written < 0 {
                if errno == EINTR { continue }
                throw .tap(errno: errno)
            }
            done += written
        }
    }
}

/// What went wrong in libarchive's last call.
func lastError(of archive: OpaquePointer) -> UnpackError {
    let text = archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
    return .unreadable(reason: text)
}

/// The compressed stream as an uncompressed one, which is copied to the tap on its way.
final class Decompressor {
    private let archive: OpaquePointer
    private let tap: Tap?
    private var ended: Bool
    /// Kept across the C callback, which can't throw.
    private(set) var failure: UnpackError?

    init(descriptor: Int32, tap: Tap?, filters: (OpaquePointer) -> Void) throws(UnpackError) {
        guard let archive = archive_read_new() else { throw .unreadable(reason: "out of memory") }
        self.archive = archive
        self.tap = tap
        ended = false
        filters(archive)
        archive_read_support_format_raw(archive)
        archive_read_support_format_empty(archive)
        guard archive_read_open_fd(archive, descriptor, 256 * 1024) == ARCHIVE_OK else {
            throw lastError(of: archive)
        }
        var entry: OpaquePointer?
        let status = archive_read_next_header(archive, &entry)
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN || status == ARCHIVE_EOF else {
            throw lastError(of: archive)
        }
        ended = status == ARCHIVE_EOF
    }

    deinit {
        archive_read_free(archive)
    }

    /// The next piece, valid until the next call; empty at the end.
    func next() throws(UnpackError) -> UnsafeRawBufferPointer {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        while !ended {
            let status = archive_read_data_block(archive, &start, &count, &offset)
            if status == ARCHIVE_EOF { break }
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw lastError(of: archive) }
            guard count > 0, let start else { continue }
            try tap?.write(start, count)
            return UnsafeRawBufferPointer(start: start, count: count)
        }
        ended = true
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// `next` for C: the count, 0 at the end, -1 after a failure.
    fileprivate func read(into place: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do {
            let piece = try next()
            place.pointee = piece.baseAddress
            return piece.count
        } catch {
            failure = error
            return -1
        }
    }
}

/// A tar stream's entries, one after the other.
final class ArchiveReader {
    let archive: OpaquePointer
    private let decompressor: Decompressor

    init(_ decompressor: Decompressor) throws(UnpackError) {
        guard let archive = archive_read_new() else { throw .unreadable(reason: "out of memory") }
        self.archive = archive
        self.decompressor = decompressor
        archive_read_support_format_tar(archive)
        archive_read_support_format_empty(archive)
        // `decompressor` is held by this object for as long as the archive is open.
        let context = Unmanaged.passUnretained(decompressor).toOpaque()
        let status = archive_read_open(
            archive, context, nil,
            { _, context, place in
                guard let context, let place else { return -1 }
                return Unmanaged<Decompressor>.fromOpaque(context).takeUnretainedValue().read(into: place)
            }, nil)
        guard status == ARCHIVE_OK else { throw decompressor.failure ?? lastError(of: archive) }
    }

    deinit {
        archive_read_free(archive)
    }

    /// The next entry, valid until the next call; `nil` at the end.
    func next() throws(UnpackError) -> OpaquePointer? {
        var entry: OpaquePointer?
        while true {
            switch archive_read_next_header(archive, &entry) {
            case ARCHIVE_OK, ARCHIVE_WARN: return entry
            case ARCHIVE_RETRY: continue
            case ARCHIVE_EOF: return nil
            default: throw decompressor.failure ?? lastError(of: archive)
            }
        }
    }

    /// Reads what stands behind the archive's end, which belongs to the stream's digest.
    func drain() throws(UnpackError) {
        while !(try decompressor.next().isEmpty) {}
    }

    /// A failure to read, with the reason that lies deepest.
    func readFailure() -> UnpackError {
        decompressor.failure ?? lastError(of: archive)
    }
}
