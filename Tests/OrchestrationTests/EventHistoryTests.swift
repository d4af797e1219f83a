import Containers
import ControlAPI
import Kernel
import Planning
import StackModel
import Testing

@testable import Orchestration

@Suite(.timeLimit(.minutes(5))) struct EventHistoryTests {
    private static func all(since: Int64? = nil, until: Int64? = nil, _ services: [String] = []) -> EventSelection {
        EventSelection(services: services, since: since, until: until)
    }

    /// Everything up to now.
    private static func told(
        _ history: EventHistory, of stack: String = "demo", services: [String] = []
    ) async throws -> [StackEvent] {
        var events: [StackEvent] = []
        for try await batch in history.stream(of: stack, all(since: 0, until: Timestamp.now() + 1, services)) {
            events += batch
        }
        return events
    }

    @Test(arguments: [
        (ContainerNews.created, "create"), (.started, "start"), (.removed, "destroy"), (.paused, "pause"),
        (.unpaused, "unpause"), (.ended(code: 3, restarts: true), "die"), (.health(.healthy), "health_status: healthy"),
        (.unhealthy("liveness"), "unhealthy: liveness"),
    ])
    func newsHaveDockersWords(_ news: ContainerNews, _ action: String) async throws {
        let history = EventHistory()
        history.note(Samples.record(labels: ["own": "1", "com.docker.compose.project": "demo"]), news)
        let event = try #require(try await Self.told(history).first)
        #expect(event.action == action)
        #expect(event.id == "id-web-1" && event.stack == "demo" && event.service == "web")
        var attributes = ["own": "1", "image": "app:1", "name": "demo-web-1"]
        if action == "die" { attributes["exitCode"] = "3" }
        #expect(event.attributes == attributes)
    }

    @Test func onlyTheStacksOwnIsTold() async throws {
        let history = EventHistory()
        history.note(Samples.record("run") { $0.owner = .oneOff(stack: "demo", service: "run", number: 1) }, .started)
        history.note(Samples.record("nobody") { $0.owner = .none }, .started)
        history.note(
            Samples.record("else") { $0.owner = .replica(stack: "other", service: "else", number: 1) }, .started)
        history.note(Samples.record("web"), .started)
        history.note(Samples.record("db"), .started)
        #expect(try await Self.told(history).map(\.service) == ["web", "db"])
        #expect(try await Self.told(history, services: ["db"]).map(\.service) == ["db"])
        #expect(try await Self.told(history, of: "other").map(\.service) == ["else"])
    }

    @Test func whoAsksForNoPastHearsWhatComes() async throws {
        let history = EventHistory()
        history.note(Samples.record("before"), .started)
        var events = history.stream(of: "demo", Self.all()).makeAsyncIterator()
        history.note(Samples.record("after"), .started)
        #expect(try await events.next()?.map(\.service) == ["after"])
    }

    @Test func thePastIsBounded() async throws {
        let history = EventHistory()
        for number in 1...1500 { history.note(Samples.record(number: number), .started) }
        let told = try await Self.told(history)
        #expect(told.count == 1000)
        #expect(told.first?.id == "id-web-501" && told.last?.id == "id-web-1500")
    }

    /// Who doesn't read costs no more memory than this, and hears the newest.
    @Test func aSlowListenerIsBounded() async throws {
        let history = EventHistory()
        var events = history.stream(of: "demo", Self.all()).makeAsyncIterator()
        for number in 1...5000 { history.note(Samples.record(number: number), .started) }
        #expect(try await events.next()?.map(\.id) == ["id-web-\(5000 - 4096 + 1)"])
    }
}
