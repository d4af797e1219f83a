public import Erofs
import Glibc

/// A blob on a descriptor as the stream that is in it: one thread reads and decompresses, another one takes the pieces.
///
/// `@unchecked Sendable`: `mutex` guards `filled`, `taken`, `ended` and `failure`; a piece's memory belongs to the
/// reading thread while `filled - taken < pieces`, and to the taking thread from then on until it takes the next.
public final class BlobStream: TarStream, @unchecked Sendable {
    private static let pieces = 8
    private static let pieceSize = 256 << 10

    private let descriptor: Int32
    private let limits: StreamLimits
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: pieces * pieceSize, alignment: 4096)
    private let lengths = UnsafeMutablePointer<Int>.allocate(capacity: pieces)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var filled = 0
    private var taken = 0
    private var ended = false
    private var failure: LayerError?
    private var holdsPiece = false

    /// Nothing is read before `start`.
    public init(descriptor: Int32, limits: StreamLimits) {
        self.descriptor = descriptor
        self.limits = limits
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    // The reading thread holds a reference, so this comes after its end.
    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(changed)
        mutex.deallocate()
        changed.deallocate()
        lengths.deallocate()
        memory.deallocate()
    }

    /// Starts the reading thread, which waits for `begin` if there is one.
    public func start(after begin: @escaping @Sendable () -> Void = {}) throws(LayerError) {
        final class Body: Sendable {
            let stream: BlobStream
            let begin: @Sendable () -> Void
            init(_ stream: BlobStream, _ begin: @escaping @Sendable () -> Void) {
                self.stream = stream
                self.begin = begin
            }
        }
        let body = Unmanaged.passRetained(Body(self, begin))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.begin()
                body.stream.read()
                return nil
            }, body.toOpaque())
        guard result == 0 else {
            body.release()
            throw .system(operation: "start a thread", errno: result)
        }
        pthread_detach(thread)
    }

    // MARK: The taking side

    public func next() throws(LayerError) -> UnsafeRawBufferPointer {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if holdsPiece {
            taken += 1
            holdsPiece = false
            pthread_cond_signal(changed)
        }
        while filled == taken && !ended { pthread_cond_wait(changed, mutex) }
        guard filled > taken else {
            if let failure { throw failure }
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        holdsPiece = true
        let place = taken % Self.pieces
        let start = place * Self.pieceSize
        return UnsafeRawBufferPointer(rebasing: memory[start..<(start + lengths[place])])
    }

    // MARK: The reading side

    private func read() {
        var reason: LayerError?
        do throws(LayerError) {
            try decompress()
        } catch {
            reason = error
        }
        pthread_mutex_lock(mutex)
        failure = reason
        ended = true
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
    }

    private func decompress() throws(LayerError) {
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 4096)
        defer { input.deallocate() }
        var count = 0
        // The first bytes may come one by one.
        while count < Compression.magicLength {
            let more = try fill(input, from: count)
            if more == 0 { break }
            count += more
        }
        let decompressor = try Decompressor(Compression(UnsafeRawBufferPointer(rebasing: input[..<count])))
        var (received, produced) = (UInt64(count), Produced())
        while count > 0 {
            try pass(UnsafeRawBufferPointer(rebasing: input[..<count]), decompressor, received, &produced)
            count = try fill(input, from: 0)
            received += UInt64(count)
        }
        try decompressor.finish()
        if slotFill > 0 { publish() }
    }

    /// What came out of the blob so far.
    private struct Produced {
        var bytes: UInt64 = 0
        /// In whole pieces of nothing else, which aren't written.
        var zeros: UInt64 = 0
    }

    /// The memory of the piece with that number, which this thread has filled and not published.
    private func piece(_ number: Int) -> UnsafeRawBufferPointer {
        let start = number % Self.pieces * Self.pieceSize
        return UnsafeRawBufferPointer(UnsafeMutableRawBufferPointer(rebasing: memory[start..<(start + Self.pieceSize)]))
    }

    /// What of the current piece is filled.
    private var slotFill = 0

    private func pass(
        _ input: UnsafeRawBufferPointer, _ decompressor: Decompressor, _ received: UInt64, _ produced: inout Produced
    ) throws(LayerError) {
        var rest = input
        while true {
            let room = waitForRoom()
            let used = try decompressor.run(rest, into: room)
            rest = UnsafeRawBufferPointer(rebasing: rest[used.input...])
            slotFill += used.output
            produced.bytes += UInt64(used.output)
            try limits.check(input: received, output: produced.bytes, zeros: produced.zeros)
            let isFull = used.output == room.count
            if isFull {
                if ZeroStretch.isOne(piece(filled)) { produced.zeros += UInt64(Self.pieceSize) }
                publish()
            }
            // A full piece may mean that there is more in the decompressor than it has put out.
            if rest.isEmpty && !isFull { return }
        }
    }

    /// The rest of the piece that is being filled.
    private func waitForRoom() -> UnsafeMutableRawBufferPointer {
        pthread_mutex_lock(mutex)
        while filled - taken == Self.pieces { pthread_cond_wait(changed, mutex) }
        let place = filled % Self.pieces
        pthread_mutex_unlock(mutex)
        let start = place * Self.pieceSize
        return UnsafeMutableRawBufferPointer(rebasing: memory[(start + slotFill)..<(start + Self.pieceSize)])
    }

    private func publish() {
        pthread_mutex_lock(mutex)
        lengths[filled % Self.pieces] = slotFill
        filled += 1
        slotFill = 0
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(LayerError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            if count >= 0 { return count }
            if errno != EINTR { throw .system(operation: "read the blob", errno: errno) }
        }
    }
}
