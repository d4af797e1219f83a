import ArgumentParser
import ControlAPI
import Kernel
import StackModel

/// `roost images`: of the stack's containers or, without a stack, of the whole store.
struct ImagesCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "images", abstract: "List images used by the created containers",
        usage: "roost images [OPTIONS] [SERVICE...]",
        discussion: """
            Where there is no Compose file and no -p, the images of the whole store are listed, as by "roost image ls".
            """)

    @OptionGroup var options: ImageListOptions
    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let format = try ListFormat(option: options.format)
        guard try !services.isEmpty || context.hasProject() else {
            return try await options.perform(repository: nil, in: context)
        }
        guard !options.isOfStore else {
            throw CommandFailure(
                "--all, --digests, --filter and --no-trunc are for the whole store: roost image ls")
        }
        let client = context.client()
        let project = try context.project(services: services)
        var images = try await client.fetch(ControlRequest(.stackImages, project.name))
        if !services.isEmpty {
            let containers = try await client.fetch(ControlRequest(.containers, project.name))
            try checkServices(
                services,
                known: Set(containers.map(\.service)).union(project.stack.map { $0.services.keys.map { $0 } } ?? []))
            let names = Set(containers.filter { services.contains($0.service) }.map(\.name))
            images.removeAll { !names.contains($0.container) }
        }
        try context.streams.output.write(try text(images, format: format, now: Timestamp.now()))
        return 0
    }

    func text(_ images: [ContainerImageSummary], format: ListFormat, now: Int64) throws(CommandFailure) -> String {
        let images = images.sorted {
            ($0.container, $0.repository, $0.tag) < ($1.container, $1.repository, $1.tag)
        }
        if options.quiet {
            var seen: Set<String> = []
            return images.map { Self.digits($0.id) }.filter { seen.insert($0).inserted }.map { $0 + "\n" }.joined()
        }
        switch format {
        case .table:
            let headers = ["CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED"]
            return Table(headers: headers, rows: images.map { Self.row($0, now: now) }).render()
        case .json: return JSONText.array(images.map(Self.json)).render() + "\n"
        case .template(let template): return try template.render(images.map { Self.json($0).render() })
        }
    }

    private static func row(_ image: ContainerImageSummary, now: Int64) -> [String] {
        [
            image.container, image.repository.isEmpty ? "<none>" : image.repository,
            image.tag.isEmpty ? "<none>" : image.tag, image.platform, String(digits(image.id).prefix(12)),
            humanSize(image.size),
            image.created == 0 ? "N/A" : humanDuration(from: image.created, to: now) + " ago",
        ]
    }

    private static func json(_ image: ContainerImageSummary) -> JSONText {
        var fields: [(String, JSONText)] = [
            ("ID", .string(image.id)), ("ContainerName", .string(image.container)),
            ("Repository", .string(image.repository)), ("Tag", .string(image.tag)),
            ("Platform", .string(image.platform)), ("Size", .number(image.size)),
        ]
        if image.created != 0 { fields.append(("Created", .string(Timestamp.rfc3339(image.created)))) }
        return .object(fields)
    }

    /// A digest without its algorithm.
    private static func digits(_ digest: String) -> String {
        digest.firstIndex(of: ":").map { String(digest[digest.index(after: $0)...]) } ?? digest
    }
}
