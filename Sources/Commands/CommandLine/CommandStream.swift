import ControlAPI
import Glibc

/// How a command of the supervisor's ended.
struct CommandEnd: Sendable {
    var outcome: Outcome
    /// What it brought about, where there is more to say.
    var result: CommandResult?
}

extension Context {
    /// Sends a command that changes something, shows its progress, and returns how it ended. A failed outcome becomes an
    /// error.
    ///
    /// `operation` is the word in the live header; `quiet` leaves the progress out; `live` is false while something
    /// else writes to the terminal.
    func carryOut(
        _ request: ControlRequest<CommandEvent>, operation: String, quiet: Bool = false, live: Bool = true,
        showsPlan: Bool = true, client: ControlClient
    ) async throws -> CommandEnd {
        var mode = quiet ? .quiet : global.progressMode(errorIsTerminal: streams.errorIsTerminal)
        if mode == .tty, !live { mode = .plain }
        let renderer = ProgressRenderer(
            mode: mode, operation: operation, colored: global.colored(isTerminal: streams.errorIsTerminal),
            dryRun: global.dryRun)
        let display = ProgressDisplay(renderer: renderer, output: streams.error, descriptor: STDERR_FILENO)
        let end: CommandEnd?
        do {
            end = try await shown(on: display) {
                try await self.follow(request, client: client, display: display, showsPlan: showsPlan)
            }
            await display.finish()
        } catch {
            await display.finish()
            throw error
        }
        guard let end else {
            throw CommandFailure("the supervisor ended before the command was finished; run it again")
        }
        if let error = end.outcome.error { throw CommandFailure(error, exitCode: max(1, end.outcome.exitCode)) }
        guard end.outcome.exitCode == 0 else { throw SilentExit(exitCode: end.outcome.exitCode) }
        return end
    }

    /// As `carryOut`, for commands that report nothing but their outcome.
    func complete(
        _ request: ControlRequest<CommandEvent>, operation: String, quiet: Bool = false, live: Bool = true,
        client: ControlClient
    ) async throws -> Outcome {
        try await carryOut(request, operation: operation, quiet: quiet, live: live, client: client).outcome
    }

    /// How many supervisors may end in the middle of one command.
    private static let mostResumptions = 3

    /// Follows a command to its end, also where the supervisor is replaced meanwhile.
    private func follow(
        _ request: ControlRequest<CommandEvent>, client: ControlClient, display: ProgressDisplay, showsPlan: Bool
    ) async throws -> CommandEnd? {
        var request = request
        var left = request.isResumable ? Self.mostResumptions : 0
        while true {
            do {
                let end = try await followOnce(request, client: client, display: display, showsPlan: showsPlan)
                if end != nil || left == 0 { return end }
            } catch let error as ClientError where error.cause == .closedInAnswer && left > 0 {}
            left -= 1
            request.isResumed = true
        }
    }

    private func followOnce(
        _ request: ControlRequest<CommandEvent>, client: ControlClient, display: ProgressDisplay, showsPlan: Bool
    ) async throws -> CommandEnd? {
        var outcome: Outcome?
        var result: CommandResult?
        try await client.stream(request) { event in
            switch event {
            case .progress(let progress): await display.progress(progress)
            case .notice(let text): await display.message(text, isWarning: false)
            case .warning(let text): await display.message(text, isWarning: true)
            case .plan(let text) where !showsPlan || text.isEmpty: break
            case .plan(let text):
                try streams.output.write(text.hasSuffix("\n") ? text : text + "\n")
                try streams.output.flush()
            case .result(let found): result = found
            case .finished(let end): outcome = end
            }
        }
        return outcome.map { CommandEnd(outcome: $0, result: result) }
    }
}

/// Does something whose progress is shown, and moves the spinners meanwhile.
private func shown<Result: Sendable>(
    on display: ProgressDisplay, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    guard await display.isAnimated else { return try await work() }
    return try await withThrowingTaskGroup(of: Result?.self) { tasks in
        defer { tasks.cancelAll() }
        tasks.addTask { try await work() }
        tasks.addTask {
            while true {
                try await Task.sleep(for: .milliseconds(100))
                await display.tick()
            }
        }
        guard let result = try await tasks.next() ?? nil else { throw CancellationError() }
        return result
    }
}
