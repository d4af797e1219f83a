public import Addressing

/// A network of this host, as packets and names are told of it.
public struct HostedNetwork: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The stack that it was made for, whose ruleset speaks of it.
    public var stack: String
    /// The link name of its bridge.
    public var bridge: String
    /// Its subnets, at most one of each family.
    public var subnets: [Prefix]
    /// Whether its containers are cut off from everything but each other.
    public var isInternal: Bool

    /// Describes a network.
    public init(name: String, stack: String, bridge: String, subnets: [Prefix], isInternal: Bool = false) {
        self.name = name
        self.stack = stack
        self.bridge = bridge
        self.subnets = subnets
        self.isInternal = isInternal
    }
}

/// What follows from the containers' places and the networks: rules for packets, and names. There is nothing else that
/// either comes from, so they can't contradict each other.
public struct NetworkView: Hashable, Sendable {
    /// The containers.
    public var table: EndpointTable
    /// The networks by name.
    public var networks: [String: HostedNetwork]
    /// Tells state directories apart, in names of tables.
    public var instance: String
    /// See ``Ruleset/openedLinks``.
    public var openedLinks: [String]

    /// What there is.
    public init(
        table: EndpointTable = EndpointTable(), networks: [HostedNetwork] = [], instance: String,
        openedLinks: [String] = []
    ) {
        self.table = table
        self.networks = networks.reduce(into: [:]) { $0[$1.name] = $1 }
        self.instance = instance
        self.openedLinks = openedLinks
    }

    // MARK: Rules

    /// The rules of a stack: its networks, and the ports and links of its containers.
    public func ruleset(of stack: String) -> Ruleset {
        let own = networks.values.filter { $0.stack == stack }.sorted { $0.name < $1.name }
        let endpoints = table.all.filter { $0.stack == stack }
        return Ruleset(
            table: Ruleset.tableName(instance: instance, stack: stack),
            networks: own.map { Ruleset.Network(bridge: $0.bridge, subnets: $0.subnets, isInternal: $0.isInternal) },
            ports: ports(of: endpoints), links: endpoints.filter(\.isGuarded).flatMap { links(of: $0) },
            openedLinks: openedLinks)
    }

    private struct PublishedAddress: Hashable {
        var address: IPAddress?
        var port: Port
    }

    /// Containers of a service that have the same port share what comes to it.
    private func ports(of endpoints: [EndpointTable.Endpoint]) -> [Ruleset.PublishedPort] {
        var holders: [PublishedAddress: [(EndpointTable.Endpoint, UInt16)]] = [:]
        for endpoint in endpoints where endpoint.isAttached || endpoint.isAwaited {
            for port in endpoint.ports {
                let key = PublishedAddress(address: port.hostAddress, port: port.hostPort)
                holders[key, default: []].append((endpoint, port.containerPort))
            }
        }
        return holders.map { key, holders in
            Ruleset.PublishedPort(
                hostAddress: key.address, hostPort: key.port,
                targets: Self.fittest(holders, endpoint: \.0).flatMap { targets($0.0, port: $0.1, on: key.address) })
        }
        .filter { port in !port.targets.isEmpty || endpoints.contains { $0.isAwaited && $0.publishes(port) } }
        .sorted { ($0.hostPort, $0.hostAddress ?? .v4(.any)) < ($1.hostPort, $1.hostAddress ?? .v4(.any)) }
    }

    /// Those that can do their work, or, where none can, those that at least run.
    private static func fittest<Holder>(
        _ holders: [Holder], endpoint: (Holder) -> EndpointTable.Endpoint
    ) -> [Holder] {
        for isFit in [\EndpointTable.Endpoint.isWanted, \.isAttached] {
            let fit = holders.filter { endpoint($0)[keyPath: isFit] }
            if !fit.isEmpty { return fit }
        }
        return []
    }

    /// An address of each family that the port is published in and the container has one of.
    private func targets(
        _ endpoint: EndpointTable.Endpoint, port: UInt16, on hostAddress: IPAddress?
    ) -> [Ruleset.PublishedPort.Target] {
        // Packets come in over a network that has a way out.
        let open = endpoint.places.filter { networks[$0.network]?.isInternal == false }.sorted {
            $0.network < $1.network
        }
        return AddressFamily.allCases.compactMap { family in
            if let hostAddress, hostAddress.family != family { return nil }
            return open.flatMap(\.addresses).first { $0.family == family }.map { .init($0, port) }
        }
    }

    private func links(of endpoint: EndpointTable.Endpoint) -> [Ruleset.Link] {
        endpoint.places.filter { networks[$0.network] != nil }.map { place in
            Ruleset.Link(
                name: LinkNames.endpoint(container: endpoint.container, network: place.network), mac: place.mac,
                addresses: place.addresses)
        }
    }

    // MARK: Names

    /// The networks that a container is on: containers on the same ones see the same names.
    public func networks(of container: String) -> Set<String> {
        Set(table[container]?.places.map(\.network) ?? [])
    }

    /// The names of its own choice that a container has for others.
    public func links(of container: String) -> [String: EndpointTable.LinkTarget] { table[container]?.links ?? [:] }

    /// The names that are seen on networks.
    ///
    /// - Parameters:
    ///   - links: names that whoever looks has chosen.
    ///   - stack: that of whoever looks.
    public func names(
        on networks: Set<String>, links: [String: EndpointTable.LinkTarget] = [:], stack: String = ""
    ) -> NameTable {
        // In a stable order, so that answers don't depend on the order of starts.
        let endpoints = table.all.filter(\.isAttached).flatMap { endpoint in
            endpoint.places.filter { networks.contains($0.network) }.map { place in
                NameTable.Endpoint(
                    network: place.network, addresses: place.addresses,
                    names: endpoint.names(place)
                        + links.filter { $0.value.means(endpoint, from: stack) }.keys.sorted(),
                    ports: endpoint.listening ?? [], isWanted: endpoint.isWanted)
            }
        }
        return NameTable(endpoints, networks: networks)
    }
}

extension EndpointTable.Endpoint {
    /// The names that everybody on a network knows it by. `tasks.SERVICE` always means the containers themselves, as in
    /// Docker's swarm.
    fileprivate func names(_ place: EndpointTable.Place) -> [String] {
        [name] + (service.isEmpty ? [] : [service, "tasks." + service]) + place.aliases + [String(container.prefix(12))]
    }
}

extension EndpointTable.LinkTarget {
    /// - Parameter stack: that of whoever chose the name.
    fileprivate func means(_ endpoint: EndpointTable.Endpoint, from stack: String) -> Bool {
        switch self {
        case .service(let name): endpoint.service == name && endpoint.stack == stack
        case .container(let name): endpoint.name == name || endpoint.container == name
        }
    }
}
