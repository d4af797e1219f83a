import Cgroups
import Glibc
import Kernel
import Launching

/// The shim while the container runs: keeps its log, notices a dead supervisor, and records the end. It sleeps until
/// something happens.
struct Monitor: ~Copyable {
    private var container: RunningContainer
    private var log: LogFile
    private var outputLines = LogSplitter(.output)
    private var errorLines = LogSplitter(.error)
    private var watch: SupervisorWatch

    /// How long after the container's end its output is awaited, in milliseconds: a process that left it may hold
    /// the pipes for ever.
    private static let drainTime: Int64 = 100

    init(_ container: consuming RunningContainer) {
        log = LogFile(container.settings)
        watch = SupervisorWatch(container.settings)
        self.container = container
    }

    mutating func run() {
        while !waitForEvent() {}
        let ending = takeEnding()
        drain()
        finish(ending)
    }

    /// Waits for the next event and deals with it; true when the container's process has ended.
    private mutating func waitForEvent() -> Bool {
        var entries = [
            pollfd(fd: container.process.descriptor.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: container.streams.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: container.streams.error, events: Int16(POLLIN), revents: 0),
            // No events asked for: a hang-up is always reported.
            pollfd(fd: watch.descriptor, events: 0, revents: 0),
            pollfd(fd: watch.child, events: Int16(POLLIN), revents: 0),
        ]
        poll(&entries, nfds_t(entries.count), watch.timeout)
        if entries[1].revents != 0 { readOutput() }
        if entries[2].revents != 0 { readError() }
        if entries[4].revents != 0 { watch.reapChild() }
        watch.advance(hungUp: entries[3].revents != 0)
        return entries[0].revents != 0
    }

    private mutating func readOutput() {
        if !Self.copy(from: container.streams.output, through: &outputLines, to: &log) {
            container.streams.endOfOutput()
        }
    }

    private mutating func readError() {
        if !Self.copy(from: container.streams.error, through: &errorLines, to: &log) {
            container.streams.endOfError()
        }
    }

    /// Reads what is there, up to one buffer; false at the end of the stream.
    private static func copy(from number: Int32, through lines: inout LogSplitter, to log: inout LogFile) -> Bool {
        // A page: the stack that is touched here stays in memory.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            let count = read(number, buffer.baseAddress, buffer.count)
            // EIO is a terminal's way of saying that nobody has it open any more.
            guard count > 0 else { return count < 0 && (lastError() == EAGAIN || lastError() == EINTR) }
            guard log.isEnabled else { return true }
            var records: [UInt8] = []
            lines.feed(
                UnsafeBufferPointer(rebasing: buffer[..<count]), nanoseconds: wallClock(), to: &records)
            log.append(records)
            return true
        }
    }

    private func takeEnding() -> ProcessDescriptor.Ending {
        // The pidfd is that of our own child, so there is no reason for it to fail.
        (try? container.process.reap(blocking: true)) ?? .killed(signal: SIGKILL)
    }

    private mutating func drain() {
        let deadline = monotonicMilliseconds() + Self.drainTime
        while container.streams.output >= 0 || container.streams.error >= 0 {
            let left = deadline - monotonicMilliseconds()
            guard left > 0 else { break }
            var entries = [
                pollfd(fd: container.streams.output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: container.streams.error, events: Int16(POLLIN), revents: 0),
            ]
            poll(&entries, 2, Int32(left))
            if entries[0].revents != 0 { readOutput() }
            if entries[1].revents != 0 { readError() }
        }
        var records: [UInt8] = []
        outputLines.finish(nanoseconds: wallClock(), to: &records)
        errorLines.finish(nanoseconds: wallClock(), to: &records)
        log.append(records)
    }

    private func finish(_ ending: ProcessDescriptor.Ending) {
        let finished = wallClock()
        let oomKilled = container.cgroup?.hasKilledForMemory ?? false
        // What remains of these is found and repaired by the supervisor.
        try? container.cgroup?.remove()
        HostLinks.delete(container.settings.links)
        Hook.runAll(container.settings.poststopHooks, pid: 0)
        writeExit(ending, oomKilled: oomKilled, finished)
    }

    private func writeExit(_ ending: ProcessDescriptor.Ending, oomKilled: Bool, _ finished: UInt64) {
        guard !container.settings.runDirectory.isEmpty else { return }
        var signal: Int32 = 0
        if case .killed(let number) = ending { signal = number }
        let exit = ContainerExit(
            code: ending.code, signal: signal, oomKilled: oomKilled,
            startedNanoseconds: container.startedNanoseconds, finishedNanoseconds: finished)
        // The directory may be gone with the whole instance; then nobody asks.
        try? Files.replace("\(container.settings.runDirectory)/exit", with: Array(exit.json.utf8))
    }

    /// Gives memory of the launch back to the kernel.
    static func releaseMemory() {
        Memory.trim()
    }
}
