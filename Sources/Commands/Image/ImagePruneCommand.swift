import ArgumentParser
import ControlAPI
import Kernel

/// `roost image prune`.
struct ImagePruneCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove unused images", usage: "roost image prune [OPTIONS]",
        discussion: "Filters: dangling, label, label!, until.")
    static let filterKeys: Set<String> = ["dangling", "label", "until"]

    @Flag(name: [.customShort("a"), .customLong("all")], help: "Remove all unused images, not just dangling ones")
    var all = false

    @Option(
        name: .customLong("filter"), parsing: .unconditionalSingleValue,
        help: "Provide filter values (e.g. \"until=<timestamp>\")")
    var filters: [String] = []

    @OptionGroup var force: ForceOption

    func perform(in context: Context) async throws -> Int32 {
        let filters = try ImageFilters(filters, allowed: Self.filterKeys, now: Timestamp.now())
        let body = filters.pruneRequest(all: all)
        let warning =
            body.all
            ? "WARNING! This will remove all images without at least one container associated to them."
            : "WARNING! This will remove all dangling images."
        guard try force.isConfirmed(warning, in: context) else { return 0 }
        let removal = try await context.work(
            ControlRequest(.pruneImages, body: body), operation: "prune", quiet: true
        ) {
            if case .removed(let removed) = $0 { removed } else { nil }
        }
        try context.streams.output.write(removal.text + "Total reclaimed space: \(humanSize(removal.freed))\n")
        return 0
    }
}

extension ImageFilters {
    func pruneRequest(all: Bool) -> ImagePruneRequest {
        var options = ImagePruneRequest()
        options.all = dangling.map { !$0 } ?? all
        options.until = until.map { $0 / 1_000_000_000 }
        options.labels = labels.map(\.text)
        options.withoutLabels = withoutLabels.map(\.text)
        return options
    }
}

extension RemovedImages {
    /// What went, as `prune` shows it.
    var text: String {
        lines.isEmpty
            ? ""
            : "Deleted Images:\n"
                + lines.map { line in
                    switch line {
                    case .untagged(let name): "untagged: \(name)\n"
                    case .deleted(let digest): "deleted: \(digest)\n"
                    }
                }.joined() + "\n"
    }
}
