import ArgumentParser
import ControlAPI

/// `roost volume ls`.
struct VolumeListCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List volumes", usage: "roost volume ls [OPTIONS]",
        discussion: "Filters: dangling, driver, label, name.")

    @Option(
        name: .customLong("filter"), parsing: .unconditionalSingleValue,
        help: "Provide filter values (e.g. \"dangling=true\")")
    var filters: [String] = []

    @Option(name: .customLong("format"), help: "Format output (\"table\"|\"json\"|a Go template)")
    var format: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only display volume names")
    var quiet = false

    func perform(in context: Context) async throws -> Int32 {
        let format = try ListFormat(option: format)
        let filters = try VolumeFilters(filters, allowed: ["dangling", "driver", "label", "name"])
        let volumes = try await context.client().fetch(ControlRequest(.volumes)).filter(filters.lets)
        try context.streams.output.write(try text(volumes.sorted { $0.name < $1.name }, format: format))
        return 0
    }

    func text(_ volumes: [HostVolume], format: ListFormat) throws(CommandFailure) -> String {
        if quiet { return volumes.map { $0.name + "\n" }.joined() }
        switch format {
        case .table: return VolumeText.table(volumes.map { ($0.driver, $0.name) })
        case .json: return volumes.map { $0.row.render() + "\n" }.joined()
        case .template(let template): return try template.render(volumes.map { $0.row.render() })
        }
    }
}

/// `--filter` of the volume commands: of each kind one must fit, of labels all.
struct VolumeFilters {
    private var dangling: Bool?
    private var drivers: [String] = []
    private var names: [String] = []
    private var labels: [ImageFilters.Label] = []
    private var withoutLabels: [ImageFilters.Label] = []
    /// `all=true`: named volumes, too.
    private(set) var all = false

    init(_ texts: [String], allowed: Set<String>) throws(CommandFailure) {
        for text in texts {
            let term = try FilterTerm(text, allowed: allowed)
            guard !term.isNegated || allowed.contains("label!") else { throw CommandFailure("invalid filter 'label!'") }
            switch term.key {
            case "dangling": dangling = try Self.flag(term)
            case "all": all = try Self.flag(term)
            case "driver": drivers.append(String(term.value))
            case "label" where term.isNegated: withoutLabels.append(ImageFilters.Label(term.value))
            case "label": labels.append(ImageFilters.Label(term.value))
            default: names.append(String(term.value))
            }
        }
    }

    /// As Docker says it of volumes.
    private static func flag(_ term: FilterTerm) throws(CommandFailure) -> Bool {
        guard let flag = term.flag else { throw CommandFailure("invalid filter '\(term.key)=[\(term.value)]'") }
        return flag
    }

    func lets(_ volume: HostVolume) -> Bool {
        if let dangling, volume.containers.isEmpty != dangling { return false }
        if !drivers.isEmpty, !drivers.contains(volume.driver) { return false }
        if !names.isEmpty, !names.contains(where: { volume.name.contains($0) }) { return false }
        return labels.allSatisfy { $0.isOn(volume.labels) } && !withoutLabels.contains { $0.isOn(volume.labels) }
    }
}

/// Volumes as Docker prints them.
enum VolumeText {
    static func table(_ rows: [(driver: String, name: String)]) -> String {
        Table(headers: ["DRIVER", "VOLUME NAME"], rows: rows.map { [$0.driver, $0.name] }, minimumWidth: 10).render()
    }

    /// One row of `volume ls --format json`: Docker's fields in its order.
    static func row(name: String, driver: String, labels: [String: String], path: String) -> JSONText {
        .object([
            ("Availability", .string("N/A")), ("Driver", .string(driver)), ("Group", .string("N/A")),
            ("Labels", .string(labelText(labels))), ("Links", .string("N/A")), ("Mountpoint", .string(path)),
            ("Name", .string(name)), ("Scope", .string("local")), ("Size", .string("N/A")),
            ("Status", .string("N/A")),
        ])
    }
}

extension HostVolume {
    var row: JSONText { VolumeText.row(name: name, driver: driver, labels: labels, path: path) }
}
