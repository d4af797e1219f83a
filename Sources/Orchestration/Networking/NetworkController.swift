import Addressing
import ControlAPI
import Kernel
import Launching
import Logging
import NIOCore
import Networks
import Sandboxes
import StackModel

/// The networks of all stacks: bridges, leases, names and rulesets. Subnets and bridges are the host's, so one actor
/// gives them out.
actor NetworkController {
    private let store: NetworkStore
    /// Tells instances apart in names of links and tables.
    private let instance: String
    private var records: [String: NetworkRecord] = [:]
    private var ledger = AddressLedger()
    /// Networks whose bridge has been made, or found as it should be, by this supervisor.
    private var ready: Set<String> = []
    private var attached: [String: Attachment] = [:]
    private var applied: [String: Ruleset] = [:]
    private var services: [String: NameService] = [:]
    private let group: any EventLoopGroup
    private let directory = NameDirectory()

    /// A running container's places on its networks.
    struct Attachment: Sendable {
        var stack: String
        var addresses: [String: IPv4Address]
        var ports: [ResolvedPort]
    }

    init(locations: Locations, instance: String, group: any EventLoopGroup) throws {
        store = NetworkStore(directory: locations.root + "/networks")
        self.instance = instance
        self.group = group
        (records, ledger) = try store.load()
    }

    // MARK: Networks

    /// The networks made for a stack, by their name on the host.
    func definitions(of stack: String) -> [String: StackNetwork] {
        records.values.filter { $0.stack == stack }.reduce(into: [:]) { $0[$1.definition.name] = $1.definition }
    }

    /// Makes a network, or finds the one that is there.
    func create(_ network: StackNetwork, stack: String) throws {
        guard network.driver == "bridge" || network.driver.isEmpty else {
            throw OperationError("network \(network.name): there is no driver \"\(network.driver)\", only bridge")
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

    /// Removes a network that nothing is attached to any more.
    func remove(_ name: String) throws {
        guard let record = records[name] else { return }
        if attached.values.contains(where: { $0.addresses[name] != nil }) {
            throw OperationError("network \(name) is in use by a container of another stack; remove that first")
        }
        var socket = try RouteSocket()
        try socket.removeBridge(record.bridge)
        try store.remove(name)
        records[name] = nil
        ready.remove(name)
        ledger.removeNetwork(name)
        try store.save(ledger)
        try refresh(record.stack)
    }

    /// Makes the bridge be there; after a reboot it isn't.
    private func prepare(_ name: String) throws {
        guard !ready.contains(name), let record = records[name], let leases = ledger.networks[name] else { return }
        var socket = try RouteSocket()
        try socket.ensureBridge(Bridge(name: record.bridge, gateway: leases.gateway, subnet: leases.subnet))
        try KernelSettings.allowForwarding()
        try KernelSettings.allowLoopbackPorts(on: record.bridge)
        ready.insert(name)
    }

    private static func request(_ network: StackNetwork) throws -> SubnetRequest {
        guard let range = network.ipam.first(where: { !($0.subnet ?? "").contains(":") }) else {
            return SubnetRequest()
        }
        func parsed<Value: LosslessStringConvertible>(_ text: String?, _ what: String) throws -> Value? {
            guard let text else { return nil }
            guard let value = Value(text) else {
                throw OperationError("network \(network.name): \(what) \"\(text)\" is no IPv4 \(what)")
            }
            return value
        }
        return SubnetRequest(
            subnet: try parsed(range.subnet, "subnet"), gateway: try parsed(range.gateway, "gateway"),
            range: try parsed(range.ipRange, "ip_range"))
    }

    // MARK: Endpoints

    /// Gives a container its places on its networks, highest priority first.
    func lease(_ record: ContainerRecord) throws -> [(network: String, address: IPv4Address, endpoint: SandboxEndpoint)]
    {
        let wanted = record.settings.networks.sorted { ($1.value.priority, $0.key) < ($0.value.priority, $1.key) }
        var result: [(String, IPv4Address, SandboxEndpoint)] = []
        for (index, (key, attachment)) in wanted.enumerated() {
            guard let name = record.networks[key]?.name, let network = records[name] else {
                throw OperationError(
                    "network \(record.networks[key]?.name ?? key) doesn't exist; make it, or take `external` away")
            }
            try prepare(name)
            let asked = attachment.ipv4Address.flatMap { IPv4Address($0) }
            let address = try ledger.lease(record.name, on: name, address: asked)
            let mac = attachment.macAddress.flatMap { MACAddress($0) } ?? MACAddress(of: address)
            guard let leases = ledger.networks[name] else { continue }
            result.append(
                (
                    name, address,
                    SandboxEndpoint(
                        hostLink: LinkNames.endpoint(container: record.id, network: name), bridge: network.bridge,
                        name: "eth\(index)", mac: mac.bytes, address: address.bytes,
                        prefixLength: leases.subnet.length,
                        gateway: network.definition.isInternal ? nil : leases.gateway.bytes)
                ))
        }
        try store.save(ledger)
        return result
    }

    /// The leases of a container that runs already; nothing new is given out.
    private func addresses(of record: ContainerRecord) -> [String: IPv4Address] {
        record.networks.values.reduce(into: [:]) { $0[$1.name] = ledger.networks[$1.name]?.leases[record.name] }
    }

    /// Where a running container is, by the network's name.
    func places(of record: ContainerRecord) -> [String: NetworkPlace] {
        (attached[record.id]?.addresses ?? [:]).reduce(into: [:]) { result, place in
            guard let leases = ledger.networks[place.key] else { return }
            result[place.key] = NetworkPlace(
                address: "\(place.value)", prefixLength: Int(leases.subnet.length), gateway: "\(leases.gateway)",
                mac: "\(MACAddress(of: place.value))")
        }
    }

    /// A container runs: its names can be found, its ports lead to it, and it can look names up.
    func attach(_ record: ContainerRecord, _ processes: LaunchSuccess, ports: [ResolvedPort], log: Logger) async {
        let addresses = addresses(of: record)
        guard !addresses.isEmpty else { return }
        attached[record.id] = Attachment(stack: record.stack, addresses: addresses, ports: ports)
        directory.add(record, addresses)
        do {
            for name in addresses.keys { try prepare(name) }
            try refresh(record.stack)
            services[record.id] = try await startNames(record, processes)
        } catch {
            log.error("\(record.name): its network is incomplete: \(error)")
        }
    }

    /// A container has ended.
    func detach(_ record: ContainerRecord) async {
        guard let attachment = attached.removeValue(forKey: record.id) else { return }
        directory.remove(record)
        for name in attachment.addresses.keys { ledger.release(record.name, on: name) }
        // What can't be saved or applied now is put right by the next change, or the next supervisor.
        try? store.save(ledger)
        try? refresh(record.stack)
        await services.removeValue(forKey: record.id)?.stop()
    }

    /// Serves the sockets that the container's shim holds.
    private func startNames(_ record: ContainerRecord, _ processes: LaunchSuccess) async throws -> NameService {
        let shim = try ProcessDescriptor(ProcessIdentity(pid: processes.shim, startTime: processes.shimStartTime))
        let host = ResolvConf(parsing: (try? Files.readText("/etc/resolv.conf")) ?? "")
        let own = record.settings.dns.compactMap { IPAddress($0) }
        let datagram = try shim.descriptor(MonitorSettings.nameSocketDescriptors.datagram)
        let stream = try shim.descriptor(MonitorSettings.nameSocketDescriptors.stream)
        let directory = directory
        let id = record.id
        return try await NameService(
            datagram: datagram.release(), stream: stream.release(),
            upstreams: ResolvConf.upstreams(host: host, dns: own), group: group,
            table: { directory.table(of: id) })
    }

    /// What the containers of all stacks hold.
    var publishedPorts: Set<ResolvedPort> { Set(attached.values.flatMap(\.ports)) }

    // MARK: Rules

    /// The stack's rules as they should be.
    func ruleset(of stack: String) -> Ruleset {
        let networks = records.values.filter { $0.stack == stack }.sorted { $0.definition.name < $1.definition.name }
        let parts = networks.compactMap { record in
            ledger.networks[record.definition.name].map {
                Ruleset.Network(bridge: record.bridge, subnet: $0.subnet, isInternal: record.definition.isInternal)
            }
        }
        let ports = attached.filter { $0.value.stack == stack }.sorted { $0.key < $1.key }
            .flatMap { _, attachment in publishedPorts(attachment) }
        return Ruleset(table: Ruleset.tableName(instance: instance, stack: stack), networks: parts, ports: ports)
    }

    private func publishedPorts(_ attachment: Attachment) -> [Ruleset.PublishedPort] {
        // Packets come in over a network that has a way out.
        let open = attachment.addresses.filter { records[$0.key]?.definition.isInternal == false }
        guard let address = open.min(by: { $0.key < $1.key })?.value else { return [] }
        return attachment.ports.compactMap { port in
            guard let transport = TransportProtocol(port.protocol) else { return nil }
            return Ruleset.PublishedPort(
                hostAddress: port.hostIP.flatMap { IPv4Address($0) }, hostPort: Port(port.published, transport),
                address: address, containerPort: port.target)
        }
    }

    /// Brings the kernel's table to what it should be, in one transaction, if it isn't.
    private func refresh(_ stack: String) throws {
        let wanted = ruleset(of: stack)
        guard applied[stack] != wanted else { return }
        var socket = try NetfilterSocket()
        if wanted.networks.isEmpty {
            try socket.deleteTable(wanted.table)
            applied[stack] = nil
        } else {
            try socket.apply(wanted)
            applied[stack] = wanted
        }
    }
}
