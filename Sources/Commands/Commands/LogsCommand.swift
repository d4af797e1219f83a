import ArgumentParser
import ControlAPI
import Kernel

/// `roost logs`.
struct LogsCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "View output from containers", usage: "roost logs [OPTIONS] [SERVICE...]")

    @Flag(name: [.customShort("f"), .customLong("follow")], help: "Follow log output")
    var follow = false

    @Option(name: .customLong("index"), help: "index of the container if service has multiple replicas")
    var index: Int?

    @Flag(name: .customLong("no-color"), help: "Produce monochrome output")
    var noColor = false

    @Flag(name: .customLong("no-log-prefix"), help: "Don't print prefix in logs")
    var noLogPrefix = false

    @Option(
        name: .customLong("since"), parsing: .unconditional,
        help: "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)")
    var since: String?

    @Option(
        name: [.customShort("n", allowingJoined: true), .customLong("tail")], parsing: .unconditional,
        help: "Number of lines to show from the end of the logs for each container (default \"all\")")
    var tail: String?

    @Flag(name: [.customShort("t"), .customLong("timestamps")], help: "Show timestamps")
    var timestamps = false

    @Option(
        name: .customLong("until"), parsing: .unconditional,
        help: "Show logs before a timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)")
    var until: String?

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let now = Timestamp.now()
        let project = try context.project(services: services)
        var selection = LogSelection(services: services, index: index, follow: follow)
        selection.since = try instant(since, option: "--since", now: now)
        selection.until = try instant(until, option: "--until", now: now)
        selection.tail = try lineCount()
        let client = context.client()
        let containers = try await client.fetch(ControlRequest(.containers, project.name))
        let services = Set(containers.map(\.service))
        if project.stack == nil { try checkServices(self.services, known: services) }
        // A service that has no container yet has no logs to ask for.
        selection.services.removeAll { !services.contains($0) }
        if selection.services.isEmpty, !self.services.isEmpty { return 0 }
        let colored = !noColor && context.global.colored(isTerminal: context.streams.outputIsTerminal)
        var printer = LogPrinter(
            stack: project.name, colored: colored, prefixed: !noLogPrefix, timestamps: timestamps)
        for container in containers.sorted(by: { $0.name < $1.name }) where selection.includes(container) {
            printer.register(container.name)
        }
        let follower = LogFollower(
            stack: project.name, selection: selection, client: client, streams: context.streams, printer: printer)
        try await follower.run()
        return 0
    }

    /// `nil` for all lines.
    private func lineCount() throws(CommandFailure) -> Int? {
        guard let tail, tail != "all" else { return nil }
        guard let count = Int(tail) else {
            throw CommandFailure("invalid value for \"--tail\": \"\(tail)\" is neither a number of lines nor \"all\"")
        }
        // Docker takes a negative number for all.
        return count < 0 ? nil : count
    }
}
