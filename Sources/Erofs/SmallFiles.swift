/// The content of small files, which waits to be written behind their inodes: in blocks of their own they would take
/// several times the place. Once there is much of it, blocks have to do.
struct SmallFiles: ~Copyable {
    private var bytes = Rows<UInt8>()
    private var start = 0
    private(set) var isOpen = false

    private static let largest: UInt64 = 2048
    private static let most = 24 << 20

    init() {}

    /// Whether the file that begins is kept here.
    mutating func begin(size: UInt64) throws(LayerError) -> Bool {
        guard size > 0, size <= Self.largest, bytes.count + Int(size) <= Self.most else { return false }
        start = bytes.count
        for _ in 0..<size { try bytes.append(0) }
        isOpen = true
        return true
    }

    mutating func append(_ part: UnsafeRawBufferPointer, at offset: UInt64) throws(LayerError) {
        let size = bytes.count - start
        guard offset <= UInt64(size), part.count <= size - Int(offset) else {
            throw .limit("a file is longer than it says")
        }
        UnsafeMutableRawBufferPointer(bytes.mutableSlice(start + Int(offset), part.count)).copyMemory(from: part)
    }

    mutating func end() -> FileContent {
        isOpen = false
        return FileContent(place: UInt32(start), .inline)
    }

    func content(_ place: Int, _ size: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(bytes.slice(place, size))
    }
}
