import ArgumentParser
import ControlAPI
import Glibc

/// `roost stats`.
struct StatsCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Display a live stream of container(s) resource usage statistics",
        usage: "roost stats [OPTIONS] [SERVICE]")

    @Flag(
        name: [.customShort("a"), .customLong("all")],
        help: "Show all containers (default shows just running); those that don't run use nothing")
    var all = false

    @Option(name: .customLong("format"), help: "Format output (\"table\"|\"json\"|a Go template)")
    var format: String?

    @Flag(name: .customLong("no-stream"), help: "Disable streaming stats and only pull the first result")
    var once = false

    @Flag(name: .customLong("no-trunc"), help: "Do not truncate output")
    var noTruncation = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let format = try ListFormat(option: format)
        let project = try context.project(services: services)
        let client = context.client()
        let query = Query(services.map { ("service", $0) })
        let request = ControlRequest(.usage, project.name, query: query)
        var before = try await client.fetch(request)
        repeat {
            // A rate is told by two looks a second apart.
            try await Task.sleep(for: .seconds(1))
            let now = try await client.fetch(request)
            let rows = now.map { usage in
                UsageText(usage: usage, before: before.first { $0.id == usage.id }, truncated: !noTruncation)
            }
            let clear = !once && context.streams.outputIsTerminal ? "\u{1B}[H\u{1B}[2J" : ""
            try context.streams.output.write(clear + (try Self.text(rows, format: format)))
            try context.streams.output.flush()
            before = now
        } while !once
        return 0
    }

    private static func text(_ rows: [UsageText], format: ListFormat) throws(CommandFailure) -> String {
        switch format {
        case .table: Table(headers: UsageText.headers, rows: rows.map(\.row), minimumWidth: 10).render()
        case .json: rows.map { $0.json + "\n" }.joined()
        case .template(let template): try template.render(rows.map(\.json))
        }
    }
}

/// What a container uses, as Docker shows it.
struct UsageText {
    let usage: ContainerUsage
    /// An earlier look at the same container.
    let before: ContainerUsage?
    let truncated: Bool

    static let headers = [
        "CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS",
    ]

    private var id: String { truncated ? String(usage.id.prefix(12)) : usage.id }

    private var processor: String {
        guard let before, usage.time > before.time else { return "0.00%" }
        let used = Double(max(0, usage.processorTime - before.processorTime))
        return fixed(used / Double(usage.time - before.time) * 100, digits: 2) + "%"
    }

    private var memory: String { binarySize(usage.memory) + " / " + binarySize(usage.memoryLimit) }

    private var memoryShare: String {
        guard usage.memoryLimit > 0 else { return "0.00%" }
        return fixed(Double(usage.memory) / Double(usage.memoryLimit) * 100, digits: 2) + "%"
    }

    private var network: String { humanSize(usage.received) + " / " + humanSize(usage.sent) }
    private var blocks: String { humanSize(usage.read) + " / " + humanSize(usage.written) }

    var row: [String] { [id, usage.name, processor, memory, memoryShare, network, blocks, "\(usage.processes)"] }

    /// Docker's fields in its order.
    var json: String {
        JSONText.object([
            ("BlockIO", .string(blocks)), ("CPUPerc", .string(processor)), ("Container", .string(id)),
            ("ID", .string(id)), ("MemPerc", .string(memoryShare)), ("MemUsage", .string(memory)),
            ("Name", .string(usage.name)), ("NetIO", .string(network)), ("PIDs", .string("\(usage.processes)")),
        ]).render()
    }
}

/// Bytes in binary units with four significant digits: `1.944GiB`.
func binarySize(_ bytes: Int64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
        value /= 1024
        unit += 1
    }
    var text = fixed(value, digits: value >= 1000 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3)
    if text.contains(".") {
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
    }
    return text + units[unit]
}
