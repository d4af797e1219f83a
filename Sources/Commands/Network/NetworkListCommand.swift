import ArgumentParser
import ControlAPI
import Kernel

/// `roost network ls`.
struct NetworkListCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List networks", usage: "roost network ls [OPTIONS]",
        discussion: "Filters: dangling, driver, id, label, label!, name, scope, type.")

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("filter")], parsing: .unconditionalSingleValue,
        help: "Provide filter values (e.g. \"name=proxy\")")
    var filters: [String] = []

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json | a Go template]")
    var format: String?

    @Flag(name: .customLong("no-trunc"), help: "Do not truncate the output")
    var noTruncation = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only display network IDs")
    var quiet = false

    func perform(in context: Context) async throws -> Int32 {
        let filters = try NetworkFilters(filters, allowed: NetworkFilters.listKeys, now: Timestamp.now())
        let format = try ListFormat(option: format)
        let all = try await context.client().fetch(ControlRequest(.networks))
        try context.streams.output.write(try text(all.filter(filters.accept), format: format))
        return 0
    }

    func text(_ networks: [NetworkSummary], format: ListFormat) throws(CommandFailure) -> String {
        if quiet { return networks.map { id($0) + "\n" }.joined() }
        switch format {
        case .table:
            let rows = networks.map { [id($0), $0.name, $0.driver, "local"] }
            return Table(headers: ["NETWORK ID", "NAME", "DRIVER", "SCOPE"], rows: rows, minimumWidth: 10).render()
        case .json: return networks.map { json($0).render() + "\n" }.joined()
        case .template(let template):
            return try template.render(networks.map { json($0).render() }, titles: ["ID": "NETWORK ID"])
        }
    }

    private func id(_ network: NetworkSummary) -> String { noTruncation ? network.id : String(network.id.prefix(12)) }

    /// Docker's fields in its order.
    private func json(_ network: NetworkSummary) -> JSONText {
        .object([
            ("CreatedAt", .string(network.created > 0 ? Timestamp.calendar(network.created) : "N/A")),
            ("Driver", .string(network.driver)), ("ID", .string(id(network))),
            ("IPv4", .string("\(network.hasIPv4)")), ("IPv6", .string("\(network.hasIPv6)")),
            ("Internal", .string("\(network.isInternal)")), ("Labels", .string(labelText(network.labels))),
            ("Name", .string(network.name)), ("Scope", .string("local")),
        ])
    }
}

/// `roost network inspect`.
struct NetworkInspectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Display detailed information on one or more networks",
        usage: "roost network inspect [OPTIONS] NETWORK [NETWORK...]")

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("format")], parsing: .unconditional,
        help: "Format the output with a Go template, or as json")
    var format: String?

    @Flag(
        name: [.customShort("v"), .customLong("verbose")],
        help: "Verbose output for diagnostics (of networks of several hosts, which there are none of)")
    var verbose = false

    @Argument(help: .hidden) var networks: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(networks, atLeast: 1, of: "network inspect")
        let client = context.client()
        return try await context.inspect(networks, format: format) { network in
            String(decoding: try await client.fetch(ControlRequest(.network, network)).bytes, as: UTF8.self)
        }
    }
}
