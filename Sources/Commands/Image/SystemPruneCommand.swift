import ArgumentParser
import Containers
import ControlAPI
import Images
import Kernel
import Orchestration

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
        let before = try Leftovers(context.locations)
        // Only a supervisor takes containers and volumes away; where there is nothing for it, none is started.
        if before.hasStopped || volumes && !before.volumes.isEmpty {
            var request = PruneRequest()
            request.volumes = volumes
            request.until = filters.until
            request.caller = context.caller("system prune")
            _ = try await context.complete(
                ControlRequest(.prune, body: request), operation: "prune", client: context.client())
        }
        let gone = try before.without(Leftovers(context.locations))
        let session = try ImageSession(context)
        let removal = try await session.store.prune(filters.pruneOptions(all: all), inUse: session.uses())
        let freed = gone.bytes + removal.freed
        try context.streams.output.write(gone.text + removal.text + "Total reclaimed space: \(humanSize(freed))\n")
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

/// What could be removed, with its size, to tell later what was.
private struct Leftovers {
    var containers: [String: Int64] = [:]
    var networks: Set<String> = []
    var volumes: [String: Int64] = [:]
    var hasStopped = false

    init(_ locations: Locations) throws {
        for container in try ContainerOnDisk.all(locations) {
            containers[container.id] = container.isRunning ? 0 : DiskUsage.of(container.writableDirectory)
            hasStopped = hasStopped || !container.isRunning
        }
        networks = Set(try Directory.names(in: locations.root + "/networks"))
        for name in try volumeNames(locations) {
            volumes[name] = DiskUsage.of("\(locations.root)/volumes/\(name)/_data")
        }
    }

    func without(_ rest: Leftovers) -> Leftovers {
        var gone = self
        gone.containers = containers.filter { rest.containers[$0.key] == nil }
        gone.networks = networks.subtracting(rest.networks)
        gone.volumes = volumes.filter { rest.volumes[$0.key] == nil }
        return gone
    }

    var bytes: Int64 { containers.values.reduce(0, +) + volumes.values.reduce(0, +) }

    var text: String {
        func part(_ title: String, _ names: some Sequence<String>) -> String {
            let lines = names.sorted().map { $0 + "\n" }.joined()
            return lines.isEmpty ? "" : "Deleted \(title):\n\(lines)\n"
        }
        let networkNames = networks.map { $0.hasSuffix(".json") ? String($0.dropLast(5)) : $0 }
        return part("Containers", containers.keys) + part("Networks", networkNames) + part("Volumes", volumes.keys)
    }
}
