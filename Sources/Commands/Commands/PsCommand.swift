import ArgumentParser
import ControlAPI
import Kernel
import StackModel

/// `roost ps`.
struct PsCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "List containers", usage: "roost ps [OPTIONS] [SERVICE...]")

    @Flag(
        name: [.customShort("a"), .customLong("all")],
        help: "Show all stopped containers (including those created by the run command)")
    var all = false

    @Option(
        name: .customLong("filter"), help: "Filter services by a property (supported filters: status)")
    var filter: String?

    @Option(name: .customLong("format"), help: "Format output (\"table\"|\"json\"|a Go template)")
    var format: String?

    @Flag(name: .customLong("no-trunc"), help: "Don't truncate output")
    var noTruncation = false

    @Flag(
        name: .customLong("orphans"), inversion: .prefixedNo,
        help: "Include orphaned services (not declared by project) (default true)")
    var orphans = true

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only display IDs")
    var quiet = false

    @Flag(name: .customLong("services"), help: "Display services")
    var onlyServices = false

    @Option(
        name: .customLong("status"), parsing: .unconditionalSingleValue,
        help: """
            Filter services by status. Values: [paused | restarting | removing | running | dead | created | exited]
            """)
    var status: [String] = []

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let states = try wantedStates()
        let format = try ListFormat(option: format)
        let project = try context.project(services: services)
        let listed = try await context.client().fetch(ControlRequest(.containers, project.name))
        if project.stack == nil { try checkServices(services, known: Set(listed.map(\.service))) }
        for problem in listed.compactMap(\.problem) { context.streams.error.show("warning: \(problem)\n") }
        let declared = project.stack.map { Set($0.services.keys).union($0.disabledServices) }
        let selected = select(listed, states: states).filter { container in
            orphans || declared?.contains(container.service) ?? true
        }
        try context.streams.output.write(try text(selected, format: format, now: Timestamp.now()))
        return 0
    }

    private func wantedStates() throws(CommandFailure) -> [String] {
        guard let filter else { return status }
        guard let equals = filter.firstIndex(of: "=") else {
            throw CommandFailure("arguments to --filter should be in form KEY=VAL")
        }
        guard filter[..<equals] == "status" else { throw CommandFailure("unknown filter \(filter[..<equals])") }
        return status + [String(filter[filter.index(after: equals)...])]
    }

    func select(_ containers: [ContainerSummary], states: [String]) -> [ContainerSummary] {
        containers
            .filter { container in
                guard services.isEmpty || services.contains(container.service) else { return false }
                // As in Compose, what `run` made is shown with all the others only.
                if container.isOneOff && !all { return false }
                if !states.isEmpty { return states.contains(container.state) }
                return all || container.isAlive
            }
            .sorted { $0.name < $1.name }
    }

    func text(_ containers: [ContainerSummary], format: ListFormat, now: Int64) throws(CommandFailure) -> String {
        if quiet { return containers.map { $0.id + "\n" }.joined() }
        if onlyServices {
            var seen: Set<String> = []
            return containers.map(\.service).filter { seen.insert($0).inserted }.map { $0 + "\n" }.joined()
        }
        let texts = containers.map { ContainerText(container: $0, now: now, truncated: !noTruncation) }
        switch format {
        case .json: return texts.map { $0.json + "\n" }.joined()
        case .template(let template): return try template.render(texts.map(\.json))
        case .table:
            return Table(headers: ContainerText.headers, rows: texts.map(\.row), minimumWidth: 10).render()
        }
    }
}
