import Cgroups
import Glibc
import Hooks
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
    private var attachments: Attachments

    /// How long after the container's end its output is awaited, in milliseconds: a process that left it may hold
    /// the pipes for ever.
    private static let drainTime: Int64 = 100

    init(_ container: consuming RunningContainer) {
        log = LogFile(container.settings)
        watch = SupervisorWatch(container.settings)
        attachments = Attachments(container.settings)
        if container.settings.isAttachable, container.streams.input >= 0 {
            // The writing end is the shim's alone.
            _ = fcntl(container.streams.input, F_SETFL, fcntl(container.streams.input, F_GETFL) | O_NONBLOCK)
        }
        self.container = container
    }

    mutating func run() {
        while !waitForEvent() {}
        let ending = takeEnding()
        attachments.awaitFirst()
        drain()
        attachments.finish(code: ending.code)
        finish(ending)
    }

    /// Waits for the next event and deals with it; true when the container's process has ended.
    private mutating func waitForEvent() -> Bool {
        let reads = attachments.takesOutput
        var entries = [
            pollfd(fd: container.process.descriptor.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: reads ? container.streams.output : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: reads ? container.streams.error : -1, events: Int16(POLLIN), revents: 0),
            // No events asked for: a hang-up is always reported.
            pollfd(fd: watch.descriptor, events: 0, revents: 0),
            pollfd(fd: watch.child, events: Int16(POLLIN), revents: 0),
            pollfd(fd: watch.readiness, events: Int16(POLLIN), revents: 0),
        ]
        let own = entries.count
        entries += attachments.awaited(container.streams)
        poll(&entries, nfds_t(entries.count), Self.sooner(watch.timeout, attachments.timeout))
        if entries[1].revents != 0 { readOutput() }
        if entries[2].revents != 0 { readError() }
        if entries[4].revents != 0 { watch.reapChild() }
        if entries[5].revents != 0 { watch.endStart() }
        watch.advance(hungUp: entries[3].revents != 0)
        attachments.advance(entries[own...], &container.streams, container.process)
        return entries[0].revents != 0
    }

    /// Of two time-outs of which a negative one is none.
    private static func sooner(_ one: Int32, _ other: Int32) -> Int32 {
        one < 0 ? other : other < 0 ? one : min(one, other)
    }

    private mutating func readOutput() {
        if !Self.copy(from: container.streams.output, through: &outputLines, to: &log, .output, &attachments) {
            container.streams.endOfOutput()
        }
    }

    private mutating func readError() {
        if !Self.copy(from: container.streams.error, through: &errorLines, to: &log, .error, &attachments) {
            container.streams.endOfError()
        }
    }

    /// Reads what is there, up to one buffer; false at the end of the stream.
    private static func copy(
        from number: Int32, through lines: inout LogSplitter, to log: inout LogFile, _ kind: AttachMessage.FromShim,
        _ attachments: inout Attachments
    ) -> Bool {
        // A page: the stack that is touched here stays in memory.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            let count = read(number, buffer.baseAddress, buffer.count)
            // EIO is a terminal's way of saying that nobody has it open any more.
            guard count > 0 else { return count < 0 && (lastError() == EAGAIN || lastError() == EINTR) }
            attachments.send(UnsafeBufferPointer(rebasing: buffer[..<count]), kind)
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
        var deadline = monotonicMilliseconds() + Self.drainTime
        while container.streams.output >= 0 || container.streams.error >= 0 {
            let left = deadline - monotonicMilliseconds()
            guard left > 0 else { break }
            var entries = [
                pollfd(fd: container.streams.output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: container.streams.error, events: Int16(POLLIN), revents: 0),
            ]
            poll(&entries, 2, Int32(left))
            if !attachments.takesOutput {
                // What waits for a slow reader is no reason to drop the rest.
                guard attachments.flush() else { break }
                deadline = monotonicMilliseconds() + Self.drainTime
                continue
            }
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
