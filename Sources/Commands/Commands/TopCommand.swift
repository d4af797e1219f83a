import ArgumentParser
import ControlAPI

/// `roost top`.
struct TopCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Display the running processes", usage: "roost top [SERVICES...]")

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let project = try context.project(services: services)
        let query = Query(services.map { ("service", $0) })
        let tables = try await context.client().fetch(ControlRequest(.processes, project.name, query: query))
        try context.streams.output.write(Self.text(tables))
        return 0
    }

    static func text(_ tables: [ProcessTable]) -> String {
        let tables = tables.sorted { ($0.service, $0.number) < ($1.service, $1.number) }
        guard let titles = tables.first?.titles else { return "" }
        let rows = tables.flatMap { table in table.rows.map { [table.service, "\(table.number)"] + $0 } }
        return Table(headers: ["SERVICE", "#"] + titles, rows: rows, minimumWidth: 4).render()
    }
}
