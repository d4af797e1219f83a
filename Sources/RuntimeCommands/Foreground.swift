import Glibc
import Kernel

/// A caller that stays until its process ends: it hands signals on, carries bytes between its own terminal and the
/// process's, and ends as the process did.
final class Foreground {
    private static let signals = SignalSet([
        SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGALRM, SIGTSTP,
    ])
    private let pending: OwnedDescriptor

    /// From now on this process is the parent of whoever loses its own among its descendants.
    init() throws {
        try Credentials.becomeReaper()
        try Self.signals.block()
        pending = try Self.signals.descriptor()
    }

    /// - Parameter terminal: the master of the process's terminal, closed at the end; -1 for none.
    /// - Returns: the process's exit code, or 128 + the signal.
    func wait(for process: ProcessIdentity, terminal: Int32) throws -> Int32 {
        let watched = try ProcessDescriptor(pid: process.pid)
        var relay = try TerminalRelay(terminal)
        while true {
            var entries = [
                pollfd(fd: watched.descriptor.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: pending.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: relay.isInputOpen ? 0 : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: relay.master, events: Int16(POLLIN), revents: 0),
            ]
            poll(&entries, nfds_t(entries.count), -1)
            if entries[1].revents != 0 { pass(to: watched, relay) }
            if entries[2].revents != 0 { relay.readInput() }
            if entries[3].revents != 0 { relay.readOutput() }
            if entries[0].revents != 0 { break }
        }
        let ending = try watched.reap(blocking: true)
        relay.finish()
        return ending?.code ?? 1
    }

    private func pass(to process: borrowing ProcessDescriptor, _ relay: TerminalRelay) {
        while let signal = SignalSet.next(from: pending) {
            if signal == SIGWINCH && relay.master >= 0 {
                relay.resize()
            } else {
                try? process.signal(signal)  // `try?`: it may have ended.
            }
        }
    }
}

/// The caller's terminal, in raw mode while it is the container's.
struct TerminalRelay {
    private(set) var master: Int32
    private(set) var isInputOpen: Bool
    private var before: termios?

    init(_ master: Int32) throws {
        self.master = master
        isInputOpen = master >= 0
        guard master >= 0 else { return }
        var settings = termios()
        if tcgetattr(0, &settings) == 0 {
            before = settings
            cfmakeraw(&settings)
            tcsetattr(0, TCSANOW, &settings)
        }
        resize()
    }

    func resize() {
        guard let size = Terminal.size(of: 0) else { return }
        try? Terminal.setSize(master, rows: size.rows, columns: size.columns)  // `try?`: it stays as it is.
    }

    mutating func readInput() {
        if !Self.copy(from: 0, to: master) { isInputOpen = false }
    }

    mutating func readOutput() {
        if Self.copy(from: master, to: 1) { return }
        close(master)
        master = -1
        isInputOpen = false
    }

    /// What is there of the output, and the terminal as it was.
    mutating func finish() {
        while master >= 0 {
            var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            // Others may have it open.
            guard poll(&entry, 1, 100) > 0 else { break }
            readOutput()
        }
        if master >= 0 { close(master) }
        if var before { tcsetattr(0, TCSANOW, &before) }
    }

    private static func copy(from source: Int32, to target: Int32) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            let count = read(source, buffer.baseAddress, buffer.count)
            guard count > 0 else { return count < 0 && (errno == EINTR || errno == EAGAIN) }
            var offset = 0
            while offset < count {
                let written = write(target, buffer.baseAddress.map { $0 + offset }, count - offset)
                if written < 0 && errno != EINTR { return false }
                offset += max(0, written)
            }
            return true
        }
    }
}

/// The console socket of a caller who has a terminal himself.
final class OwnTerminal {
    let path: String
    private let socket: UnixSocket

    init() throws {
        path = "/tmp/roost-oci-" + Files.unforeseenName()
        socket = try UnixSocket(listeningAt: path)
    }

    deinit { unlink(path) }

    /// What the shim has sent by now; the caller closes it.
    func master() throws -> Int32 {
        guard let connection = try socket.accept(), try connection.waitReadable(milliseconds: 10_000),
            let number = try UnixSocket.peekDescriptors(connection)?.first
        else { throw RuntimeFailure("the container's terminal did not arrive") }
        return number
    }
}
