/// The numbers of the format: the kernel's `fs/erofs/erofs_fs.h`, and its documentation in
/// `Documentation/filesystems/erofs.rst`.
enum OnDisk {
    static let blockSize = 4096
    static let blockBits: UInt8 = 12
    static let superBlockOffset = 1024
    static let superBlockSize = 128
    static let magic: UInt32 = 0xe0f5_e1e2
    /// The super block has a checksum; times are those of the last change of content.
    static let compatibleFeatures: UInt32 = 1 | 2
    static let chunkedFiles: UInt32 = 4
    static let inodeSize = 64
    /// Inodes are numbered by their place in units of this.
    static let inodeSlot = 32
    static let attributeHeader = 12
    static let directoryEntry = 12

    /// How an inode's content is found; with the bit for a long inode below it.
    enum Layout {
        static let plain: UInt16 = 0 << 1 | 1
        static let inline: UInt16 = 2 << 1 | 1
        static let chunks: UInt16 = 4 << 1 | 1
    }

    /// A chunk that is a hole.
    static let hole = UInt32.max
}

/// Fixed bytes that are filled field by field, in the format's byte order.
struct FixedBytes: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer

    init(count: Int) {
        memory = .allocate(byteCount: count, alignment: OnDisk.blockSize)
        clear()
    }

    deinit { memory.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

    func clear() { memory.initializeMemory(as: UInt8.self, repeating: 0) }

    func put<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        memory.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    }

    func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        precondition(offset + bytes.count <= memory.count)
        UnsafeMutableRawBufferPointer(rebasing: memory[offset...]).copyMemory(from: bytes)
    }
}

/// CRC-32C, as the super block has it: no final inversion.
func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var value = UInt32.max
    for byte in bytes {
        value ^= UInt32(byte)
        for _ in 0..<8 { value = value >> 1 ^ (value & 1 != 0 ? 0x82f6_3b78 : 0) }
    }
    return value
}
