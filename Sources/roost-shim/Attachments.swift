import Glibc
import Kernel
import Launching

/// Programs of the host that see what the container writes, and may write to it.
///
/// Nothing is lost to them: what one of them can't take yet is held, one message of it, and nothing more is read of the
/// container meanwhile. Nor is more of their input read than the container takes.
struct Attachments: ~Copyable {
    private struct Client {
        var socket: Int32
        /// The message that it can't take yet.
        var held: [UInt8] = []
    }

    private var listener: Int32 = -1
    private var clients: [Client] = []
    /// What the container hasn't taken yet.
    private var input: [UInt8] = []
    private var inputEnds = false
    /// Until when the first one is awaited; `nil`: it isn't, or has come.
    private var deadline: Int64?
    /// The one that was awaited: the container's input is its own, and ends with it.
    private var owner: Int32 = -1

    /// More than that many are turned away.
    private static let most = 16
    /// Milliseconds that a launch's caller has to attach, and that one may take for its last message.
    private static let patience: Int64 = 10_000

    init(_ settings: MonitorSettings) {
        guard settings.isAttachable else { return }
        // Without the socket the container runs all the same. The directory's path may be longer than a socket's may be.
        guard let directory = try? OwnedDescriptor(open: settings.runDirectory, [.path, .directory]),
            let socket = try? UnixSocket(
                listeningAt: "/proc/self/fd/\(directory.number)/\(AttachMessage.socketName)", backlog: 16,
                keepsMessages: true)
        else { return }
        listener = socket.intoDescriptor().release()
        if settings.awaitsAttachment { deadline = monotonicMilliseconds() + Self.patience }
    }

    /// Whether what the container writes may be read now.
    var takesOutput: Bool { deadline == nil && !clients.contains { !$0.held.isEmpty } }

    /// Milliseconds until somebody has to look again; -1 for never.
    var timeout: Int32 { deadline.map { Int32(clamping: max(0, $0 - monotonicMilliseconds())) } ?? -1 }

    // MARK: Waiting

    /// What is waited for: the listener, the container's input, and a descriptor a client.
    func awaited(_ streams: borrowing ContainerStreams) -> [pollfd] {
        if listener < 0 { return [] }
        let writes = input.isEmpty ? -1 : streams.input
        return [
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
            pollfd(fd: writes, events: Int16(POLLOUT), revents: 0),
        ]
            + clients.map { client in
                let reads = input.isEmpty ? Int16(POLLIN) : 0
                return pollfd(
                    fd: client.socket, events: client.held.isEmpty ? reads : reads | Int16(POLLOUT), revents: 0)
            }
    }

    /// Deals with what has happened; the entries are those of ``awaited(_:)``.
    mutating func advance(
        _ entries: ArraySlice<pollfd>, _ streams: inout ContainerStreams, _ process: borrowing ProcessDescriptor
    ) {
        if let time = deadline, time <= monotonicMilliseconds() {
            // Whoever was to come has gone, and so has its input.
            deadline = nil
            endInput(&streams)
        }
        guard entries.count == clients.count + 2 else { return }
        let first = entries.startIndex
        if entries[first + 1].revents != 0 { writeInput(&streams) }
        for index in clients.indices.reversed() {
            let events = entries[first + 2 + index].revents
            if events & Int16(POLLOUT) != 0 { sendHeld(index) }
            if events & Int16(POLLIN) != 0 {
                receive(index, &streams, process)
            } else if events & Int16(POLLHUP | POLLERR) != 0 {
                remove(index, &streams)
            }
        }
        if entries[first].revents != 0 { accept() }
    }

    private mutating func accept() {
        let socket = Glibc.accept(listener, nil, nil)
        guard socket >= 0 else { return }
        guard clients.count < Self.most else {
            close(socket)
            return
        }
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        _ = fcntl(socket, F_SETFL, O_NONBLOCK)
        clients.append(Client(socket: socket))
        guard deadline != nil else { return }
        deadline = nil
        owner = socket
    }

    private mutating func remove(_ index: Int, _ streams: inout ContainerStreams) {
        let socket = clients.remove(at: index).socket
        close(socket)
        guard socket == owner else { return }
        owner = -1
        endInput(&streams)
    }

    // MARK: Input

    private mutating func receive(
        _ index: Int, _ streams: inout ContainerStreams, _ process: borrowing ProcessDescriptor
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: AttachMessage.longest + 1) { buffer in
            let count = recv(clients[index].socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else {
                if count == 0 || (lastError() != EAGAIN && lastError() != EINTR) { remove(index, &streams) }
                return
            }
            let content = buffer[1..<count]
            switch AttachMessage.ToShim(rawValue: buffer[0]) {
            case .input: take(content, &streams)
            case .endOfInput: endInput(&streams)
            case .size where content.count == 4 && streams.isTerminal:
                let rows = UInt16(content[1]) | UInt16(content[2]) << 8
                let columns = UInt16(content[3]) | UInt16(content[4]) << 8
                // `try?`: a size that isn't taken is no reason to end.
                try? Terminal.setSize(streams.input, rows: rows, columns: columns)
            // `try?`: it may have ended.
            case .signal where content.count == 1: try? process.signal(Int32(content[1]))
            default: break
            }
        }
    }

    private mutating func take(_ content: Slice<UnsafeMutableBufferPointer<UInt8>>, _ streams: inout ContainerStreams) {
        guard streams.input >= 0, !inputEnds else { return }
        input.append(contentsOf: content)
        writeInput(&streams)
    }

    private mutating func writeInput(_ streams: inout ContainerStreams) {
        while !input.isEmpty {
            let count = input.withUnsafeBytes { write(streams.input, $0.baseAddress, $0.count) }
            if count > 0 {
                input.removeFirst(count)
            } else if count < 0 && lastError() == EAGAIN {
                return
            } else if count < 0 && lastError() != EINTR {
                // Nobody reads it any more.
                input = []
                inputEnds = true
            }
        }
        if inputEnds { streams.endOfInput() }
    }

    private mutating func endInput(_ streams: inout ContainerStreams) {
        inputEnds = true
        if input.isEmpty { streams.endOfInput() }
    }

    // MARK: Output

    /// Hands on what the container wrote.
    mutating func send(_ content: UnsafeBufferPointer<UInt8>, _ kind: AttachMessage.FromShim) {
        guard !clients.isEmpty else { return }
        let message = [kind.rawValue] + content
        for index in clients.indices where !Self.send(message, to: clients[index].socket) {
            clients[index].held = message
        }
    }

    private mutating func sendHeld(_ index: Int) {
        if Self.send(clients[index].held, to: clients[index].socket) { clients[index].held = [] }
    }

    /// False: it can't take it yet. One that is gone takes everything.
    private static func send(_ message: [UInt8], to socket: Int32) -> Bool {
        let count = Glibc.send(socket, message, message.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        return count >= 0 || (lastError() != EAGAIN && lastError() != EINTR)
    }

    // MARK: The end

    /// The container has ended: whoever is still awaited gets a while to come, so that it sees what was written.
    mutating func awaitFirst() {
        guard deadline != nil else { return }
        var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, timeout) > 0 { accept() }
        deadline = nil
    }

    /// Lets those who are slow take what is held; false when none of them can for too long.
    mutating func flush() -> Bool {
        let end = monotonicMilliseconds() + Self.patience
        while !takesOutput {
            let left = end - monotonicMilliseconds()
            guard left > 0 else { return false }
            var entries = clients.map { client in
                pollfd(fd: client.held.isEmpty ? -1 : client.socket, events: Int16(POLLOUT), revents: 0)
            }
            poll(&entries, nfds_t(entries.count), Int32(clamping: left))
            for index in entries.indices where entries[index].revents != 0 { sendHeld(index) }
        }
        return true
    }

    /// Tells everybody of the end.
    mutating func finish(code: Int32) {
        _ = flush()
        let bytes = withUnsafeBytes(of: code.littleEndian) { Array($0) }
        bytes.withUnsafeBufferPointer { send($0, .ended) }
        _ = flush()
    }
}
