import ControlAPI
import Kernel

/// Prints the logs of a stack, and goes on with the next supervisor where one is replaced in the meantime.
/// One task uses it.
final class LogFollower {
    /// How often in a row a connection may end without a line; the supervisor is back within a second.
    private static let patience = 5
    /// How far behind the newest line another container's may be, in nanoseconds.
    private static let overlap: Int64 = 5_000_000_000

    private let stack: String
    private var selection: LogSelection
    private let client: ControlClient
    private let streams: StandardStreams
    private var printer: LogPrinter
    /// The time of the last line of each container, in nanoseconds since 1970.
    private var last: [String: Int64] = [:]
    private var reconnected = false
    private var fruitless = 0

    init(stack: String, selection: LogSelection, client: ControlClient, streams: StandardStreams, printer: LogPrinter) {
        self.stack = stack
        self.selection = selection
        self.client = client
        self.streams = streams
        self.printer = printer
    }

    /// Returns at the end of the logs. `opened` is called when lines begin to come and `exited` with each container
    /// that ends; where they return `true`, that is the end of the following, too.
    func run(
        opened: () async throws -> Bool = { false }, exited: (ContainerExit) async throws -> Bool = { _ in false }
    ) async throws {
        func leave(_ isOver: Bool) throws(FollowingEnded) { if isOver { throw FollowingEnded() } }
        while true {
            do {
                try await client.stream(
                    ControlRequest(.logs, stack, query: selection.query), opened: { try leave(try await opened()) }
                ) { event in
                    if let exit = try show(event) { try leave(try await exited(exit)) }
                }
                return try streams.output.flush()
            } catch is FollowingEnded {
                return try streams.output.flush()
            } catch let error as ClientError where error.isInterruption && selection.follow {
                try await prepareToReconnect(after: error)
            }
        }
    }

    /// Everything that came since the last line shown, without waiting for more.
    func drain() async throws {
        selection.follow = false
        resumeAfterLast()
        try await run()
    }

    private func prepareToReconnect(after error: ClientError) async throws {
        fruitless += 1
        guard fruitless <= Self.patience else { throw error }
        try await Task.sleep(for: .milliseconds(50 << fruitless))
        resumeAfterLast()
    }

    private func resumeAfterLast() {
        reconnected = true
        guard let newest = last.values.max() else { return }
        // Containers write at the same time, and their lines come nearly in order: those that were ahead repeat
        // themselves, and are filtered.
        selection.since = max(selection.since ?? 0, newest - Self.overlap)
        selection.tail = nil
    }

    private func show(_ event: LogEvent) throws -> ContainerExit? {
        switch event {
        case .line(let line):
            try show(line)
            return nil
        case .started(let container, _):
            printer.register(container)
            return nil
        case .exited(let container, let service, let code, let restarts):
            try streams.output.write(printer.exited(container, code: code, restarts: restarts))
            try streams.output.flush()
            return ContainerExit(container: container, service: service, code: code, restarts: restarts)
        }
    }

    private func show(_ line: LogLine) throws {
        if let time = Timestamp.parse(line.time) {
            if reconnected, let shown = last[line.container], time <= shown { return }
            last[line.container] = time
        }
        fruitless = 0
        let printed = printer.line(line)
        if printed.isError {
            try streams.output.flush()
            streams.error.show(printed.text)
        } else {
            try streams.output.write(printed.text)
            if selection.follow { try streams.output.flush() }
        }
    }
}

/// A followed container has ended.
struct ContainerExit: Equatable, Sendable {
    var container: String
    var service: String
    var code: Int32
    var restarts: Bool
}

/// Thrown to leave a stream that the supervisor would go on with.
private struct FollowingEnded: Error {}

extension ClientError {
    /// The supervisor went away; the next one will know more.
    var isInterruption: Bool {
        switch cause {
        case .closedBeforeAnswer, .closedInAnswer, .nobodyListens: true
        default: false
        }
    }
}
