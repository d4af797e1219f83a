import ArgumentParser
import ControlAPI
import Kernel

/// `roost system prune`.
struct SystemPruneCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove unused data", usage: "roost system prune [OPTIONS]",
        discussion: "Filters: label and label! (of images), until.")

    @Flag(name: [.customShort("a"), .customLong("all")], help: "Remove all unused images not just dangling ones")
    var all = false

    @Option(
        name: .customLong("filter"), parsing: .unconditionalSingleValue,
        help: "Provide filter values (e.g. \"label=<key>=<value>\")")
    var filters: [String] = []

    @OptionGroup var force: ForceOption

    @Flag(name: .customLong("volumes"), help: "Prune anonymous volumes")
    var volumes = false

    func perform(in context: Context) async throws -> Int32 {
        let filters = try ImageFilters(filters, allowed: ["label", "until"], now: Timestamp.now())
        guard try force.isConfirmed(warning, in: context) else { return 0 }
        var request = PruneRequest()
        request.volumes = volumes
        request.until = filters.until
        request.images = filters.pruneRequest(all: all)
        request.caller = context.caller("system prune")
        let pruned = try await context.work(ControlRequest(.prune, body: request), operation: "prune") {
            if case .pruned(let pruned) = $0 { pruned } else { nil }
        }
        let freed = pruned.bytes + pruned.images.freed
        try context.streams.output.write(
            pruned.text + pruned.images.text + "Total reclaimed space: \(humanSize(freed))\n")
        return 0
    }

    private var warning: String {
        let kinds =
            ["all stopped containers", "all networks not used by at least one container"]
            + (volumes ? ["all anonymous volumes not used by at least one container"] : [])
            + [all ? "all images without at least one container associated to them" : "all dangling images"]
        return "WARNING! This will remove:\n" + kinds.map { "  - \($0)\n" }.joined()
    }
}

extension PrunedThings {
    /// What went, but for the images.
    fileprivate var text: String {
        func part(_ title: String, _ names: [String]) -> String {
            let lines = names.sorted().map { $0 + "\n" }.joined()
            return lines.isEmpty ? "" : "Deleted \(title):\n\(lines)\n"
        }
        return part("Containers", containers) + part("Networks", networks) + part("Volumes", volumes)
    }
}
