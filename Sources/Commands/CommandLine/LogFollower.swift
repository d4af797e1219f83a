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
    /// The services that are shown; `nil`: all that are followed.
    private let shown: Set<String>?
    /// The time of the last line of each container.
    private var last: [String: String] = [:]
    private var reconnected = false
    private var fruitless = 0

    init(
        stack: String, selection: LogSelection, client: ControlClient, streams: StandardStreams, printer: LogPrinter,
        shown: Set<String>? = nil
    ) {
        self.stack = stack
        self.shown = shown
        self.selection = selection
        self.client = client
        self.streams = streams
        self.printer = printer
    }

    /// Returns at the end of the logs.
    ///
    /// - Parameters:
    ///   - opened: called when lines begin to come.
    ///   - exited: called with each container that ends.
    func run(opened: () -> Void = {}, exited: (ContainerExit) -> Void = { _ in }) async throws {
        while true {
            do {
                try await client.stream(ControlRequest(.logs, stack, query: selection.query), opened: opened) { event in
                    if let exit = try show(event) { exited(exit) }
                }
                return try streams.output.flush()
            } catch let error as ClientError where error.isInterruption && selection.follow {
                try await prepareToReconnect(after: error)
            }
        }
    }

    private func prepareToReconnect(after error: ClientError) async throws {
        fruitless += 1
        guard fruitless <= Self.patience else { throw error }
        try await Task.sleep(for: .milliseconds(50 << fruitless))
        resumeAfterLast()
    }

    private func resumeAfterLast() {
        reconnected = true
        // Whoever asked for the command knows of its end by now.
        selection.awaitsCommand = false
        guard let newest = last.values.compactMap({ Timestamp.parse($0) }).max() else { return }
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
        case .started(let container, let service):
            if isShown(service) { printer.register(container) }
            return nil
        case .exited(let container, let service, let code, let restarts):
            if isShown(service) {
                try streams.output.write(printer.exited(container, code: code, restarts: restarts))
                try streams.output.flush()
            }
            return ContainerExit(container: container, service: service, code: code, restarts: restarts)
        }
    }

    private func isShown(_ service: String) -> Bool { shown?.contains(service) ?? true }

    private func show(_ line: LogLine) throws {
        guard isShown(line.service) else { return }
        if reconnected, let before = last[line.container], isNotAfter(line.time, before) { return }
        last[line.container] = line.time
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

    private func isNotAfter(_ time: String, _ shown: String) -> Bool {
        guard let time = Timestamp.parse(time), let shown = Timestamp.parse(shown) else { return false }
        return time <= shown
    }
}

/// A followed container has ended.
struct ContainerExit: Equatable, Sendable {
    var container: String
    var service: String
    var code: Int32
    var restarts: Bool
}

extension ClientError {
    /// The supervisor went away; the next one will know more.
    var isInterruption: Bool {
        switch cause {
        case .closedBeforeAnswer, .closedInAnswer, .nobodyListens: true
        default: false
        }
    }
}
