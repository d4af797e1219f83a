import ControlAPI
import Testing

@testable import Serving

@Suite struct EventInboxTests {
    func layer(_ id: String, _ text: String = "Downloading", _ current: Int64? = nil) -> CommandEvent {
        .progress(Progress(id: id, parentID: "Image x", status: .working, text: text, current: current))
    }

    func drained(_ events: [CommandEvent]) async throws -> [CommandEvent] {
        let inbox = EventInbox()
        for event in events { inbox.send(event) }
        inbox.finish()
        var found: [CommandEvent] = []
        try await inbox.drain { found += $0 }
        return found
    }

    @Test func bytesOfOneLayerReplaceEachOther() async throws {
        let events = [layer("a", "Downloading", 1), layer("b", "Downloading", 1), layer("a", "Downloading", 2)]
        #expect(try await drained(events) == [layer("a", "Downloading", 2), layer("b", "Downloading", 1)])
    }

    @Test func whatIsSaidStaysInItsOrder() async throws {
        let events = [
            layer("a", "Downloading", 1), layer("a", "Extracting"), layer("a", "Pull complete"), .notice("x"),
            layer("a", "Pull complete"), .finished(Outcome()),
        ]
        #expect(try await drained(events) == events)
    }

    @Test func aSlowReaderGetsTheNewestAndTheEnd() async throws {
        let inbox = EventInbox()
        var found: [CommandEvent] = []
        inbox.send(layer("a", "Downloading", 0))
        try await inbox.drain { events in
            found += events
            guard found.count == 1 else { return }
            for count in 1...100_000 { inbox.send(layer("a", "Downloading", Int64(count))) }
            inbox.send(.finished(Outcome()))
            inbox.finish()
        }
        #expect(found == [layer("a", "Downloading", 0), layer("a", "Downloading", 100_000), .finished(Outcome())])
    }
}
