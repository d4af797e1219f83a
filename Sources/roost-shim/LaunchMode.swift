import Cgroups
import Glibc
import Kernel
import Launching

/// `roost-shim launch`: the program on descriptor 3, the report's pipe on descriptor 4, or on another number that is
/// named and the next; those between 3 and that are the container's.
enum LaunchMode {
    static func run() -> Int32 {
        let report = OwnedDescriptor(taking: ProgramDescriptor.number + 1)
        let container: RunningContainer
        do throws(LaunchFailure) {
            try OwnExecutable.seal()
            becomeBackground()
            try shielding(report.number)
            container = try start()
        } catch {
            Report.send(error.json, to: report)
            return 1
        }
        let success = container.success.json
        if container.isHandedOver {
            Report.send(success, to: report)
            return 0
        }
        // Whoever hears of the success may attach at once.
        var monitor = Monitor(container)
        Report.send(success, to: report)
        _ = consume report
        Monitor.releaseMemory()
        monitor.run()
        return 0
    }

    /// A session of its own, and deaf: only the supervisor ends containers, through their pidfd.
    private static func becomeBackground() {
        setsid()
        chdir("/")
        umask(0)
        SignalSet([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU])
            .ignore()
    }

    private static func shielding(_ report: Int32) throws(LaunchFailure) {
        try explained { () throws(KernelError) in try Execution.closeOnExecution(from: 3) }
    }

    /// Never inlined: its frame and its values would otherwise stay in memory as long as the container runs.
    @inline(never)
    private static func start() throws(LaunchFailure) -> RunningContainer {
        let program = try readProgram()
        var launch = Launch(program)
        do throws(LaunchFailure) {
            return try launch.perform()
        } catch {
            launch.undo()
            throw error
        }
    }

    private static func readProgram() throws(LaunchFailure) -> LaunchProgram {
        let bytes = try explained { () throws(KernelError) in
            try OwnedDescriptor(taking: ProgramDescriptor.number).readAll()
        }
        do throws(WireError) {
            return try LaunchProgram(wire: bytes)
        } catch {
            throw LaunchFailure(error.description)
        }
    }
}

/// The descriptor of the program: the second argument, else 3.
enum ProgramDescriptor {
    static var isNamed: Bool { CommandLine.arguments.count > 2 }
    static var number: Int32 { isNamed ? Int32(CommandLine.arguments[2]) ?? 3 : 3 }
}

/// Writes to the supervisor. Nobody may be there to read it any more: then there is nobody to tell.
enum Report {
    static func send(_ line: String, to pipe: borrowing OwnedDescriptor) {
        var copy = line
        _ = copy.withUTF8 { write(pipe.number, $0.baseAddress, $0.count) }
    }
}

/// Turns a failed system call into a failure of the launch.
func explained<Value: ~Copyable>(
    _ prefix: @autoclosure () -> String = "", _ body: () throws(KernelError) -> Value
) throws(LaunchFailure) -> Value {
    do throws(KernelError) {
        return try body()
    } catch {
        throw LaunchFailure(prefix() + error.description, errno: error.errno)
    }
}

/// Performs numbered steps; a failure gets the step's name.
func numbered<Step>(
    _ name: String, _ steps: [Step], _ perform: (Step) throws(LaunchFailure) -> Void
) throws(LaunchFailure) {
    for (index, step) in steps.enumerated() {
        do throws(LaunchFailure) {
            try perform(step)
        } catch {
            var named = error
            if named.step.isEmpty { named.step = "\(name)[\(index)]" }
            throw named
        }
    }
}

/// Wall clock in nanoseconds since 1970.
func wallClock() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
