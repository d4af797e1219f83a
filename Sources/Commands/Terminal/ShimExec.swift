import Dispatch
import Glibc
import Kernel

/// `roost-shim exec`, which performs a program from descriptor 3.
struct ShimExec {
    private static let programDescriptor: Int32 = 3
    private static let arguments = ["roost-shim", "exec"]

    /// `ExecProgram.wire`.
    let program: [UInt8]
    /// The shim's path.
    let path: String

    init(program: [UInt8]) {
        self.program = program
        path = InstalledPrograms.path("roost-shim")
    }

    /// Replaces this process: the shim's exit code is the command's. Returns only by an error.
    func become(environment: [String: String]) throws -> Never {
        let file = try OwnedDescriptor.memory("exec-program", content: program)
        if file.number == Self.programDescriptor {
            // dup2(2) onto itself would leave close-on-exec set.
            try check("pass the program on") { fcntl(file.number, F_SETFD, 0) }
        } else {
            try check("pass the program on") { dup2(file.number, Self.programDescriptor) }
        }
        // Ignored signals stay ignored over execve(2), and the threads that tasks run on block most of them.
        SignalSet.reset()
        let variables = environment.map { "\($0.key)=\($0.value)" }
        do throws(KernelError) {
            throw try SealedExecutable(path).become(Self.arguments, environment: variables)
        } catch {
            // A shim that isn't sealed by its starter seals itself, or says why it can't.
            throw Self.failure(Execution.become(path, Self.arguments, environment: variables))
        }
    }

    /// Runs the shim with the terminal in raw mode, and returns its exit code.
    func runOnTerminal() throws -> Int32 {
        let terminal = try RawTerminal(descriptor: STDIN_FILENO)
        defer { withExtendedLifetime(terminal) {} }
        let child = try ProcessDescriptor(pid: try start(detached: false))
        // A window change reaches the shim by itself, being in the terminal's foreground group, too.
        let relay = try SignalRelay(to: child.descriptor.duplicate(), [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
        defer { relay.end() }
        return try child.reap(blocking: true)?.code ?? 1
    }

    /// Runs the shim on this command's streams, and returns its exit code.
    func run() async throws -> Int32 {
        let child = try ProcessDescriptor(pid: try start(detached: false))
        // Ctrl-C reaches the shim by itself, being in this command's group: it is waited for all the same.
        try await Waiting.readable(child.descriptor.number, until: nil)
        return try child.reap(blocking: true)?.code ?? 1
    }

    /// Starts the shim in the background.
    func runDetached() throws -> Int32 {
        _ = try start(detached: true)
        return 0
    }

    private func start(detached: Bool) throws -> Int32 {
        let file = try OwnedDescriptor.memory("exec-program", content: program)
        var spawn = Spawn(path, Self.arguments)
        if !detached { spawn.standardStreams = (STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO) }
        spawn.descriptors = [(file.number, Self.programDescriptor)]
        spawn.newSession = detached
        do throws(KernelError) {
            return try SealedExecutable(path).start(spawn)
        } catch {}
        do throws(KernelError) {
            // A shim that isn't sealed by its starter seals itself, or says why it can't.
            return try spawn.start()
        } catch {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: KernelError) -> CommandFailure {
        CommandFailure("\(error); roost-shim belongs beside roost or into ROOST_LIBEXEC", exitCode: 126)
    }
}

/// Passes signals on to a process while it lives.
private final class SignalRelay {
    private let sources: [any DispatchSourceSignal]
    private let queue = DispatchQueue(label: "roost.signals")

    init(to process: consuming OwnedDescriptor, _ numbers: [Int32]) {
        let target = Target(process: ProcessDescriptor(taking: process))
        sources = numbers.map { [queue] number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { target.signal(number) }
            source.resume()
            return source
        }
    }

    /// No signal is passed on after this has returned.
    func end() {
        for source in sources { source.cancel() }
        queue.sync {}
    }

    private final class Target: Sendable {
        private let process: ProcessDescriptor

        init(process: consuming ProcessDescriptor) { self.process = process }

        func signal(_ number: Int32) {
            do { try process.signal(number) } catch {
                // It has ended, which is what whoever waits for it learns.
            }
        }
    }
}
