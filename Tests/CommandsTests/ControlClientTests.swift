import ControlAPI
import NIOHTTP1
import Synchronization
import Testing

@testable import Commands

@Suite(.timeLimit(.minutes(5))) struct ControlClientTests {
    /// Something that is answered with events.
    static func request() throws -> ControlRequest<CommandEvent> { try ControlRequest(.prune, body: PruneRequest()) }

    @Test func fetchesAndDecodes() async throws {
        let server = try ControlServerDouble { _, _ in .json(#"{"version":"0.1.0","pid":7}"#) }
        try await server.run { client in
            let version = try await client.fetch(ControlRequest(.version))
            #expect(version == SupervisorVersion(version: "0.1.0", pid: 7))
        }
        #expect(server.requests.withLock { $0.map(\.path) } == ["/v1/version"])
    }

    @Test func sendsTheBody() async throws {
        let server = try ControlServerDouble { _, _ in .lines([line(CommandEvent.finished(Outcome()))]) }
        try await server.run { client in
            var request = SignalRequest()
            request.services = ["web"]
            request.signal = "TERM"
            let post = try ControlRequest(.lifecycle(.kill), "shop", body: request)
            let events = Mutex<[CommandEvent]>([])
            try await client.stream(post) { event in events.withLock { $0.append(event) } }
            #expect(events.withLock { $0 } == [.finished(Outcome())])
        }
        let (path, body) = try #require(server.requests.withLock { $0.first })
        #expect(path == "/v1/stacks/shop/kill")
        let sent = try JSON.decode(SignalRequest.self, from: body)
        #expect(sent.services == ["web"])
        #expect(sent.signal == "TERM")
    }

    @Test func aRefusalIsAnError() async throws {
        let server = try ControlServerDouble { _, _ in .json(#"{"message":"no such container: x"}"#, status: .notFound)
        }
        try await server.run { client in
            await #expect(throws: Refusal(message: "no such container: x")) {
                try await client.fetch(ControlRequest(.container, "x"))
            }
            await #expect(throws: Refusal(message: "no such container: x")) {
                try await client.stream(ControlRequest(.logs, "x")) { _ in }
            }
        }
    }

    @Test func linesAreHandedOverAsTheyCome() async throws {
        let notices = (1...50).map { CommandEvent.notice("line \($0) " + String(repeating: "x", count: 3000)) }
        let server = try ControlServerDouble { _, _ in .lines(notices.map { line($0) }) }
        try await server.run { client in
            let events = Mutex<[CommandEvent]>([])
            try await client.stream(Self.request()) { event in events.withLock { $0.append(event) } }
            #expect(events.withLock { $0 } == notices)
        }
    }

    @Test func anAnswerThatBreaksOffIsAnError() async throws {
        let server = try ControlServerDouble { _, _ in .lines([line(CommandEvent.notice("a"))], complete: false) }
        try await server.run { client in
            let error = await #expect(throws: ClientError.self) {
                try await client.stream(Self.request()) { _ in }
            }
            #expect(error?.cause == .closedInAnswer)
        }
        #expect(server.requests.withLock { $0.count } == 1)
    }

    @Test func aSupervisorThatLeavesIsAskedAgain() async throws {
        let server = try ControlServerDouble { _, count in count == 1 ? .hangUp : .json("[]") }
        try await server.run { client in
            let stacks = try await client.fetch(ControlRequest(.stacks))
            #expect(stacks.isEmpty)
        }
        #expect(server.requests.withLock { $0.count } == 2)
    }

    @Test func cancellationEndsAStream() async throws {
        let server = try ControlServerDouble { _, _ in .endless([line(CommandEvent.notice("a"))]) }
        try await server.run { client in
            let (seen, continuation) = AsyncStream<Void>.makeStream()
            let outcome = await withTaskGroup(of: (any Error)?.self) { tasks in
                tasks.addTask {
                    do {
                        try await client.stream(Self.request()) { _ in continuation.yield() }
                        return nil
                    } catch {
                        return error
                    }
                }
                for await _ in seen { break }
                tasks.cancelAll()
                return await tasks.next() ?? nil
            }
            #expect(outcome is CancellationError)
        }
    }

    @Test func badAnswersAreNamed() async throws {
        let server = try ControlServerDouble { path, _ in path.hasSuffix("prune") ? .lines(["{]"]) : .json("{]") }
        try await server.run { client in
            let one = await #expect(throws: ClientError.self) {
                try await client.fetch(ControlRequest(.version))
            }
            #expect(one?.description.hasPrefix("the supervisor's answer to GET /v1/version can't be read") == true)
            let two = await #expect(throws: ClientError.self) {
                try await client.stream(Self.request()) { _ in }
            }
            #expect(two?.description.contains("{]") == true)
        }
    }

    @Test func withoutASupervisorOneIsStarted() async throws {
        let server = try ControlServerDouble { _, _ in .json("[]") }
        try await server.run { _ in
            let starts = Mutex(0)
            let client = ControlClient(
                socketPath: server.directory + "/none.sock",
                start: {
                    starts.withLock { $0 += 1 }
                })
            let error = await #expect(throws: ClientError.self) { try await client.fetch(ControlRequest(.stacks)) }
            #expect(error?.cause == .nobodyListens)
            // One that was started may be killed before it answers; there is an end to it.
            #expect(starts.withLock { $0 } == 5)
        }
    }

    @Test func aSocketPathThatIsTooLongIsNamed() async throws {
        let path = "/" + String(repeating: "x", count: 120)
        let client = ControlClient(socketPath: path)
        let error = await #expect(throws: ClientError.self) { try await client.fetch(ControlRequest(.stacks)) }
        #expect(error?.description.contains("choose a shorter --run-root") == true)
    }
}
