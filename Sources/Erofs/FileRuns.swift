/// A file's content on its way into the image. Holes of whole chunks take no place; the file then is a list of runs.
struct FileRuns {
    private(set) var size: UInt64 = 0
    /// How much of it there is so far.
    private var offset: UInt64 = 0
    private var firstBlock: UInt32 = 0
    /// The run of chunks that is being written: its first chunk, and that one's block.
    private var runStart: UInt64 = 0
    private var runBlock: UInt32 = 0
    /// Pairs of a count of chunks and a block.
    private var runs: [UInt32] = []
    /// Zeros that may still be written to fill chunks up which are partly holes, in all files together. Without a bound
    /// a few bytes of an archive, each in a large chunk of its own, would fill the disk.
    private var filler: UInt64

    static let usualFiller: UInt64 = 8 << 30

    init(filler: UInt64 = Self.usualFiller) {
        self.filler = filler
    }

    private static let largestFile: UInt64 = 16 << 40
    /// Chunks of one file; each takes four bytes of the image.
    private static let mostChunks: UInt64 = 1 << 20

    /// The size of a file's chunks as a power of two, in blocks.
    static func chunkBits(_ size: UInt64) -> Int {
        var bits = 0
        while size >> (12 + bits) > mostChunks { bits += 1 }
        return bits
    }

    /// The chunks of a file, a last partial one among them.
    static func chunks(_ size: UInt64) -> UInt64 {
        let chunk = UInt64(OnDisk.blockSize) << chunkBits(size)
        return (size + chunk - 1) / chunk
    }

    mutating func begin(size: UInt64, _ output: borrowing BlockOutput) throws(LayerError) {
        guard size <= Self.largestFile else { throw .limit("it has a file of \(size) bytes") }
        self = FileRuns(filler: filler)
        self.size = size
        firstBlock = output.block
        runBlock = firstBlock
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer, _ output: inout BlockOutput) throws(LayerError) {
        guard UInt64(bytes.count) <= size - offset else { throw .limit("a file is longer than it says") }
        try output.append(bytes)
        offset += UInt64(bytes.count)
    }

    /// Zeros: the part that comes after them, or the file's end, makes a hole of them.
    mutating func leaveOut(_ count: Int, at target: UInt64) throws(LayerError) {
        guard target <= size, UInt64(count) <= size - target else { throw .limit("a file is longer than it says") }
        // They came, so they may be written.
        filler += UInt64(count)
    }

    /// Leaves zeros out up to `target`.
    mutating func skip(to target: UInt64, _ output: inout BlockOutput) throws(LayerError) {
        guard target >= offset, target <= size else { throw .limit("a file's parts are out of order") }
        if target == offset { return }
        let chunk = UInt64(OnDisk.blockSize) << Self.chunkBits(size)
        let first = (offset + chunk - 1) / chunk
        let end = target == size ? Self.chunks(size) : target / chunk
        if end > first {
            try fill(first * chunk - offset, &output)
            close(at: first)
            runs += [UInt32(end - first), OnDisk.hole]
            runStart = end
            runBlock = output.block
            offset = min(end * chunk, size)
        }
        try fill(target - offset, &output)
        offset = target
    }

    private mutating func fill(_ count: UInt64, _ output: inout BlockOutput) throws(LayerError) {
        guard count <= filler else { throw .limit("its files have too many holes") }
        filler -= count
        try output.appendZeros(count)
    }

    private mutating func close(at chunk: UInt64) {
        if chunk > runStart { runs += [UInt32(chunk - runStart), runBlock] }
    }

    mutating func end(_ table: inout RunTable) throws(LayerError) -> FileContent {
        guard !runs.isEmpty else { return FileContent(place: firstBlock) }
        close(at: Self.chunks(size))
        return FileContent(place: try table.add(runs), .sparse)
    }
}

/// The runs of all files with holes.
struct RunTable: ~Copyable {
    private var rows = Rows<UInt32>()
    private static let most = 8 << 20

    init() {}

    var isEmpty: Bool { rows.count == 0 }

    mutating func add(_ runs: [UInt32]) throws(LayerError) -> UInt32 {
        guard rows.count + runs.count < Self.most else { throw .limit("its files have too many holes") }
        let place = UInt32(rows.count)
        try rows.append(UInt32(runs.count / 2))
        for value in runs { try rows.append(value) }
        return place
    }

    func count(_ place: Int) -> Int { Int(rows[place]) }

    func run(_ index: Int, at place: Int) -> (chunks: UInt32, block: UInt32) {
        (rows[place + 1 + index * 2], rows[place + 2 + index * 2])
    }
}
