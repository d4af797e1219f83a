import Glibc

/// Collects what is written to a file one after the other.
struct BlockOutput: ~Copyable {
    static let blockSize = 4096
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    /// Bytes before the buffer's.
    private var flushed: UInt64
    private let limit: UInt64

    /// Starts at `offset` of the file.
    init(descriptor: Int32, offset: UInt64, limit: UInt64) throws(LayerError) {
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
            throw .system(operation: "start the image", errno: errno)
        }
        self.descriptor = descriptor
        self.limit = limit
        flushed = offset
        buffer = .allocate(byteCount: 1 << 20, alignment: Self.blockSize)
    }

    deinit { buffer.deallocate() }

    /// Where the next byte goes.
    var position: UInt64 { flushed + UInt64(filled) }

    /// The block that comes next; everything before it has to be aligned.
    var block: UInt32 { UInt32(position / UInt64(Self.blockSize)) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(LayerError) {
        var rest = bytes
        while !rest.isEmpty {
            if filled == buffer.count { try flush() }
            let part = min(rest.count, buffer.count - filled)
            buffer.baseAddress.map { target in
                if let source = rest.baseAddress { memcpy(target + filled, source, part) }
            }
            filled += part
            rest = UnsafeRawBufferPointer(rebasing: rest[part...])
        }
    }

    mutating func appendZeros(_ count: UInt64) throws(LayerError) {
        guard count <= limit else { throw .limit("its files are too large altogether") }
        var rest = count
        while rest > 0 {
            if filled == buffer.count { try flush() }
            let part = Int(min(rest, UInt64(buffer.count - filled)))
            if let target = buffer.baseAddress { memset(target + filled, 0, part) }
            filled += part
            rest -= UInt64(part)
        }
    }

    /// Zeros up to a multiple of the block size.
    mutating func align() throws(LayerError) {
        let over = position % UInt64(Self.blockSize)
        if over > 0 { try appendZeros(UInt64(Self.blockSize) - over) }
    }

    mutating func flush() throws(LayerError) {
        guard flushed + UInt64(filled) <= limit else {
            throw .limit("its files are larger than \(limit) bytes altogether")
        }
        var done = 0
        while done < filled {
            let count = write(descriptor, buffer.baseAddress.map { $0 + done }, filled - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(operation: "write the image", errno: errno)
            }
            done += count
        }
        flushed += UInt64(filled)
        filled = 0
    }
}
