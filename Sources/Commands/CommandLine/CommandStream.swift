import ControlAPI
import Glibc

extension Context {
    /// Sends a command that changes something, shows its progress, and returns how it ended.
    ///
    /// `operation` is the word in the live header; `quiet` leaves the progress out; `live` is false while something
    /// else writes to the terminal.
    func run(
        _ request: ControlRequest<CommandEvent>, operation: String, quiet: Bool = false, live: Bool = true,
        client: ControlClient
    ) async throws -> Outcome {
        var mode = quiet ? .quiet : global.progressMode(errorIsTerminal: streams.errorIsTerminal)
        if mode == .tty, !live { mode = .plain }
        let renderer = ProgressRenderer(
            mode: mode, operation: operation, colored: global.colored(isTerminal: streams.errorIsTerminal),
            dryRun: global.dryRun)
        let display = ProgressDisplay(renderer: renderer, output: streams.error, descriptor: STDERR_FILENO)
        let outcome = try await withThrowingTaskGroup(of: Outcome?.self) { tasks in
            tasks.addTask { try await self.follow(request, client: client, display: display) }
            if await display.isAnimated { tasks.addTask { try await animate(display) } }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? nil
        }
        await display.finish()
        guard let outcome else {
            throw CommandFailure("the supervisor ended before the command was finished; run it again")
        }
        return outcome
    }

    /// As `run`; a failed outcome becomes an error.
    func complete(
        _ request: ControlRequest<CommandEvent>, operation: String, quiet: Bool = false, live: Bool = true,
        client: ControlClient
    ) async throws -> Outcome {
        let outcome = try await run(request, operation: operation, quiet: quiet, live: live, client: client)
        if let error = outcome.error { throw CommandFailure(error, exitCode: max(1, outcome.exitCode)) }
        guard outcome.exitCode == 0 else { throw SilentExit(exitCode: outcome.exitCode) }
        return outcome
    }

    private func follow(
        _ request: ControlRequest<CommandEvent>, client: ControlClient, display: ProgressDisplay
    ) async throws -> Outcome? {
        var outcome: Outcome?
        try await client.stream(request) { event in
            switch event {
            case .progress(let progress): await display.progress(progress)
            case .notice(let text): await display.message(text, isWarning: false)
            case .warning(let text): await display.message(text, isWarning: true)
            case .plan(let text):
                try streams.output.write(text.hasSuffix("\n") ? text : text + "\n")
                try streams.output.flush()
            case .finished(let end): outcome = end
            }
        }
        return outcome
    }
}

/// Moves the spinners until it is cancelled.
private func animate(_ display: ProgressDisplay) async throws -> Outcome? {
    while true {
        try await Task.sleep(for: .milliseconds(100))
        await display.tick()
    }
}
