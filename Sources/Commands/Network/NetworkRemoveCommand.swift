import ArgumentParser
import ControlAPI
import Kernel

/// `roost network rm`.
struct NetworkRemoveCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove one or more networks",
        usage: "roost network rm [OPTIONS] NETWORK [NETWORK...]")

    @Flag(name: [.customShort("f"), .customLong("force")], help: "Do not error if the network does not exist")
    var force = false

    @Argument(help: .hidden) var networks: [String] = []

    /// As Docker, goes on with the next network after one that can't be removed, and ends with 1.
    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(networks, atLeast: 1, of: "network rm")
        let client = context.client()
        var request = NetworkRemovalRequest()
        request.force = force
        var exitCode: Int32 = 0
        for network in networks {
            do {
                let removed = try await client.fetch(ControlRequest(.removeNetwork, network, body: request))
                if !removed.isEmpty { try context.streams.output.write(network + "\n") }
                try context.streams.output.flush()
            } catch let refusal as Refusal {
                context.streams.error.say(refusal.message)
                exitCode = 1
            }
        }
        return exitCode
    }
}

/// `roost network prune`.
struct NetworkPruneCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove all unused networks", usage: "roost network prune [OPTIONS]",
        discussion:
            "Those that were made by hand and that no container is attached to; a stack's own go with it (down). "
            + "Filters: label, label!, until.")

    @Option(
        name: .customLong("filter"), parsing: .unconditionalSingleValue,
        help: "Provide filter values (e.g. \"until=<timestamp>\")")
    var filters: [String] = []

    @OptionGroup var force: ForceOption

    func perform(in context: Context) async throws -> Int32 {
        let filters = try NetworkFilters(filters, allowed: NetworkFilters.pruneKeys, now: Timestamp.now())
        let warning = "WARNING! This will remove all custom networks not used by at least one container."
        guard try force.isConfirmed(warning, in: context) else { return 0 }
        let client = context.client()
        var request = NetworkPruneRequest()
        request.names = try await client.fetch(ControlRequest(.networks)).filter(filters.accept).map(\.name)
        let removed = try await client.fetch(ControlRequest(.pruneNetworks, body: request))
        if removed.isEmpty { return 0 }
        try context.streams.output.write("Deleted Networks:\n" + removed.map { $0 + "\n" }.joined() + "\n")
        return 0
    }
}
