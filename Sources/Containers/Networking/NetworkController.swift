import Addressing
public import ControlAPI
import Kernel
import Launching
import Logging
public import NIOCore
import Networks
import Planning
import Sandboxes
public import StackModel

/// The networks of all stacks: bridges, leases, names and rulesets. Subnets and bridges are the host's, so one actor
/// gives them out.
public actor NetworkController {
    let store: NetworkStore
    /// Tells instances apart in names of links and tables.
    let instance: String
    var records: [String: NetworkRecord] = [:]
    var ledger = AddressLedger()
    /// Networks whose bridge has been made, or found as it should be, by this supervisor.
    var ready: Set<String> = []
    var attached: [String: Attachment] = [:]
    var applied: [String: Ruleset] = [:]
    var lastToken = 0
    var services: [String: NameService] = [:]
    let group: any EventLoopGroup
    let directory = NameDirectory()

    /// A running container's places on its networks.
    struct Attachment: Sendable {
        /// Tells this run of the container from the next.
        var token: Int
        var stack: String
        var addresses: [String: IPv4Address]
        var ports: [ResolvedPort]
    }

    public init(locations: Locations, instance: String, group: any EventLoopGroup) throws {
        store = NetworkStore(directory: locations.root + "/networks")
        self.instance = instance
        self.group = group
        (records, ledger) = try store.load()
    }

    // MARK: Networks

    /// The networks made for a stack, by their name on the host.
    public func definitions(of stack: String) -> [String: StackNetwork] {
        records.values.filter { $0.stack == stack }.reduce(into: [:]) { $0[$1.definition.name] = $1.definition }
    }

    /// Makes a network, or finds the one that is there.
    public func create(_ network: StackNetwork, stack: String) throws {
        guard network.driver == "bridge" || network.driver.isEmpty else {
            throw ContainerError("network \(network.name): there is no driver \"\(network.driver)\", only bridge")
        }
        if records[network.name] == nil {
            var socket = try RouteSocket()
            try ledger.addNetwork(network.name, Self.request(network), hostRoutes: socket.routedSubnets())
            let record = NetworkRecord(
                definition: network, stack: stack, bridge: LinkNames.bridge(network: instance + "/" + network.name))
            try store.save(ledger)
            try store.save(record)
            records[network.name] = record
        }
        try prepare(network.name)
        try refresh(stack)
    }

    public func exists(_ name: String) -> Bool { records[name] != nil }

    /// Removes a network that nothing is attached to any more.
    ///
    /// The record goes last: as long as it is there, a removal that was interrupted is done again.
    /// - Returns: false if a container still is on it; then it stays.
    public func remove(_ name: String) throws -> Bool {
        guard let record = records[name] else { return true }
        if attached.values.contains(where: { $0.addresses[name] != nil }) { return false }
        records[name] = nil
        do {
            try refresh(record.stack)
            var socket = try RouteSocket()
            try socket.removeBridge(record.bridge)
            ledger.removeNetwork(name)
            try store.save(ledger)
            try store.remove(name)
        } catch {
            records[name] = record
            throw error
        }
        ready.remove(name)
        return true
    }

    /// Makes the bridge be there; after a reboot it isn't.
    func prepare(_ name: String) throws {
        guard !ready.contains(name), let record = records[name], let leases = ledger.networks[name] else { return }
        var socket = try RouteSocket()
        try socket.ensureBridge(Bridge(name: record.bridge, gateway: leases.gateway, subnet: leases.subnet))
        try KernelSettings.allowForwarding()
        try KernelSettings.allowLoopbackPorts(on: record.bridge)
        ready.insert(name)
    }

    private static func request(_ network: StackNetwork) throws -> SubnetRequest {
        guard let range = network.ipam.first else { return SubnetRequest() }
        if let gateway = range.gateway, gateway.v4 == nil {
            throw ContainerError("network \(network.name): gateway \(gateway) is no IPv4 address")
        }
        return SubnetRequest(subnet: range.subnet, gateway: range.gateway?.v4, range: range.ipRange)
    }
}
