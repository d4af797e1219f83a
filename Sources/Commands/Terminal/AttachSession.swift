import Dispatch
import Glibc
import Kernel
import Launching

/// This process's standard streams and signals as a container's, through its shim's socket.
struct AttachSession {
    enum End: Equatable {
        case ended(code: Int32)
        /// The user has left; the container goes on.
        case detached
        /// The shim went away without a word.
        case lost
    }

    let container: String
    /// Where the socket is.
    let directory: String
    /// The container has a terminal, and so has this process.
    let terminal: Bool
    let passesInput: Bool
    /// The container's input ends with this process's.
    let endsInput: Bool
    let showsOutput: Bool
    var passesSignals = true
    var detachKeys = DetachKeys.standard

    /// Returns when the container has ended, or the user has left.
    ///
    /// It occupies its thread: nothing else is to be done meanwhile.
    func run() throws -> End {
        let socket = try connect()
        let signals = try SignalPipe(handled)
        defer { signals.end() }
        let raw = terminal && passesInput ? try RawTerminal(descriptor: STDIN_FILENO) : nil
        defer { withExtendedLifetime(raw) {} }
        var relay = AttachRelay(session: self, socket: socket.number, signals: signals.reading)
        if terminal { relay.sendSize() }
        return try relay.run()
    }

    private func connect() throws -> OwnedDescriptor {
        do throws(KernelError) {
            // The directory's path may be longer than a socket's may be.
            let place = try OwnedDescriptor(open: directory, [.path, .directory])
            return try UnixSocket(
                connectingTo: "/proc/self/fd/\(place.number)/\(AttachMessage.socketName)", keepsMessages: true
            ).intoDescriptor()
        } catch {
            throw CommandFailure("attaching to container \(container.prefix(12)) failed: \(error.reason)")
        }
    }

    private var handled: [Int32] {
        (terminal ? [SIGWINCH] : [])
            + (passesSignals ? [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2] : [])
    }
}

/// The loop of one session.
private struct AttachRelay {
    let session: AttachSession
    let socket: Int32
    let signals: Int32
    private var keys: DetachKeys
    private var input: Int32
    /// Messages that the shim can't take yet.
    private var waiting: [[UInt8]] = []
    private var ownEnd: AttachSession.End?

    init(session: AttachSession, socket: Int32, signals: Int32) {
        self.session = session
        self.socket = socket
        self.signals = signals
        keys = session.detachKeys
        input = session.passesInput ? STDIN_FILENO : -1
    }

    mutating func run() throws -> AttachSession.End {
        while true {
            var entries = [
                pollfd(fd: socket, events: Int16(waiting.isEmpty ? POLLIN : POLLIN | POLLOUT), revents: 0),
                pollfd(fd: waiting.isEmpty ? input : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 3, -1) >= 0 || errno == EINTR else {
                throw CommandFailure("waiting for the container failed: \(String(cString: strerror(errno)))")
            }
            if entries[2].revents != 0 { passSignals() }
            if entries[1].revents != 0 { readInput() }
            if entries[0].revents & Int16(POLLOUT) != 0 { flush() }
            if entries[0].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0, let end = try receive() { return end }
            if let ownEnd { return ownEnd }
        }
    }

    private mutating func receive() throws -> AttachSession.End? {
        var count = 0
        let message = [UInt8](unsafeUninitializedCapacity: AttachMessage.longest + 1) { buffer, used in
            count = recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            used = max(0, count)
        }
        guard count > 0 else {
            // ECONNRESET comes before what can still be read: a shim that ended hadn't taken all that it was sent.
            return count == 0 || ![EAGAIN, EINTR, ECONNRESET].contains(errno) ? .lost : nil
        }
        switch AttachMessage.FromShim(rawValue: message[0]) {
        case .output: try write(message.dropFirst(), to: STDOUT_FILENO)
        case .error: try write(message.dropFirst(), to: STDERR_FILENO)
        case .ended where message.count == 5:
            return .ended(code: message.dropFirst().reversed().reduce(0) { $0 << 8 | Int32($1) })
        default: break
        }
        return nil
    }

    private func write(_ bytes: ArraySlice<UInt8>, to number: Int32) throws(OutputFailure) {
        guard session.showsOutput else { return }
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Somebody made the shared descriptor non-blocking.
                var ready = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            } else if errno != EINTR {
                throw OutputFailure(errno: errno)
            }
        }
    }

    private mutating func readInput() {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: AttachMessage.longest) { buffer, used in
            count = read(input, buffer.baseAddress, buffer.count)
            used = max(0, count)
        }
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            input = -1
            if session.endsInput { send(.endOfInput, []) }
            return
        }
        guard session.terminal else { return send(.input, bytes) }
        let (passed, isDetached) = keys.filter(bytes[...])
        if !passed.isEmpty { send(.input, passed) }
        if isDetached { ownEnd = .detached }
    }

    private mutating func passSignals() {
        var number: UInt8 = 0
        while read(signals, &number, 1) == 1 {
            if Int32(number) == SIGWINCH { sendSize() } else { send(.signal, [number]) }
        }
    }

    mutating func sendSize() {
        let size = WindowSize(of: STDOUT_FILENO)
        let numbers = [UInt16(clamping: size.rows), UInt16(clamping: size.columns)]
        send(.size, numbers.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] })
    }

    private mutating func send(_ kind: AttachMessage.ToShim, _ content: [UInt8]) {
        waiting.append([kind.rawValue] + content)
        flush()
    }

    private mutating func flush() {
        while let message = waiting.first {
            let count = Glibc.send(socket, message, message.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            if count < 0 {
                if errno == EAGAIN { return }
                // One that is gone is noticed when its end is read.
                if errno != EINTR { waiting = [] }
                continue
            }
            waiting.removeFirst()
        }
    }
}

/// Signals of this process as bytes of a pipe, each its number.
private final class SignalPipe {
    private let pipe: Ends
    private let sources: [any DispatchSourceSignal]
    private let queue = DispatchQueue(label: "roost.attached-signals")

    private final class Ends: Sendable {
        let reading: OwnedDescriptor
        let writing: OwnedDescriptor

        init() throws(KernelError) {
            let (reading, writing) = try OwnedDescriptor.pipe().release()
            self.reading = OwnedDescriptor(taking: reading)
            self.writing = OwnedDescriptor(taking: writing)
            try self.reading.setNonBlocking(true)
            try self.writing.setNonBlocking(true)
        }
    }

    init(_ numbers: [Int32]) throws(KernelError) {
        let pipe = try Ends()
        self.pipe = pipe
        sources = numbers.map { [queue] number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                var byte = UInt8(truncatingIfNeeded: number)
                // A full pipe holds thousands of signals that nobody has taken.
                _ = write(pipe.writing.number, &byte, 1)
            }
            source.resume()
            return source
        }
    }

    var reading: Int32 { pipe.reading.number }

    /// No signal comes after this has returned.
    func end() {
        for source in sources { source.cancel() }
        queue.sync {}
    }
}
