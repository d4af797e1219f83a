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
    private var lastToken = 0
    private var services: [String: NameService] = [:]
    private let group: any EventLoopGroup
    private let directory = NameDirectory()

    /// A running container's places on its networks.
    struct Attachment: Sendable {
        /// Tells this run of the container from the next.
        var token: Int
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

    func exists(_ name: String) -> Bool { records[name] != nil }

    /// Removes a network that nothing is attached to any more.
    ///
    /// The record goes last: as long as it is there, a removal that was interrupted is done again.
    /// - Returns: false if a container still is on it; then it stays.
    func remove(_ name: String) throws -> Bool {
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
        let before = ledger
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
        if ledger != before { try store.save(ledger) }
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
        guard let token = enter(record, ports) else { return }
        do {
            for name in record.networks.values.map(\.name) { try prepare(name) }
            try refresh(record.stack)
            let service = try await startNames(record, processes)
            // A container may end before its name service has begun.
            guard attached[record.id]?.token == token else { return await service.stop() }
            await services.updateValue(service, forKey: record.id)?.stop()
        } catch {
            log.error("\(record.name): its network is incomplete: \(error)")
        }
    }

    /// Takes over what runs already, then puts all rules right at once: no port stops working for a moment, and none
    /// leads to a container that ended meanwhile.
    func adopt(_ running: [(ContainerRecord, [ResolvedPort])], log: Logger) {
        for (record, ports) in running { _ = enter(record, ports) }
        for stack in Set(records.values.map(\.stack)) {
            do {
                try refresh(stack)
            } catch {
                log.error("stack \(stack): its rules are not up to date: \(error)")
            }
        }
    }

    private func enter(_ record: ContainerRecord, _ ports: [ResolvedPort]) -> Int? {
        let addresses = addresses(of: record)
        guard !addresses.isEmpty else { return nil }
        lastToken += 1
        attached[record.id] = Attachment(token: lastToken, stack: record.stack, addresses: addresses, ports: ports)
        directory.add(record, addresses)
        return lastToken
    }

    /// A container has ended.
    func detach(_ record: ContainerRecord) async {
        guard attached.removeValue(forKey: record.id) != nil else { return }
        directory.remove(record)
        // What can't be applied now is put right by the next change, or the next supervisor.
        try? refresh(record.stack)
        await services.removeValue(forKey: record.id)?.stop()
    }

    /// A container is gone: others may have its addresses.
    func release(_ record: ContainerRecord) throws {
        let held = record.networks.values.map(\.name).filter { ledger.networks[$0]?.leases[record.name] != nil }
        if held.isEmpty { return }
        for name in held { ledger.release(record.name, on: name) }
        try store.save(ledger)
    }

    /// Serves the sockets that the container's shim holds.
    private func startNames(_ record: ContainerRecord, _ processes: LaunchSuccess) async throws -> NameService {
        let shim = try ProcessDescriptor(processes.monitor)
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
            // No address means all of them, which is not what an IPv6 address asks for.
            if let address = port.hostIP, IPv4Address(address) == nil { return nil }
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
        if wanted.networks.isEmpty && wanted.ports.isEmpty {
            try socket.deleteTable(wanted.table)
            applied[stack] = nil
        } else {
            try socket.apply(wanted)
            applied[stack] = wanted
        }
    }
}
