import CLinux
import Glibc
import Kernel

/// Bytes on their way from one descriptor to another: at most one buffer, so that a slow reader slows the writer.
struct Flow {
    /// What is closed when the flow has ended, so that the other side learns of it.
    enum Closing {
        case nothing, source, destination
    }

    private(set) var source: Int32
    private(set) var destination: Int32
    private let closing: Closing
    private var content: [UInt8] = []
    private var sent = 0

    private static let capacity = 32 << 10
    /// A pipe that is writable takes so much without blocking (`man 7 pipe`, PIPE_BUF). The host's streams may not be
    /// made non-blocking: their other users would be surprised.
    private static let step = 4096

    init(from source: Int32, to destination: Int32, closing: Closing) {
        self.source = source
        self.destination = destination
        self.closing = closing
    }

    var isOpen: Bool { source >= 0 || sent < content.count }

    /// What has to happen before `advance` has something to do.
    var awaited: pollfd {
        sent < content.count
            ? pollfd(fd: destination, events: Int16(POLLOUT), revents: 0)
            : pollfd(fd: source, events: Int16(POLLIN), revents: 0)
    }

    /// One read or write.
    mutating func advance() {
        if sent < content.count { send() } else { fill(Self.capacity) }
    }

    /// Passes on what a pipe holds now. Whoever else has it open may write for ever.
    mutating func drainPipe() {
        var held: Int32 = 0
        if source >= 0, clinux_readable_bytes(source, &held) != 0 { held = 0 }
        while sent < content.count || held > 0 {
            if sent < content.count {
                send(whenWritable: true)
            } else {
                fill(min(Int(held), Self.capacity))
                if content.isEmpty { return }
                held -= Int32(content.count)
            }
        }
    }

    private mutating func fill(_ limit: Int) {
        guard source >= 0 else { return }
        let number = source
        var result = 0
        content = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            result = read(number, buffer.baseAddress, limit)
            count = max(0, result)
        }
        sent = 0
        // EIO is a terminal's way of saying that nobody has it open any more.
        if result == 0 || (result < 0 && lastError() != EAGAIN && lastError() != EINTR) { end() }
    }

    private mutating func send(whenWritable: Bool = false) {
        if whenWritable {
            var entry = awaited
            poll(&entry, 1, -1)
        }
        let (number, first) = (destination, sent)
        let count = content.withUnsafeBytes {
            write(number, $0.baseAddress?.advanced(by: first), min(Self.step, $0.count - first))
        }
        if count > 0 {
            sent += count
        } else if count < 0 && lastError() != EAGAIN && lastError() != EINTR {
            // Nobody is there to take it. The writer of a pipe learns that; a terminal goes on.
            content = []
            sent = 0
            if closing != .nothing { end() }
        }
    }

    private mutating func end() {
        switch closing {
        case .nothing: break
        case .source: close(source)
        case .destination: close(destination)
        }
        source = -1
    }
}
