import Glibc
import Synchronization

/// Writing failed; a closed pipe ends the command quietly, as SIGPIPE would have.
struct OutputFailure: Error, CustomStringConvertible {
    var errno: Int32

    var exitCode: Int32 { errno == EPIPE ? 128 + SIGPIPE : 1 }
    var description: String { "writing the output failed: \(String(cString: strerror(errno)))" }
}

/// A standard stream, buffered so that a table is one write(2).
final class Output: Sendable {
    private let descriptor: Int32
    private let capacity: Int
    private let buffer = Mutex<[UInt8]>([])

    /// `capacity` 0 writes everything at once.
    init(descriptor: Int32, capacity: Int) {
        self.descriptor = descriptor
        self.capacity = capacity
    }

    func write(_ text: String) throws(OutputFailure) {
        try buffer.withLock { bytes throws(OutputFailure) in
            bytes.append(contentsOf: text.utf8)
            if bytes.count >= capacity { try Self.drain(&bytes, to: descriptor) }
        }
    }

    func flush() throws(OutputFailure) {
        try buffer.withLock { bytes throws(OutputFailure) in try Self.drain(&bytes, to: descriptor) }
    }

    /// A line for standard error.
    func say(_ line: String) { show(line.hasSuffix("\n") ? line : line + "\n") }

    /// Text for standard error. When that is closed there is nobody left to tell.
    func show(_ text: String) {
        do { try write(text) } catch { return }
    }

    private static func drain(_ bytes: inout [UInt8], to descriptor: Int32) throws(OutputFailure) {
        var offset = 0
        defer { bytes.removeAll(keepingCapacity: true) }
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if written >= 0 {
                offset += written
            } else if errno == EAGAIN {
                // Somebody made the shared descriptor non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            } else if errno != EINTR {
                throw OutputFailure(errno: errno)
            }
        }
    }
}

/// What the command writes to, and what is known about it.
struct StandardStreams: Sendable {
    var output = Output(descriptor: STDOUT_FILENO, capacity: 64 << 10)
    var error = Output(descriptor: STDERR_FILENO, capacity: 0)

    var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }
    var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// The width that help is wrapped to.
    var columns: Int { outputIsTerminal ? WindowSize(of: STDOUT_FILENO).columns : 80 }
}
