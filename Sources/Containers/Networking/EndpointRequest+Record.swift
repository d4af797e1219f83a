import Addressing
import Launching
import Networks
import Sandboxes
import StackModel

/// A container's settings in the words of `Networks`.
extension EndpointRequest {
    /// What a container asks of its networks.
    init(_ record: ContainerRecord) throws(ContainerError) {
        var attachments: [Attachment] = []
        for (name, attachment) in try record.attachments() {
            attachments.append(
                Attachment(
                    network: name,
                    aliases: record.owner.isOneOff && record.run?.usesAliases != true ? [] : attachment.aliases,
                    addresses: [attachment.ipv4Address].compactMap { $0 }.map(IPAddress.v4),
                    mac: attachment.macAddress, priority: attachment.priority))
        }
        self.init(EndpointTable.Endpoint(record), attachments: attachments)
    }

    static func missing(_ network: String) -> ContainerError {
        ContainerError("network \(network) doesn't exist; make it, or take `external` away")
    }
}

extension ContainerRecord {
    /// What it is attached to, by the networks' names on the host: what its file says by the order of the keys there,
    /// then what was connected by hand.
    func attachments() throws(ContainerError) -> [(network: String, attachment: NetworkAttachment)] {
        var result: [(network: String, attachment: NetworkAttachment)] = []
        for (key, attachment) in spec.settings.networks.sorted(by: { $0.key < $1.key }) {
            guard let name = spec.networks[key]?.name else { throw EndpointRequest.missing(key) }
            result.append((name, attachment))
        }
        let named = Set(result.map(\.network))
        for (name, attachment) in (connections ?? [:]).sorted(by: { $0.key < $1.key }) where !named.contains(name) {
            result.append((name, attachment))
        }
        return result
    }

    /// The names on the host of the networks that it is attached to; of those in its file, as far as that tells them.
    public var networkNames: Set<String> {
        Set(spec.settings.networks.keys.compactMap { spec.networks[$0]?.name } + (connections ?? [:]).keys)
    }

    /// Whether it is attached to any.
    var isOnNetworks: Bool { !spec.settings.networks.isEmpty || connections?.isEmpty == false }

    /// Whether the other one asks for something else of its networks, where its name is seen, too.
    func isElsewhere(than other: ContainerRecord) throws(ContainerError) -> Bool {
        let (own, others) = (try attachments(), try other.attachments())
        return spec.name != other.spec.name || own.map(\.network) != others.map(\.network)
            || own.map(\.attachment) != others.map(\.attachment)
    }
}

extension EndpointTable.Endpoint {
    /// An image may say that it listens on all ports that there are; nobody looks for so many.
    private static let maximumListening = 256

    /// A container without places and ports.
    init(_ record: ContainerRecord) {
        // Who looks for the service doesn't mean a container that somebody runs for himself.
        let isHidden = record.owner.isOneOff && record.run?.usesAliases != true
        self.init(
            container: record.id, name: record.name, service: isHidden ? record.name : record.service,
            stack: record.stack)
        listening = Array(record.listeningPorts.prefix(Self.maximumListening))
        let connected = (record.connections ?? [:]).values.compactMap(\.links)
        let all = connected.reduce(into: record.settings.links ?? [:]) { $0.merge($1) { $1 } }
        links =
            all.isEmpty
            ? nil
            : all.mapValues { link in
                switch link {
                case .service(let name): .service(name)
                case .container(let name): .container(name)
                }
            }
        // A name that there isn't lets no container start.
        let capabilities = try? Capability.effective(
            added: record.settings.capAdd, dropped: record.settings.capDrop, privileged: record.settings.privileged,
            available: .max)
        isGuarded = capabilities?.contains("CAP_NET_ADMIN") != true
    }
}

extension EndpointTable.PublishedPort {
    /// A port that was chosen for a container.
    init(_ port: ResolvedPort) {
        self.init(
            hostAddress: port.hostIP, hostPort: Port(port.published, port.protocol), containerPort: port.target)
    }

    /// As it is kept and shown.
    var resolved: ResolvedPort {
        ResolvedPort(
            hostIP: hostAddress, published: hostPort.number, target: containerPort, protocol: hostPort.transport)
    }
}

extension HeldPort {
    /// What the container's shim binds for a published port.
    init(_ port: EndpointTable.PublishedPort, sharers: [PortSharer] = []) {
        let address = port.hostAddress ?? .v4(.any)
        self.init(
            protocol: HeldProtocol(port.hostPort.transport), address: address.bytes, port: port.hostPort.number,
            sharers: sharers)
    }
}

extension HeldProtocol {
    init(_ transport: TransportProtocol) {
        self =
            switch transport {
            case .tcp: .tcp
            case .udp: .udp
            case .sctp: .sctp
            }
    }
}

extension SandboxEndpoint {
    /// The link of a container's place. Its gateways are those of the network's subnets, unless that has no way out.
    init(
        _ place: EndpointTable.Place, of container: String, number: Int, on network: NetworkRecord,
        _ leases: NetworkLeases
    ) {
        self.init(
            hostLink: LinkNames.endpoint(container: container, network: place.network), bridge: network.bridge,
            name: "eth\(number)", mac: place.mac.bytes,
            addresses: place.addresses.compactMap { address in
                leases[address.family].map {
                    SandboxAddress(
                        address: address.bytes, prefixLength: $0.subnet.length,
                        gateway: network.definition.isInternal ? nil : $0.gateway.bytes)
                }
            })
    }
}

extension SandboxNames {
    /// The name service of each container.
    static let standard = SandboxNames(
        address: NameRedirection.address.bytes, port: NameRedirection.port, redirection: NameRedirection.batch)
}

extension SubnetRequest {
    /// What a network asks for: an IPv4 subnet of its own, or of the ledger's choice. Subnets of IPv6 wait for a network
    /// that asks for the family.
    static func requests(of network: StackNetwork) throws(ContainerError) -> [SubnetRequest] {
        guard let range = network.ipam.first(where: { $0.subnet?.family != .v6 }) else { return [SubnetRequest()] }
        for family in [range.gateway?.family, range.ipRange?.family] where family == .v6 {
            throw ContainerError("network \(network.name): gateway and ip_range are not of the subnet's family")
        }
        let reserved = (range.auxAddresses ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        return [
            SubnetRequest(
                subnet: range.subnet, gateway: range.gateway, range: range.ipRange, reserved: reserved)
        ]
    }
}
