import ControlAPI
import Glibc
import Synchronization

/// Takes what work of this process reports, from any task and as often as it likes, and hands it on in order. Reports
/// of one layer that differ in nothing but bytes replace each other, so that nothing piles up.
final class ProgressInbox: Sendable {
    private struct State {
        var waiting: [CommandEvent] = []
        /// Where the newest report of a layer waits.
        var positions: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() { (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func send(_ event: CommandEvent) {
        state.withLock { state in
            guard case .progress(let new) = event else { return state.waiting.append(event) }
            let key = (new.parentID ?? "") + "\n" + new.id
            if let position = state.positions[key], case .progress(let old) = state.waiting[position],
                old.status == new.status, old.text == new.text
            {
                state.waiting[position] = event
            } else {
                state.positions[key] = state.waiting.count
                state.waiting.append(event)
            }
        }
        wake.yield()
    }

    func finish() { wake.finish() }

    /// Hands everything on until `finish`.
    func drain(_ body: (CommandEvent) async -> Void) async {
        for await _ in wakes { await hand(body) }
        await hand(body)
    }

    private func hand(_ body: (CommandEvent) async -> Void) async {
        let events = state.withLock { state in
            defer { state = State() }
            return state.waiting
        }
        for event in events { await body(event) }
    }
}

extension Context {
    /// Does work of this process and shows its progress on standard error. Ctrl-C ends it with code 130.
    func showing<Value: Sendable>(
        _ operation: String, quiet: Bool = false,
        _ work: @escaping @Sendable (_ report: ProgressInbox) async throws -> Value
    ) async throws -> Value {
        let mode = quiet ? .quiet : global.progressMode(errorIsTerminal: streams.errorIsTerminal)
        let renderer = ProgressRenderer(
            mode: mode, operation: operation, colored: global.colored(isTerminal: streams.errorIsTerminal))
        let display = ProgressDisplay(renderer: renderer, output: streams.error, descriptor: STDERR_FILENO)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let inbox = ProgressInbox()
            group.addTask { await inbox.drain { await display.show($0) } }
            if await display.isAnimated { group.addTask { try await animate(display) } }
            let result = await outcome { try await interruptible { try await work(inbox) } }
            inbox.finish()
            // The first to end: the one that drains the inbox. The other one moves the spinners for ever.
            try await group.next()
            group.cancelAll()
            await display.finish()
            return try result.get()
        }
    }
}

private func outcome<Value>(_ work: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await work()) } catch { return .failure(error) }
}

extension ProgressDisplay {
    fileprivate func show(_ event: CommandEvent) {
        switch event {
        case .progress(let progress): self.progress(progress)
        case .notice(let text): message(text, isWarning: false)
        case .warning(let text): message(text, isWarning: true)
        case .plan, .finished: break
        }
    }
}

/// Moves the spinners until it is cancelled.
private func animate(_ display: ProgressDisplay) async throws {
    while true {
        try await Task.sleep(for: .milliseconds(100))
        await display.tick()
    }
}
