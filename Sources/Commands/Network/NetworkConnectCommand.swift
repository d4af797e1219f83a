import Addressing
import ArgumentParser
import ControlAPI
import StackModel

/// `roost network connect`.
struct NetworkConnectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect", abstract: "Connect a container to a network",
        usage: "roost network connect [OPTIONS] NETWORK CONTAINER",
        discussion: "It lasts as long as the container: one that `up` makes anew is where its file says.")
    static let unsupported = ["--driver-opt", "--ip6", "--link-local-ip"]

    @Option(
        name: .customLong("alias"), parsing: .unconditionalSingleValue,
        help: "Add network-scoped alias for the container")
    var aliases: [String] = []

    @Option(
        name: .customLong("gw-priority"), parsing: .unconditional,
        help: "Highest gw-priority provides the default gateway")
    var priority = 0

    @Option(name: .customLong("ip"), help: "IPv4 address (e.g., \"172.30.100.104\")")
    var address: String?

    @Option(
        name: .customLong("link"), parsing: .unconditionalSingleValue,
        help: "Add a name that this container alone has for another one (CONTAINER:NAME)")
    var links: [String] = []

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, exactly: 2, of: "network connect")
        _ = try await context.client().fetch(ControlRequest(.connect, names[0], body: request(names[1])))
        return 0
    }

    func request(_ container: String) throws(CommandFailure) -> ConnectionRequest {
        var request = ConnectionRequest(container: container)
        request.attachment.aliases = aliases
        request.attachment.priority = priority
        if let address {
            guard let parsed = IPv4Address(address) else { throw CommandFailure("invalid IPv4 address: \(address)") }
            request.attachment.ipv4Address = parsed
        }
        for link in links {
            let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
            guard let target = parts.first, let name = parts.last else {
                throw CommandFailure("invalid link \"\(link)\": write it as CONTAINER:NAME")
            }
            request.attachment.links = (request.attachment.links ?? [:]).merging([name: .container(target)]) { $1 }
        }
        return request
    }
}

/// `roost network disconnect`.
struct NetworkDisconnectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect", abstract: "Disconnect a container from a network",
        usage: "roost network disconnect [OPTIONS] NETWORK CONTAINER",
        discussion: "The next up attaches it again if its file says so.")

    @Flag(
        name: [.customShort("f"), .customLong("force")],
        help: "Do not error if the container does not exist, or is not on the network")
    var force = false

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, exactly: 2, of: "network disconnect")
        var request = DisconnectionRequest(container: names[1])
        request.force = force
        _ = try await context.client().fetch(ControlRequest(.disconnect, names[0], body: request))
        return 0
    }
}
