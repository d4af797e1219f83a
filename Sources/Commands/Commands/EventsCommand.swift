import ArgumentParser
import ControlAPI
import Kernel

/// `roost events`.
struct EventsCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Receive real time events from containers",
        usage: "roost events [OPTIONS] [SERVICE...]")

    @Flag(name: .customLong("json"), help: "Output events as a stream of json objects")
    var json = false

    @Option(name: .customLong("since"), help: "Show all events created since timestamp")
    var since: String?

    @Option(name: .customLong("until"), help: "Stream events until this timestamp")
    var until: String?

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let now = Timestamp.now()
        let selection = EventSelection(
            services: services, since: try instant(since, option: "--since", now: now),
            until: try instant(until, option: "--until", now: now))
        let project = try context.project(services: services)
        let request = ControlRequest(.events, project.name, query: selection.query)
        try await context.client().stream(request) { event in
            try context.streams.output.write(json ? Self.json(event) : Self.text(event))
            try context.streams.output.flush()
        }
        return 0
    }

    /// `2026-01-02 03:04:05.000000 container start ID (image=…, name=…)`
    static func text(_ event: StackEvent) -> String {
        let time = Timestamp.sortable(event.time).prefix(26).map { $0 == "T" ? " " : $0 }
        let attributes = event.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(String(time)) container \(event.action) \(event.id) (\(attributes.joined(separator: ", ")))\n"
    }

    static func json(_ event: StackEvent) -> String {
        let attributes = event.attributes.sorted { $0.key < $1.key }.map { ($0.key, JSONText.string($0.value)) }
        return JSONText.object([
            ("action", .string(event.action)), ("attributes", .object(attributes)), ("id", .string(event.id)),
            ("service", .string(event.service)), ("time", .string(Timestamp.sortable(event.time))),
            ("type", .string("container")),
        ]).render() + "\n"
    }
}
