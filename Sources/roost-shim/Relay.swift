import Glibc
import Kernel
import Launching

/// Waits for a further process, passes signals on, and carries bytes between its terminal and the shim's streams.
struct Relay: ~Copyable {
    private let process: ProcessDescriptor
    private let signals: OwnedDescriptor
    /// The terminal's master, -1 without one or when it is at its end.
    private var terminal: Int32
    private var toTerminal = Bytes()
    private var toOutput = Bytes()
    private var inputIsOpen: Bool
    private let deadline: Int64?

    /// What was read and could not be written yet.
    private struct Bytes {
        var content: [UInt8] = []
        static let capacity = 4096
    }

    /// - Parameter timeout: milliseconds, 0 for none.
    init(
        _ process: consuming ProcessDescriptor, terminal: Int32, signals: SignalSet, timeout: UInt32
    ) throws(LaunchFailure) {
        self.signals = try explained { () throws(KernelError) in try signals.descriptor() }
        self.process = process
        self.terminal = terminal
        inputIsOpen = terminal >= 0
        deadline = timeout > 0 ? monotonicMilliseconds() + Int64(timeout) : nil
    }

    /// The process's exit code.
    mutating func run() throws(LaunchFailure) -> Int32 {
        while !step() {}
        let ending = try explained { () throws(KernelError) in try process.reap(blocking: true) }
        drain()
        return ending?.code ?? 125
    }

    /// One wait and what follows from it; true when the process has ended.
    private mutating func step() -> Bool {
        var entries = [
            pollfd(fd: process.descriptor.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
            pollfd(
                fd: inputIsOpen && toTerminal.content.isEmpty ? 0 : -1, events: Int16(POLLIN), revents: 0),
            pollfd(
                fd: terminal,
                events: Int16(toOutput.content.isEmpty ? POLLIN : 0)
                    | Int16(toTerminal.content.isEmpty ? 0 : POLLOUT), revents: 0),
            pollfd(fd: toOutput.content.isEmpty ? -1 : 1, events: Int16(POLLOUT), revents: 0),
        ]
        let ready = poll(&entries, nfds_t(entries.count), timeLeft())
        if ready == 0 { killForTime() }
        guard ready > 0 else { return false }
        if entries[1].revents != 0 { passSignals() }
        if entries[2].revents != 0 { inputIsOpen = Self.fill(&toTerminal, from: 0) }
        if entries[3].revents & Int16(POLLOUT) != 0 { Self.empty(&toTerminal, to: terminal) }
        if entries[3].revents & ~Int16(POLLOUT) != 0 && !Self.fill(&toOutput, from: terminal) { terminal = -1 }
        if entries[4].revents != 0 { Self.empty(&toOutput, to: 1) }
        return entries[0].revents != 0
    }

    private func timeLeft() -> Int32 {
        guard let deadline else { return -1 }
        return Int32(clamping: max(0, deadline - monotonicMilliseconds()))
    }

    private func killForTime() {
        // It may end at this very moment.
        try? process.signal(SIGKILL)
        // Its end is certain now: no more time-outs.
        _ = try? process.waitForEnd(milliseconds: -1)
    }

    private func passSignals() {
        while let signal = SignalSet.next(from: signals) {
            if signal == SIGWINCH, terminal >= 0 {
                // The size is that of the shim's own terminal; without one there is nothing to pass on.
                if let size = Terminal.size(of: 0) {
                    try? Terminal.setSize(terminal, rows: size.rows, columns: size.columns)
                }
            } else {
                // It may have ended.
                try? process.signal(signal)
            }
        }
    }

    /// What the terminal still holds when its process has ended, for at most 100 ms: others may have it open.
    private mutating func drain() {
        while terminal >= 0 {
            Self.empty(&toOutput, to: 1)
            guard toOutput.content.isEmpty else { return }
            var entry = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 100) > 0, Self.fill(&toOutput, from: terminal) else { break }
        }
        Self.empty(&toOutput, to: 1)
    }

    /// False at the end of the stream.
    private static func fill(_ bytes: inout Bytes, from number: Int32) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Bytes.capacity) { buffer in
            let count = read(number, buffer.baseAddress, buffer.count)
            guard count > 0 else { return count < 0 && (lastError() == EAGAIN || lastError() == EINTR) }
            bytes.content.append(contentsOf: buffer[..<count])
            return true
        }
    }

    private static func empty(_ bytes: inout Bytes, to number: Int32) {
        guard !bytes.content.isEmpty else { return }
        let count = bytes.content.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
        if count > 0 {
            bytes.content.removeFirst(count)
        } else if count < 0 && lastError() != EAGAIN && lastError() != EINTR {
            // Nobody is there to take it.
            bytes.content = []
        }
    }
}
