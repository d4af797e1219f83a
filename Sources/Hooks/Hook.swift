import Glibc
import Kernel
public import Launching

/// OCI hooks: programs that get the container's state on their standard input (runtime-spec, config.md).
public enum Hook {
    /// Seconds, when the hook sets no bound of its own.
    private static let defaultTimeout: UInt32 = 30

    /// Runs a hook to its end.
    /// - Parameter pid: the container's first process, 0 for none.
    public static func run(_ hook: HookSettings, pid: Int32) throws(LaunchFailure) {
        let outcome: (ending: ProcessDescriptor.Ending?, words: String)
        do throws(KernelError) {
            outcome = try perform(hook, pid: pid)
        } catch {
            throw LaunchFailure("hook \(hook.path): \(error)", errno: error.errno)
        }
        switch outcome.ending {
        case .exited(0): return
        case .exited(let code): throw LaunchFailure("hook \(hook.path) exited with \(code)\(outcome.words)")
        case .killed(let signal):
            throw LaunchFailure("hook \(hook.path) was ended by signal \(signal)\(outcome.words)")
        case nil:
            let seconds = timeout(hook)
            throw LaunchFailure(
                "hook \(hook.path) took over \(seconds) s and was ended\(outcome.words)", errno: ETIMEDOUT)
        }
    }

    /// Runs hooks whose failure changes nothing any more (runtime-spec: after a poststop error the rest still runs).
    public static func runAll(_ hooks: [HookSettings], pid: Int32) {
        for hook in hooks { try? run(hook, pid: pid) }
    }

    /// - Returns: the ending, nil after the time-out, and the last line of its standard error.
    private static func perform(
        _ hook: HookSettings, pid: Int32
    ) throws(KernelError) -> (ending: ProcessDescriptor.Ending?, words: String) {
        let input = try OwnedDescriptor.pipe()
        // The state is smaller than a pipe. It is in there before the hook could close it without having read it: whoever
        // writes later is ended by that (SIGPIPE).
        try input.writing.writeAll(state(hook, pid: pid))
        let errors = try OwnedDescriptor.pipe()
        var spawn = Spawn(
            hook.path, hook.arguments.isEmpty ? [hook.path] : hook.arguments, environment: hook.environment)
        spawn.standardStreams = (input.reading.number, nil, errors.writing.number)
        let child = try spawn.start()
        let process = try ProcessDescriptor(pid: child)
        _ = consume input
        let ending = try wait(process, seconds: timeout(hook))
        return (ending, ending == .exited(0) ? "" : lastLine(errors.intoReading()))
    }

    private static func timeout(_ hook: HookSettings) -> UInt32 {
        hook.timeout == 0 ? defaultTimeout : min(hook.timeout, 3600)
    }

    private static func wait(
        _ process: borrowing ProcessDescriptor, seconds: UInt32
    ) throws(KernelError) -> ProcessDescriptor.Ending? {
        let ended = try process.waitForEnd(milliseconds: Int32(seconds) * 1000)
        if !ended { try process.signal(SIGKILL) }
        let ending = try process.reap(blocking: true)
        return ended ? ending : nil
    }

    private static func state(_ hook: HookSettings, pid: Int32) -> [UInt8] {
        let parts = hook.state.split(separator: "%PID%", omittingEmptySubsequences: false)
        return Array(parts.joined(separator: "\(pid)").utf8.prefix(60 * 1024))
    }

    /// What is there of the standard error: children of the hook may still hold the pipe.
    private static func lastLine(_ errors: consuming OwnedDescriptor) -> String {
        var buffer: [UInt8] = Array(repeating: 0, count: 4096)
        // Not to be able to quote the hook is no reason to fail.
        try? errors.setNonBlocking(true)
        let count = buffer.withUnsafeMutableBytes { read(errors.number, $0.baseAddress, $0.count) }
        guard count > 0 else { return "" }
        let line = String(decoding: buffer[..<count], as: UTF8.self).split(whereSeparator: \.isNewline).last
        return line.map { ": \($0)" } ?? ""
    }
}
