import ControlAPI
import Kernel
import Launching
import Planning
import StackModel
import Testing

@testable import Containers

/// Containers with logs, and a client that reads them.
private struct Logs {
    let place: TemporaryDirectory
    let store: ContainerStore
    let web = Samples.record(String(repeating: "a", count: 64), service: "web")
    let db = Samples.record(String(repeating: "b", count: 64), service: "db")
    let signals = AsyncStream<LogSignal>.makeStream()

    init() throws {
        place = try TemporaryDirectory()
        store = ContainerStore(locations: place.locations)
        for record in [web, db] { try store.create(record) }
    }

    func write(_ text: String, _ second: Int, to record: ContainerRecord, stream: String = "stdout") throws {
        let time = "2024-01-01T00:00:0\(second).000000000Z"
        let line = #"{"log":"\#(text)","stream":"\#(stream)","time":"\#(time)"}"# + "\n"
        let file = try OwnedDescriptor(open: store.logPath(record.id), [.writeOnly, .create, .append])
        try file.writeAll(Array(line.utf8))
    }

    func stream(_ selection: LogSelection = LogSelection(), following: Bool = false) throws -> LogSession {
        try LogSession(selection, [web, db], store: store, signals: following ? signals.stream : nil)
    }

    /// As `web: hello`.
    static func text(_ event: LogEvent) -> String {
        switch event {
        case .line(let line): "\(line.service): \(Samples.withoutLineBreak(line.text))"
        case .exited(_, let service, let code, let restarts): "\(service) exited \(code)\(restarts ? ", restarts" : "")"
        case .started(_, let service): "\(service) started"
        }
    }

    static func rest(_ stream: LogSession) async throws -> [String] {
        var texts: [String] = []
        while let events = try await stream.next() { texts += events.map(text) }
        return texts
    }

    /// So many events more.
    static func next(_ count: Int, of stream: LogSession) async throws -> [String] {
        var texts: [String] = []
        while texts.count < count, let events = try await stream.next() { texts += events.map(text) }
        return texts
    }
}

@Suite(.timeLimit(.minutes(5))) struct LogSessionTests {
    @Test func linesOfSeveralContainersComeInTheOrderOfTime() async throws {
        let logs = try Logs()
        for second in [1, 4, 5] { try logs.write("w\(second)\\n", second, to: logs.web) }
        for second in [2, 3, 6] { try logs.write("d\(second)\\n", second, to: logs.db) }
        #expect(
            try await Logs.rest(logs.stream()) == ["web: w1", "db: d2", "db: d3", "web: w4", "web: w5", "db: d6"])
    }

    @Test func onlyTheTimeThatIsAskedForIsTold() async throws {
        let logs = try Logs()
        for second in 1...5 { try logs.write("\(second)\\n", second, to: logs.web) }
        func instant(_ second: Int) -> Int64? { Timestamp.parse("2024-01-01T00:00:0\(second).000000000Z") }
        // The end itself is out, as in Docker.
        let selection = LogSelection(since: instant(2), until: instant(4))
        #expect(try await Logs.rest(logs.stream(selection)) == ["web: 2", "web: 3"])
        #expect(try await Logs.rest(logs.stream(LogSelection(tail: 1))) == ["web: 5"])
    }

    /// The shim cuts a long line into records; those of two streams may be mixed.
    @Test func aLineInPiecesIsPutTogether() async throws {
        let logs = try Logs()
        let piece = String(repeating: "x", count: LogLine.maximumLength)
        try logs.write(piece, 1, to: logs.web)
        try logs.write("error\\n", 2, to: logs.web, stream: "stderr")
        try logs.write("end\\n", 3, to: logs.web)
        #expect(try await Logs.rest(logs.stream()) == ["web: error", "web: \(piece)end"])
    }

    @Test func aLineWithoutAnEndIsTold() async throws {
        let logs = try Logs()
        let piece = String(repeating: "x", count: LogLine.maximumLength)
        try logs.write(piece, 1, to: logs.web)
        try logs.write("prompt> ", 2, to: logs.db)
        #expect(Set(try await Logs.rest(logs.stream())) == ["web: \(piece)", "db: prompt> "])
    }

    /// A line that never ends is no way to fill the memory.
    @Test func aLineIsNeverHeldWithoutBound() async throws {
        let logs = try Logs()
        let piece = String(repeating: "x", count: LogLine.maximumLength)
        for _ in 0..<65 { try logs.write(piece, 1, to: logs.web) }
        let lengths = try await Logs.rest(logs.stream()).map { $0.utf8.count - "web: ".utf8.count }
        #expect(lengths == [1 << 20, LogLine.maximumLength])
    }

    @Test func whatComesIsFollowed() async throws {
        let logs = try Logs()
        try logs.write("before\\n", 1, to: logs.web)
        let stream = try logs.stream(following: true)
        #expect(try await Logs.next(1, of: stream) == ["web: before"])
        logs.signals.continuation.yield(.started(logs.web))
        #expect(try await Logs.next(1, of: stream) == ["web started"])
        // Both watches: which container has which number is the stream's own business.
        try logs.write("after\\n", 2, to: logs.web)
        logs.signals.continuation.yield(.written([1, 2]))
        #expect(try await Logs.next(1, of: stream) == ["web: after"])
        logs.signals.continuation.finish()
        #expect(try await Logs.rest(stream) == [])
    }

    @Test func lastWordsComeBeforeTheEnd() async throws {
        let logs = try Logs()
        let stream = try logs.stream(following: true)
        try logs.write("goodbye", 1, to: logs.db)
        logs.signals.continuation.yield(.exited(logs.db, code: 3, restarts: true))
        logs.signals.continuation.finish()
        #expect(try await Logs.rest(stream) == ["db: goodbye", "db exited 3, restarts"])
    }

    @Test func aContainerThatIsMadeLaterIsFollowedToo() async throws {
        let logs = try Logs()
        let stream = try LogSession(LogSelection(), [logs.web], store: logs.store, signals: logs.signals.stream)
        try logs.write("first\\n", 1, to: logs.db)
        logs.signals.continuation.yield(.started(logs.db))
        #expect(try await Logs.next(2, of: stream) == ["db: first", "db started"])
        logs.signals.continuation.finish()
        #expect(try await Logs.rest(stream) == [])
    }

    @Test(arguments: [
        (LogSelection(), ContainerOwner.replica(stack: "shop", service: "web", number: 2), true),
        (LogSelection(services: ["db", "web"]), .replica(stack: "shop", service: "web", number: 2), true),
        (LogSelection(services: ["db"]), .replica(stack: "shop", service: "web", number: 2), false),
        (LogSelection(services: ["web"], index: 2), .replica(stack: "shop", service: "web", number: 2), true),
        (LogSelection(services: ["web"], index: 1), .replica(stack: "shop", service: "web", number: 2), false),
        // What `run` makes is shown by `run`.
        (LogSelection(), .oneOff(stack: "shop", service: "web", number: 2), false),
    ])
    func aSelectionIsOfServicesAndNumbers(_ selection: LogSelection, _ owner: ContainerOwner, _ isWanted: Bool) {
        var record = Samples.record()
        record.spec.owner = owner
        #expect(selection.wants(record) == isWanted)
    }
}
