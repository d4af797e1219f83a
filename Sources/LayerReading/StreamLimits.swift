import Erofs

/// Bounds on a stream.
public struct StreamLimits: Sendable {
    /// The longest uncompressed stream, in bytes.
    public var bytes: UInt64 = 64 << 30
    /// How many times as long as the blob the stream may be, once it is longer than `freeBytes`. Long stretches of zeros
    /// don't count: real files have them, they take no place on the disk, and `bytes` bounds the time that they take.
    public var ratio: UInt64 = 200
    /// Bytes that any blob may become, besides zeros.
    public var freeBytes: UInt64 = 1 << 30

    public init() {}

    /// - Parameter zeros: how much of the output were long stretches of zeros.
    func check(input: UInt64, output: UInt64, zeros: UInt64) throws(LayerError) {
        guard output <= bytes else { throw .limit("it is longer than \(bytes) bytes") }
        let dense = output - zeros
        guard dense <= freeBytes || dense / ratio <= input else {
            throw .limit("\(input) bytes became \(dense) that aren't zeros, which no real layer does")
        }
    }
}
