import ControlAPI
import Images
import Kernel
import OCI
import StackModel

/// What the command line asks for and nothing changes by.
extension Supervisor {
    func stackSummaries() async -> [StackSummary] {
        var result: [StackSummary] = []
        for controller in all {
            let containers = await controller.summaries()
            if containers.isEmpty { continue }
            let states = containers.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
            result.append(StackSummary(name: controller.name, states: states, files: await controller.files))
        }
        return result
    }

    func containerSummaries(of stack: String) async -> [ContainerSummary] {
        await existing(stack)?.summaries() ?? []
    }

    func inspect(_ name: String) async throws -> ContainerDocument? {
        for controller in all {
            if let document = try await controller.inspect(name) { return document }
        }
        return nil
    }

    func logs(of stack: String, _ selection: LogSelection) async throws -> AsyncThrowingStream<LogEvent, any Error> {
        guard let controller = existing(stack) else {
            return AsyncThrowingStream { $0.finish() }
        }
        return try await controller.logs(selection)
    }

    func programs(of stack: String) async throws -> [String: String] {
        try await existing(stack)?.programs() ?? [:]
    }

    // MARK: Images

    func imageSummaries(of stack: String) async throws -> [ImageSummary] {
        guard let controller = existing(stack) else { return [] }
        let records = await controller.entries.values.map(\.record).sorted { $0.name < $1.name }
        let used = Set(records.map(\.imageID))
        let stored = try engine.images.list().filter { used.contains($0.id.description) }
        let sizes = try engine.images.sizes(of: stored)
        return records.map { record in
            if let image = stored.first(where: { $0.id.description == record.imageID }) {
                return Self.summary(
                    image, sizes[image.manifestDigest] ?? 0, container: record.name, name: record.image)
            }
            let (repository, tag) = Self.split(record.image)
            return ImageSummary(
                container: record.name, repository: repository, tag: tag, id: record.imageID, platform: "", size: 0,
                created: 0)
        }
    }

    private static func summary(
        _ image: StoredImage, _ size: Int64, container: String, name: String
    ) -> ImageSummary {
        let (repository, tag) = split(name)
        return ImageSummary(
            container: container, repository: repository, tag: tag, id: image.id.description,
            platform: image.platform.map { "\($0)" } ?? "", size: size,
            created: (Timestamp.parse(image.created ?? "") ?? 0))
    }

    private static func familiar(_ name: String) -> String {
        if case .registry(let reference)? = ImageSource(name) { return reference.familiar }
        return name
    }

    /// Repository and tag as Docker's tables show them.
    private static func split(_ name: String) -> (repository: String, tag: String) {
        guard case .registry? = ImageSource(name) else { return (name, "") }
        let text = familiar(name)
        let start = text.lastIndex(of: "/").map { text.index(after: $0) } ?? text.startIndex
        guard let colon = text[start...].firstIndex(of: ":") else { return (text, "latest") }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}
