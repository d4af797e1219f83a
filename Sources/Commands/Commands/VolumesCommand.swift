import ArgumentParser
import ControlAPI

/// `roost volumes`.
struct VolumesCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "volumes", abstract: "List volumes", usage: "roost volumes [OPTIONS] [SERVICE...]")

    @Option(name: .customLong("format"), help: "Format output (\"table\"|\"json\")")
    var format: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only display volume names")
    var quiet = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let format = try ListFormat(option: format)
        let project = try context.project(services: services)
        let all = try await context.client().fetch(ControlRequest(.stackVolumes, project.name))
        let chosen = all.filter { volume in
            services.isEmpty || volume.services.contains { services.contains($0) }
        }
        try context.streams.output.write(try text(chosen.sorted { $0.name < $1.name }, format: format))
        return 0
    }

    private func text(_ volumes: [VolumeSummary], format: ListFormat) throws(CommandFailure) -> String {
        if quiet { return volumes.map { $0.name + "\n" }.joined() }
        switch format {
        case .table: return VolumeText.table(volumes.map { ($0.driver, $0.name) })
        case .json: return volumes.map { Self.json($0) + "\n" }.joined()
        case .template(let template): return try template.render(volumes.map(Self.json))
        }
    }

    private static func json(_ volume: VolumeSummary) -> String {
        VolumeText.row(name: volume.name, driver: volume.driver, labels: volume.labels, path: volume.path).render()
    }
}
