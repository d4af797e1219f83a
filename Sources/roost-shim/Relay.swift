import Glibc
import Kernel
import Launching

/// Waits for a further process, passes signals on, and carries bytes between the shim's own standard streams, which
/// belong to the host, and those of the process: a terminal, or pipes.
struct Relay: ~Copyable {
    private let process: ProcessDescriptor
    private let signals: OwnedDescriptor
    /// The terminal's master, -1 without one.
    private let terminal: Int32
    /// To the process, and from it.
    private var input: Flow
    private var outputs: [Flow]
    private let deadline: Int64?

    /// How long a terminal's rest is awaited when its process has ended, in milliseconds: others may have it open.
    private static let drainTime: Int32 = 100

    /// - Parameter timeout: milliseconds, 0 for none.
    init(
        _ process: consuming ProcessDescriptor, _ streams: borrowing ContainerStreams, signals: SignalSet,
        timeout: UInt32
    ) throws(LaunchFailure) {
        self.signals = try explained { () throws(KernelError) in try signals.descriptor() }
        self.process = process
        terminal = streams.isTerminal ? streams.output : -1
        let isTerminal = streams.isTerminal
        input = Flow(
            from: streams.input >= 0 ? 0 : -1, to: streams.input, closing: isTerminal ? .nothing : .destination)
        outputs = [Flow(from: streams.output, to: 1, closing: isTerminal ? .nothing : .source)]
        if streams.error >= 0 { outputs.append(Flow(from: streams.error, to: 2, closing: .source)) }
        deadline = timeout > 0 ? monotonicMilliseconds() + Int64(timeout) : nil
    }

    /// The process's exit code. Whoever else has its streams open is not waited for.
    mutating func run() throws(LaunchFailure) -> Int32 {
        while !step() {}
        let ending = try explained { () throws(KernelError) in try process.reap(blocking: true) }
        for index in outputs.indices {
            if terminal >= 0 { Self.drainTerminal(&outputs[index]) } else { outputs[index].drainPipe() }
        }
        return ending?.code ?? 125
    }

    /// One wait and what follows from it; true when the process has ended.
    private mutating func step() -> Bool {
        var entries = [
            pollfd(fd: process.descriptor.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
            input.awaited,
        ]
        for flow in outputs { entries.append(flow.awaited) }
        let ready = poll(&entries, nfds_t(entries.count), timeLeft())
        if ready == 0 { killForTime() }
        guard ready > 0 else { return false }
        if entries[1].revents != 0 { passSignals() }
        if entries[2].revents != 0 { input.advance() }
        for index in outputs.indices where entries[index + 3].revents != 0 { outputs[index].advance() }
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

    private static func drainTerminal(_ flow: inout Flow) {
        while flow.isOpen {
            var entry = flow.awaited
            guard poll(&entry, 1, drainTime) > 0 else { return }
            flow.advance()
        }
    }
}
