import Erofs

/// Bounds on a stream.
public struct StreamLimits: Sendable {
    /// The longest uncompressed stream, in bytes.
    public var bytes: UInt64 = 64 << 30
    /// How many times as long as the blob the stream may be, once it is longer than `freeBytes`.
    public var ratio: UInt64 = 200
    /// Bytes that any blob may become.
    public var freeBytes: UInt64 = 1 << 30

    public init() {}

    func check(input: UInt64, output: UInt64) throws(LayerError) {
        guard output <= bytes else { throw .limit("it is longer than \(bytes) bytes") }
        guard output <= freeBytes || output / ratio <= input else {
            throw .limit("\(input) bytes became \(output), which no real layer does")
        }
    }
}
