import ArgumentParser
import ControlAPI
import StackFile

/// `roost rename`.
struct RenameCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Rename a container", usage: "roost rename CONTAINER NEW_NAME")

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, exactly: 2, of: "rename")
        let body = RenameRequest(name: names[1])
        _ = try await context.client().fetch(ControlRequest(.renameContainer, names[0], body: body))
        return 0
    }
}

/// `roost diff`.
struct DiffCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Inspect changes to files or directories on a container's filesystem",
        usage: "roost diff CONTAINER", discussion: "A stands for what was added, C for changed, D for deleted.")

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, exactly: 1, of: "diff")
        let changes = try await context.client().fetch(ControlRequest(.containerChanges, names[0]))
        try context.streams.output.write(changes.map { "\($0.kind.rawValue) \($0.path)\n" }.joined())
        return 0
    }
}

/// `roost update`.
struct UpdateCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Update configuration of one or more containers",
        usage: "roost update [OPTIONS] CONTAINER [CONTAINER...]",
        discussion: "It holds until the container is made anew: the next up with another limit in its file counts more."
    )

    @Option(name: .customLong("cpu-period"), parsing: .unconditional, help: "Limit CPU CFS period, in microseconds")
    var cpuPeriod: Int64?

    @Option(name: .customLong("cpu-quota"), parsing: .unconditional, help: "Limit CPU CFS quota, in microseconds")
    var cpuQuota: Int64?

    @Option(
        name: [.customShort("c", allowingJoined: true), .customLong("cpu-shares")], parsing: .unconditional,
        help: "CPU shares (relative weight)")
    var cpuShares: Int64?

    @Option(name: .customLong("cpus"), parsing: .unconditional, help: "Number of CPUs")
    var cpus: String?

    @Option(
        name: .customLong("cpuset-cpus"), parsing: .unconditional, help: "CPUs in which to allow execution (0-3, 0,1)")
    var cpuset: String?

    @Option(
        name: [.customShort("m", allowingJoined: true), .customLong("memory")], parsing: .unconditional,
        help: "Memory limit")
    var memory: String?

    @Option(name: .customLong("memory-reservation"), parsing: .unconditional, help: "Memory soft limit")
    var memoryReservation: String?

    @Option(
        name: .customLong("memory-swap"), parsing: .unconditional,
        help: "Swap limit equal to memory plus swap: -1 to enable unlimited swap")
    var memorySwap: String?

    @Option(name: .customLong("pids-limit"), parsing: .unconditional, help: "Tune container pids limit (-1: unlimited)")
    var pids: Int64?

    @Option(
        name: .customLong("restart"), parsing: .unconditional,
        help: "Restart policy to apply when a container exits")
    var restart: String?

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, atLeast: 1, of: "update")
        let body = try update()
        guard body != ContainerUpdate() else {
            throw CommandFailure("you must provide one or more flags when using this command")
        }
        let client = context.client()
        return try await context.forEach(names) { name in
            _ = try await client.fetch(ControlRequest(.updateContainer, name, body: body))
        }
    }

    func update() throws(CommandFailure) -> ContainerUpdate {
        var body = ContainerUpdate()
        body.memory = try bytes(memory, "--memory")
        body.memoryReservation = try bytes(memoryReservation, "--memory-reservation")
        body.memoryAndSwap = memorySwap == "-1" ? -1 : try bytes(memorySwap, "--memory-swap")
        body.milliCPUs = try cpus.map { text throws(CommandFailure) in
            guard let count = Double(text), count > 0, count < 100_000 else {
                throw CommandFailure("--cpus: \"\(text)\" is no number of CPUs")
            }
            return Int64((count * 1000).rounded())
        }
        body.cpuShares = cpuShares
        body.cpuQuota = cpuQuota
        body.cpuPeriod = cpuPeriod
        body.cpuset = cpuset
        body.pids = pids
        body.restart = restart
        return body
    }

    private func bytes(_ text: String?, _ option: String) throws(CommandFailure) -> Int64? {
        guard let text else { return nil }
        guard let count = ByteCount.parse(text), count > 0 else {
            throw CommandFailure("\(option): \"\(text)\" is no size: a number with b, k, m or g behind it")
        }
        return count
    }
}
