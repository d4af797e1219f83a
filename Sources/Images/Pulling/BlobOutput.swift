import Glibc
import Kernel

/// What arrives of a blob, on its way into its file. It goes past the page cache where the file system can do that:
/// nobody reads a compressed layer again soon, and the copy would cost more than the disk does.
struct BlobOutput: ~Copyable {
    private static let block: Int64 = 4096

    private let partial: PartialBlob
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled: Int
    /// Where the buffer's content belongs, a multiple of the block.
    private var place: Int64
    private var isDirect = true

    /// Goes on at `offset`, where the file ends.
    init(_ partial: PartialBlob, at offset: Int64) throws(KernelError) {
        self.partial = partial
        place = offset / Self.block * Self.block
        buffer = .allocate(byteCount: 1 << 20, alignment: Int(Self.block))
        filled = 0
        // The block that the end is in is written once more, as a whole.
        while place + Int64(filled) < offset {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<Int(offset - place)])
            let count = try partial.read(into: rest, at: place + Int64(filled))
            guard count > 0 else { throw KernelError("read", partial.path, errno: EIO) }
            filled += count
        }
    }

    deinit { buffer.deallocate() }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(KernelError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = min(rest.count, buffer.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
            filled += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if filled == buffer.count { try write(filled) }
        }
    }

    /// Writes what is left. Nothing may be appended afterwards.
    mutating func finish() throws(KernelError) {
        try write(filled / Int(Self.block) * Int(Self.block))
        _ = try partial.setDirect(false)
        isDirect = false
        try write(filled)
    }

    /// Writes the first `count` bytes of the buffer.
    private mutating func write(_ count: Int) throws(KernelError) {
        guard count > 0 else { return }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        if isDirect { isDirect = try partial.setDirect(true) }
        do throws(KernelError) {
            try partial.write(bytes, at: place)
        } catch {
            // Some file systems take the flag and then want larger blocks.
            guard isDirect, error.errno == EINVAL else { throw error }
            _ = try partial.setDirect(false)
            isDirect = false
            try partial.write(bytes, at: place)
        }
        place += Int64(count)
        filled -= count
        if filled > 0, let start = buffer.baseAddress { memmove(start, start + count, filled) }
    }
}
