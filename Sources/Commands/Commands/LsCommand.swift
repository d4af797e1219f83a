import ArgumentParser
import ControlAPI

/// `roost ls`.
struct LsCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List running compose projects", usage: "roost ls [OPTIONS]")

    @Flag(name: [.customShort("a"), .customLong("all")], help: "Show all stopped Compose projects")
    var all = false

    @Option(
        name: .customLong("filter"), parsing: .unconditionalSingleValue,
        help: "Filter output based on conditions provided")
    var filters: [String] = []

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json] (default \"table\")")
    var format: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only display project names")
    var quiet = false

    @OptionGroup var dry: DryRunOption

    func perform(in context: Context) async throws -> Int32 {
        let names = try wantedNames()
        let format = try ListFormat(option: format)
        let stacks = try await context.client().fetch(ControlRequest(.stacks))
        try context.streams.output.write(try text(select(stacks, names: names), format: format))
        return 0
    }

    private func wantedNames() throws(CommandFailure) -> [String] {
        var names: [String] = []
        for filter in filters {
            guard let equals = filter.firstIndex(of: "=") else {
                throw CommandFailure("invalid argument \"\(filter)\" for \"--filter\": expected name=VALUE")
            }
            guard filter[..<equals] == "name" else { throw CommandFailure("invalid filter '\(filter[..<equals])'") }
            names.append(String(filter[filter.index(after: equals)...]))
        }
        return names
    }

    /// Stacks of which a container runs (all with `-a`), and whose name contains one of the wanted ones.
    func select(_ stacks: [StackSummary], names: [String]) -> [StackSummary] {
        stacks
            .filter { stack in
                guard names.isEmpty || names.contains(where: { stack.name.contains($0) }) else { return false }
                return all || stack.states.contains { ["running", "restarting"].contains($0.key) && $0.value > 0 }
            }
            .sorted { $0.name < $1.name }
    }

    func text(_ stacks: [StackSummary], format: ListFormat) throws(CommandFailure) -> String {
        if quiet { return stacks.map { $0.name + "\n" }.joined() }
        switch format {
        case .table:
            let rows = stacks.map { [$0.name, Self.status($0), Self.files($0)] }
            return Table(headers: ["NAME", "STATUS", "CONFIG FILES"], rows: rows).render()
        case .json:
            return JSONText.array(stacks.map(Self.json)).render() + "\n"
        case .template(let template): return try template.render(stacks.map { Self.json($0).render() })
        }
    }

    private static func json(_ stack: StackSummary) -> JSONText {
        .object([
            ("Name", .string(stack.name)), ("Status", .string(status(stack))), ("ConfigFiles", .string(files(stack))),
        ])
    }

    /// `exited(1), running(2)`.
    private static func status(_ stack: StackSummary) -> String {
        stack.states.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key)(\($0.value))" }
            .joined(separator: ", ")
    }

    private static func files(_ stack: StackSummary) -> String {
        stack.files.isEmpty ? "N/A" : stack.files.joined(separator: ",")
    }
}
