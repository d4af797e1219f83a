import ControlAPI
import Synchronization

/// Takes what a command reports, from any task and as often as it likes, and hands it on in order. Reports of one layer
/// that differ in nothing but bytes replace each other, so that nothing piles up in front of a slow client.
final class EventInbox: Sendable {
    private struct State {
        var waiting: [CommandEvent] = []
        /// Where the newest report of a thing waits.
        var positions: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() { (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func send(_ event: CommandEvent) {
        state.withLock { state in
            guard case .progress(let new) = event else {
                // What was said before a notice stays before it.
                state.positions = [:]
                return state.waiting.append(event)
            }
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

    /// Nothing more is to come.
    func finish() { wake.finish() }

    /// Hands everything on until `finish`.
    func drain(_ body: ([CommandEvent]) async throws -> Void) async throws {
        for await _ in wakes { try await hand(body) }
        try await hand(body)
    }

    private func hand(_ body: ([CommandEvent]) async throws -> Void) async throws {
        let events = state.withLock { state in
            defer { state = State() }
            return state.waiting
        }
        if !events.isEmpty { try await body(events) }
    }
}
