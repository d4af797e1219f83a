import Glibc
import Kernel
import Launching

/// The two pipes between the shim and the container's process while it is being set up. The child's end of the report
/// pipe is closed by a successful execution: its end is the news of success.
struct Channel: ~Copyable {
    private let report: Pipe
    private let permission: Pipe

    init() throws(KernelError) {
        let first = try OwnedDescriptor.pipe()
        let second = try OwnedDescriptor.pipe()
        report = first
        permission = second
    }

    consuming func intoParent() -> ParentChannel {
        ParentChannel(report: report.intoReading(), permission: permission.intoWriting())
    }

    consuming func intoChild() -> ChildChannel {
        ChildChannel(report: report.intoWriting(), permission: permission.intoReading())
    }
}

/// What the container's process says before it executes the command: one byte, then the content.
private enum Message {
    /// The number of a terminal's master descriptor, in one byte.
    static let terminal = UInt8(ascii: "T")
    /// The process stands, and waits for its start.
    static let standing = UInt8(ascii: "S")
    /// A failure in its wire form, to the end of the pipe.
    static let failure = UInt8(ascii: "F")
}

/// The shim's side.
struct ParentChannel: ~Copyable {
    let report: OwnedDescriptor
    let permission: OwnedDescriptor

    /// How long the steps inside may take, hooks included, in milliseconds.
    static let patience: Int32 = 120_000

    /// Lets the child go on.
    func proceed() {
        var byte: UInt8 = 1
        // A child that is gone is noticed on the other pipe.
        write(permission.number, &byte, 1)
    }

    /// Waits until the command was executed, or stands and waits for its start; a terminal that the child has made is taken over meanwhile.
    func awaitExecution(
        of process: borrowing ProcessDescriptor, _ streams: inout ContainerStreams, console: Int32 = -1
    ) throws(LaunchFailure) {
        while true {
            let answered = try explained { () throws(KernelError) in
                try report.waitReadable(milliseconds: Self.patience)
            }
            guard answered else {
                throw LaunchFailure("the container's set-up took over \(Self.patience / 1000) s", errno: ETIMEDOUT)
            }
            switch try readByte() {
            // Also when it was killed before it could say anything: its end is then the monitor's to report.
            case nil, Message.standing: return
            case Message.terminal:
                let number = Int32(try readByte() ?? 0)
                let master = try takeTerminal(number, of: process)
                if console < 0 {
                    streams.use(terminal: master)
                } else {
                    try ContainerTerminal.send(master, over: console)
                }
                proceed()
            default: throw try readFailure()
            }
        }
    }

    private func readByte() throws(LaunchFailure) -> UInt8? {
        var byte: UInt8 = 0
        let count = try explained { () throws(KernelError) in
            try check("read the container's report") { read(report.number, &byte, 1) }
        }
        return count == 1 ? byte : nil
    }

    private func readFailure() throws(LaunchFailure) -> LaunchFailure {
        let bytes = try explained { () throws(KernelError) in try report.readAll(limit: 1 << 20) }
        do throws(WireError) {
            return try LaunchFailure(wire: bytes)
        } catch {
            return LaunchFailure("the container's process ended during its set-up")
        }
    }

    private func takeTerminal(
        _ number: Int32, of process: borrowing ProcessDescriptor
    ) throws(LaunchFailure) -> OwnedDescriptor {
        do throws(KernelError) {
            return try process.descriptor(number)
        } catch {
            throw LaunchFailure("take over the terminal: \(error.reason)", errno: error.errno)
        }
    }
}

/// The container's process's side.
struct ChildChannel: ~Copyable {
    let report: OwnedDescriptor
    let permission: OwnedDescriptor

    /// Closes everything but the standard streams, the channel, and what is named. What stays open is in the
    /// container's reach as soon as a path of it is resolved, through /proc/self/fd.
    func closeAllElse(but kept: [Int32] = []) throws(LaunchFailure) {
        let all = kept + [report.number, permission.number]
        try explained { () throws(KernelError) in try Execution.closeAll(keeping: all) }
    }

    /// Waits for the shim's permission; false if the shim is gone.
    func wait() -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = read(permission.number, &byte, 1)
            if count < 0 && lastError() == EINTR { continue }
            return count == 1
        }
    }

    /// Hands the terminal over, and waits until it was taken.
    func hand(terminal: Int32) -> Bool {
        var bytes = [Message.terminal, UInt8(truncatingIfNeeded: terminal)]
        write(report.number, &bytes, bytes.count)
        return wait()
    }

    /// Everything is done but the start.
    func reportStanding() {
        var byte = Message.standing
        write(report.number, &byte, 1)
    }

    /// - Parameter isStanding: the shim has left; what remains is the process's own standard error.
    func fail(_ failure: LaunchFailure, isStanding: Bool = false) -> Never {
        if isStanding {
            var line = failure.message + "\n"
            _ = line.withUTF8 { write(2, $0.baseAddress, $0.count) }
            _exit(failure.code)
        }
        let bytes = [Message.failure] + failure.wire
        // Nobody may be left to read it.
        try? report.writeAll(bytes)
        _exit(failure.code)
    }

    /// Whether the shim still runs: its end of the pipe is open.
    var parentIsAlive: Bool {
        var entry = pollfd(fd: report.number, events: 0, revents: 0)
        return poll(&entry, 1, 0) == 0
    }
}

extension ProcessDescriptor {
    /// Ends a child whose start has failed. Its parent goes no sooner, so that nobody sees it any more, unless it is
    /// frozen and can't end.
    func endFailed() {
        // `try?`: it may have ended by itself; then there is only its status to be taken.
        try? signal(SIGKILL)
        if (try? waitForEnd(milliseconds: 10_000)) == true { _ = try? reap(blocking: false) }
    }
}
