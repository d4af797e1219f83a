import Glibc
import Kernel
import OCI

/// What files hold.
enum FileContent {
    static func digest(_ path: String, _ algorithm: Digest.Algorithm) throws(KernelError) -> (Digest, Int64) {
        let file = try OwnedDescriptor(regularFile: path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var hasher = DigestHasher(algorithm)
        var size: Int64 = 0
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return (hasher.finalize(), size) }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            size += Int64(count)
        }
    }

    static func areEqual(_ one: String, _ other: String) throws(KernelError) -> Bool {
        let first = try OwnedDescriptor(regularFile: one)
        let second = try OwnedDescriptor(regularFile: other)
        guard try StoreFiles.status(of: first).st_size == StoreFiles.status(of: second).st_size else { return false }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 16)
        defer { buffer.deallocate() }
        return try areEqual(first, second, buffer)
    }

    /// Reads both from where they are to the end, each into one half of the buffer.
    static func areEqual(
        _ first: borrowing OwnedDescriptor, _ second: borrowing OwnedDescriptor,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(KernelError) -> Bool {
        let half = buffer.count / 2
        let left = UnsafeMutableRawBufferPointer(rebasing: buffer[..<half])
        let right = UnsafeMutableRawBufferPointer(rebasing: buffer[half...])
        while true {
            let count = try fill(left, first)
            guard try fill(right, second) == count else { return false }
            if count == 0 { return true }
            guard let a = left.baseAddress, let b = right.baseAddress, memcmp(a, b, count) == 0 else { return false }
        }
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, _ file: borrowing OwnedDescriptor
    ) throws(KernelError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }
}
