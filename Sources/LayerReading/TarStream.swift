public import Erofs

/// An uncompressed stream that comes in pieces.
public protocol TarStream: AnyObject {
    /// The next piece, valid until the next call; empty at the end.
    func next() throws(LayerError) -> UnsafeRawBufferPointer
}

/// A stream that is in memory.
public final class MemoryStream: TarStream {
    private let bytes: [UInt8]
    private let piece: Int
    private var position = 0

    /// - Parameter piece: the size of the pieces.
    public init(_ bytes: [UInt8], piece: Int = 256 << 10) {
        self.bytes = bytes
        self.piece = piece
    }

    public func next() -> UnsafeRawBufferPointer {
        let end = min(position + piece, bytes.count)
        let start = position
        position = end
        // The array lives as long as this object and never changes, so neither does its memory.
        return bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[start..<end]) }
    }
}
