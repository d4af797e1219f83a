import ArgumentParser
import ControlAPI
import StackModel

/// `roost network create`.
struct NetworkCreateCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a network", usage: "roost network create [OPTIONS] NETWORK",
        discussion: "A stack uses it as `external: true`. It stays until `roost network rm` removes it.")
    static let unsupported = [
        "--config-from", "--config-only", "--ingress", "--ipam-driver", "--ipam-opt", "--ipv4", "--ipv6", "--scope",
    ]

    @Flag(name: .customLong("attachable"), help: "Enable manual container attachment (every network here has it)")
    var attachable = false

    @Option(
        name: .customLong("aux-address"), parsing: .unconditionalSingleValue,
        help: "Addresses that no container gets (\"router=10.9.0.2\")")
    var auxiliary: [String] = []

    @Option(
        name: [.customShort("d", allowingJoined: true), .customLong("driver")], parsing: .unconditional,
        help: "Driver to manage the network: bridge")
    var driver = "bridge"

    @Option(
        name: .customLong("gateway"), parsing: .unconditionalSingleValue, help: "IPv4 gateway for the subnet")
    var gateways: [String] = []

    @Flag(name: .customLong("internal"), help: "Restrict external access to the network")
    var isInternal = false

    @Option(
        name: .customLong("ip-range"), parsing: .unconditionalSingleValue,
        help: "Allocate container ip from a sub-range")
    var ranges: [String] = []

    @Option(name: .customLong("label"), parsing: .unconditionalSingleValue, help: "Set metadata on a network")
    var labels: [String] = []

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("opt")], parsing: .unconditionalSingleValue,
        help: "Set driver specific options")
    var options: [String] = []

    @Option(
        name: .customLong("subnet"), parsing: .unconditionalSingleValue,
        help: "Subnet in CIDR format that represents a network segment")
    var subnets: [String] = []

    @Argument(help: .hidden) var networks: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(networks, exactly: 1, of: "network create")
        let request = try request(networks[0])
        let id = try await context.client().fetch(ControlRequest(.createNetwork, body: request))
        try context.streams.output.write(id + "\n")
        return 0
    }

    func request(_ name: String) throws(CommandFailure) -> NetworkCreationRequest {
        let addressing = try NetworkAddressing(
            subnets: subnets, ranges: ranges, gateways: gateways, auxiliary: auxiliary)
        var request = NetworkCreationRequest(
            definition: StackNetwork(
                name: name, driver: driver, driverOpts: Self.pairs(options), isInternal: isInternal,
                ipam: addressing.ranges, labels: Self.pairs(labels)))
        request.attachable = attachable
        return request
    }

    /// `KEY=VALUE`; of two for one key the later counts.
    private static func pairs(_ texts: [String]) -> [String: String] {
        texts.reduce(into: [:]) { result, text in
            let label = ImageFilters.Label(text[...])
            result[label.key] = label.value ?? ""
        }
    }
}
