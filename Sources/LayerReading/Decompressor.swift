import CCompression
import Erofs
import Glibc

/// How a layer's blob is compressed, by its first bytes (RFC 1952, RFC 8878).
enum Compression {
    case none
    case gzip
    case zstd

    static let magicLength = 4

    init(_ start: UnsafeRawBufferPointer) {
        let magic = Array(start.prefix(Self.magicLength))
        if magic.starts(with: [0x1f, 0x8b]) {
            self = .gzip
        } else if magic == [0x28, 0xb5, 0x2f, 0xfd]
            || (magic.count == 4 && magic[0] & 0xf0 == 0x50 && magic[1...] == [0x2a, 0x4d, 0x18])
        {
            // Or a frame that is to be skipped, which may come first.
            self = .zstd
        } else {
            self = .none
        }
    }
}

/// Decompresses piece by piece. Several members or frames one after the other are one stream.
final class Decompressor {
    private enum Form {
        case none
        case gzip(UnsafeMutablePointer<compression_gzip>)
        case zstd(OpaquePointer)
    }

    private let form: Form
    /// The last frame or member isn't at its end.
    private var isOpen = false

    init(_ compression: Compression) throws(LayerError) {
        switch compression {
        case .none: form = .none
        case .gzip:
            guard let state = compression_gzip_new() else { throw .limit("there is no memory to decompress it") }
            form = .gzip(state)
        case .zstd:
            guard let state = compression_zstd_new() else { throw .limit("there is no memory to decompress it") }
            form = .zstd(state)
        }
    }

    deinit {
        switch form {
        case .none: break
        case .gzip(let state): free(state)
        case .zstd(let state): ZSTD_freeDStream(state)
        }
    }

    /// Decompresses until the input or the room for output is used up; returns how much of each was.
    func run(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(LayerError) -> (input: Int, output: Int) {
        var (inputCount, outputCount) = (input.count, output.count)
        switch form {
        case .none:
            let count = min(inputCount, outputCount)
            output.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
            return (count, count)
        case .gzip(let state):
            let result = compression_gzip_run(state, input.baseAddress, &inputCount, output.baseAddress, &outputCount)
            guard result == 0 else { throw .malformed("its gzip stream is broken") }
            isOpen = compression_gzip_is_complete(state) == 0
        case .zstd(let state):
            // Without input, zstd would begin to wait for another frame.
            if input.isEmpty && !isOpen { return (0, 0) }
            let result = compression_zstd_run(state, input.baseAddress, &inputCount, output.baseAddress, &outputCount)
            guard result >= 0 else {
                let reason = compression_zstd_reason(result).map { String(cString: $0) } ?? "broken"
                throw .malformed("its zstd stream is broken: \(reason)")
            }
            isOpen = result > 0
        }
        return (inputCount, outputCount)
    }

    /// The input is at its end: is the stream?
    func finish() throws(LayerError) {
        if isOpen { throw .malformed("its compressed stream ends too early") }
    }
}
