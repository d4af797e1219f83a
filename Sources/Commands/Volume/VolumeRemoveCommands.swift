import ArgumentParser
import ControlAPI

/// `roost volume rm`.
struct VolumeRemoveCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove one or more volumes",
        usage: "roost volume rm [OPTIONS] VOLUME [VOLUME...]")

    @Flag(name: [.customShort("f"), .customLong("force")], help: "Don't complain of a volume that isn't there")
    var force = false

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, atLeast: 1, of: "volume rm")
        var body = VolumeRemoval()
        body.force = force
        let client = context.client()
        return try await context.forEach(names) { name in
            _ = try await client.fetch(ControlRequest(.removeVolume, name, body: body))
        }
    }
}

/// `roost volume prune`.
struct VolumePruneCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove unused local volumes", usage: "roost volume prune [OPTIONS]",
        discussion: "Filters: all, label, label!.")

    @Flag(name: [.customShort("a"), .customLong("all")], help: "Remove all unused volumes, not just anonymous ones")
    var all = false

    @Option(
        name: .customLong("filter"), parsing: .unconditionalSingleValue,
        help: "Provide filter values (e.g. \"label=<label>\")")
    var filters: [String] = []

    @OptionGroup var force: ForceOption

    func perform(in context: Context) async throws -> Int32 {
        let filters = try VolumeFilters(filters, allowed: ["all", "label", "label!"])
        let takesNamed = all || filters.all
        let kind = takesNamed ? "all local volumes" : "anonymous local volumes"
        let warning = "WARNING! This will remove \(kind) not used by at least one container."
        guard try force.isConfirmed(warning, in: context) else { return 0 }
        let client = context.client()
        let chosen = try await client.fetch(ControlRequest(.volumes)).filter { volume in
            volume.containers.isEmpty && (takesNamed || volume.isAnonymous) && filters.lets(volume)
        }
        let sizes = chosen.isEmpty ? [] : try await client.fetch(ControlRequest(.diskUsage)).volumes
        var removed: [String] = []
        for name in chosen.map(\.name).sorted() {
            do {
                _ = try await client.fetch(ControlRequest(.removeVolume, name, body: VolumeRemoval()))
                removed.append(name)
            } catch is Refusal {
                // Somebody uses it by now.
            }
        }
        let list = removed.isEmpty ? "" : "Deleted Volumes:\n" + removed.map { $0 + "\n" }.joined() + "\n"
        let freed = sizes.filter { removed.contains($0.name) }.reduce(0) { $0 + $1.size }
        try context.streams.output.write(list + "Total reclaimed space: \(humanSize(freed))\n")
        return 0
    }
}

/// The commands of `roost volume` by their names.
func volumeCommandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "create": VolumeCreateCommand.self
    case "inspect": VolumeInspectCommand.self
    case "ls", "list": VolumeListCommand.self
    case "prune": VolumePruneCommand.self
    case "rm", "remove": VolumeRemoveCommand.self
    default: nil
    }
}
