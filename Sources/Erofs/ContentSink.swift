/// What becomes of a layer: takes the files' content as it comes, and the tree at the end.
public protocol ContentSink: ~Copyable {
    /// A file of `size` bytes begins.
    mutating func beginFile(size: UInt64) throws(LayerError)
    /// More of it. Offsets only grow; what is left out are zeros.
    mutating func append(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(LayerError)
    /// The file is whole.
    mutating func endFile() throws(LayerError) -> FileContent
    /// All files came; `identity` is 16 bytes that name the layer.
    /// - Returns: bytes written.
    mutating func finish(_ table: inout FileTable, identity: [UInt8]) throws(LayerError) -> UInt64
}
