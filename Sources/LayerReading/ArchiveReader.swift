import CArchive
import Erofs

/// A tar stream's entries, one after the other, as libarchive understands them: ustar, pax, GNU and older forms.
final class ArchiveReader {
    private let archive: OpaquePointer
    private let stream: any TarStream
    /// Kept across the C callback, which can't throw.
    private var failure: LayerError?

    /// - Parameter anyCompression: the stream may be compressed once more, as archives of images are.
    init(_ stream: any TarStream, anyCompression: Bool = false) throws(LayerError) {
        guard let archive = archive_read_new() else { throw .limit("there is no memory to read it") }
        self.archive = archive
        self.stream = stream
        if anyCompression {
            archive_read_support_filter_bzip2(archive)
            archive_read_support_filter_xz(archive)
        }
        archive_read_support_format_tar(archive)
        archive_read_support_format_empty(archive)
        // The archive is closed by this object's end.
        let context = Unmanaged.passUnretained(self).toOpaque()
        let status = archive_read_open(
            archive, context, nil,
            { _, context, place in
                guard let context, let place else { return -1 }
                return Unmanaged<ArchiveReader>.fromOpaque(context).takeUnretainedValue().read(place)
            }, nil)
        guard status == ARCHIVE_OK else { throw lastError() }
    }

    deinit {
        archive_read_free(archive)
    }

    private func read(_ place: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do throws(LayerError) {
            let piece = try stream.next()
            place.pointee = piece.baseAddress
            return piece.count
        } catch {
            failure = error
            return -1
        }
    }

    private func lastError() -> LayerError {
        if let failure { return failure }
        return .malformed(archive_error_string(archive).map { String(cString: $0) } ?? "it is no tar archive")
    }

    /// The next entry, valid until the next call; `nil` at the end.
    func next() throws(LayerError) -> OpaquePointer? {
        var entry: OpaquePointer?
        while true {
            switch archive_read_next_header(archive, &entry) {
            case ARCHIVE_OK, ARCHIVE_WARN: return entry
            case ARCHIVE_RETRY: continue
            case ARCHIVE_EOF: return nil
            default: throw lastError()
            }
        }
    }

    /// The next part of the entry's content and its place there, valid until the next call; `nil` at the end.
    func content() throws(LayerError) -> (bytes: UnsafeRawBufferPointer, offset: UInt64)? {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        while true {
            switch archive_read_data_block(archive, &start, &count, &offset) {
            case ARCHIVE_EOF: return nil
            case ARCHIVE_OK, ARCHIVE_WARN: break
            case ARCHIVE_RETRY: continue
            default: throw lastError()
            }
            guard count > 0, let start else { continue }
            guard offset >= 0 else { throw .malformed("a file's part has a negative place") }
            return (UnsafeRawBufferPointer(start: start, count: count), UInt64(offset))
        }
    }
}
