import ControlAPI
import Kernel
import StackModel
import Synchronization
import Testing

@testable import Commands

/// `up` in the foreground against a server that plays a stack's life.
@Suite(.timeLimit(.minutes(5))) struct AttachedUpTests {
    static func logLine(_ number: Int, _ text: String) -> LogEvent {
        .line(
            LogLine(
                container: "shop-web-1", service: "web", number: 1, stream: "stdout",
                time: Timestamp.sortable(noon + Int64(number)), text: text + "\n"))
    }

    static let exit = LogEvent.exited(
        container: "shop-web-1", service: "web", code: 3, restarts: false)

    static func containers(_ states: String...) -> String {
        line(
            states.enumerated().map {
                container("shop-web-\($0 + 1)", state: $1, exitCode: $1 == "exited" ? 3 : 0)
            })
    }

    /// Runs `up` with these arguments: its exit code, what it wrote, and the paths that were asked for.
    func up(
        _ arguments: [String], _ reply: @escaping @Sendable (String, Int) -> Reply
    ) async throws -> (code: Int32, output: String, paths: [String]) {
        let server = try ControlServerDouble(reply: reply)
        let output = try OwnedDescriptor.memory("output")
        let streams = StandardStreams(
            output: Output(descriptor: output.number, capacity: 0),
            error: Output(descriptor: output.number, capacity: 0))
        let code = Mutex<Int32>(-1)
        try await server.run { client in
            var stack = Stack(name: "shop", workingDirectory: "/")
            stack.services["web"] = Service(name: "web", image: "i")
            let context = Context(
                global: try GlobalOptions.read(["--progress", "plain"]), streams: streams)
            let up = AttachedUp(
                options: try UpCommand.read(arguments).options, stack: stack, followed: ["web"],
                context: context,
                client: client)
            let ended = try await up.run(try ControlRequest(.up, "shop", body: UpRequest(stack: stack)))
            code.withLock { $0 = ended }
        }
        let text = try Files.readText("/proc/self/fd/\(output.number)")
        let paths = server.requests.withLock {
            $0.map { String($0.path.prefix { $0 != "?" }.dropFirst("/v1/stacks/shop/".count)) }
        }
        return (code.withLock { $0 }, text, paths)
    }

    @Test func linesAreShownFromTheBeginningAndItEndsWithTheLogs() async throws {
        let (code, output, paths) = try await up([]) { path, _ in
            if path.hasSuffix("/up") { return .lines([line(CommandEvent.finished(Outcome()))]) }
            return .lines([line(Self.logLine(1, "hello")), line(Self.logLine(2, "bye")), line(Self.exit)])
        }
        #expect(code == 0)
        #expect(output == "web-1  | hello\nweb-1  | bye\nweb-1 exited with code 3\n")
        #expect(paths == ["logs", "up"])
    }

    @Test(arguments: [
        ["--abort-on-container-exit"], ["--exit-code-from", "web"], ["--abort-on-container-failure"],
        ["--exit-code-from", "web", "--abort-on-container-failure"],
    ])
    func abortsOnExit(_ arguments: [String]) async throws {
        let (code, output, paths) = try await up(arguments) { path, _ in
            path.contains("/logs")
                ? .lines([line(Self.exit)]) : .lines([line(CommandEvent.finished(Outcome()))])
        }
        #expect(code == 3)
        #expect(output.contains("Aborting on container exit...\n"))
        // The logs may tell of the end before the request of `up` is on its way.
        #expect(paths.contains("stop"))
    }

    @Test func theCodeIsThatOfTheServiceAskedFor() async throws {
        let other = LogEvent.exited(container: "shop-db-1", service: "db", code: 1, restarts: false)
        let (code, _, paths) = try await up(["--exit-code-from", "web"]) { path, _ in
            if path.contains("/logs") { return .lines([line(other)]) }
            if path.hasSuffix("/containers") { return .json(Self.containers("exited")) }
            return .lines([line(CommandEvent.finished(Outcome()))])
        }
        #expect(code == 3)
        #expect(paths.contains("stop"))
    }

    @Test func anEndThatIsNoFailureDoesNotAbortOnFailure() async throws {
        let end = LogEvent.exited(container: "shop-web-1", service: "web", code: 0, restarts: false)
        let (code, _, paths) = try await up(["--abort-on-container-failure"]) { path, _ in
            path.contains("/logs") ? .lines([line(end)]) : .lines([line(CommandEvent.finished(Outcome()))])
        }
        #expect(code == 0)
        #expect(!paths.contains("stop"))
    }

    @Test func aFailedUpIsAnError() async throws {
        await #expect(throws: CommandFailure.self) {
            _ = try await up([]) { path, _ in
                path.contains("/logs")
                    ? .endless([line(Self.logLine(1, "hello"))])
                    : .lines([line(CommandEvent.finished(Outcome(exitCode: 1, error: "no such image: x")))])
            }
        }
    }

    @Test func anUnchangedStackIsSaidToBe() async throws {
        let (_, output, _) = try await up([]) { path, _ in
            path.hasSuffix("/up")
                ? .lines([line(CommandEvent.finished(Outcome(unchanged: true)))]) : .lines([])
        }
        #expect(output == "shop is up to date\n")
    }

    @Test func aReplacedSupervisorIsFollowedOn() async throws {
        let connections = Counter()
        let (code, output, _) = try await up([]) { path, _ in
            if path.hasSuffix("/up") { return .lines([line(CommandEvent.finished(Outcome()))]) }
            let isFirst = connections.next() == 1
            let texts = isFirst ? ["one", "two"] : ["one", "two", "three"]
            let lines = texts.enumerated().map { line(Self.logLine($0 + 1, $1)) }
            return .lines(lines, complete: !isFirst)
        }
        #expect(code == 0)
        #expect(output == "web-1  | one\nweb-1  | two\nweb-1  | three\n")
    }
}

/// Counts what a server is asked for.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
