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

    /// What there is.
    public init(table: EndpointTable = EndpointTable(), networks: [HostedNetwork] = [], instance: String) {
        self.table = table
        self.networks = networks.reduce(into: [:]) { $0[$1.name] = $1 }
        self.instance = instance
    }

    // MARK: Rules

    /// The rules of a stack: its networks, and the ports of its containers.
    public func ruleset(of stack: String) -> Ruleset {
        let own = networks.values.filter { $0.stack == stack }.sorted { $0.name < $1.name }
        return Ruleset(
            table: Ruleset.tableName(instance: instance, stack: stack),
            networks: own.map { Ruleset.Network(bridge: $0.bridge, subnets: $0.subnets, isInternal: $0.isInternal) },
            ports: candidates(of: stack).flatMap { endpoint in endpoint.ports.flatMap { rules(of: $0, for: endpoint) } }
        )
    }

    /// Of several containers of a service that have the same port, the one that is most fit comes first, and the first
    /// one counts: the newest of those that are ready, or, where none is, of those that run.
    private func candidates(of stack: String) -> [EndpointTable.Endpoint] {
        table.endpoints.values.filter { $0.stack == stack && $0.isAttached }
            .sorted { ($0.isWanted ? 0 : 1, $1.run, $0.container) < ($1.isWanted ? 0 : 1, $0.run, $1.container) }
    }

    /// A rule for each family that the port is published in and the container has an address of.
    private func rules(
        of port: EndpointTable.PublishedPort, for endpoint: EndpointTable.Endpoint
    ) -> [Ruleset.PublishedPort] {
        // Packets come in over a network that has a way out.
        let open = endpoint.places.filter { networks[$0.network]?.isInternal == false }
        return AddressFamily.allCases.compactMap { family in
            if let address = port.hostAddress, address.family != family { return nil }
            let addresses = open.sorted { $0.network < $1.network }.flatMap(\.addresses)
            return addresses.first { $0.family == family }.map {
                Ruleset.PublishedPort(
                    hostAddress: port.hostAddress, hostPort: port.hostPort, address: $0,
                    containerPort: port.containerPort)
            }
        }
    }

    // MARK: Names

    /// The networks that a container is on: containers on the same ones see the same names.
    public func networks(of container: String) -> Set<String> {
        Set(table[container]?.places.map(\.network) ?? [])
    }

    /// The names that are seen on networks.
    public func names(on networks: Set<String>) -> NameTable {
        // In a stable order, so that answers don't depend on the order of starts.
        let endpoints = table.all.filter(\.isAttached).flatMap { endpoint in
            endpoint.places.filter { networks.contains($0.network) }.map { place in
                NameTable.Endpoint(
                    network: place.network, addresses: place.addresses,
                    names: [endpoint.name] + (endpoint.service.isEmpty ? [] : [endpoint.service]) + place.aliases
                        + [String(endpoint.container.prefix(12))],
                    isWanted: endpoint.isWanted)
            }
        }
        return NameTable(endpoints, networks: networks)
    }
}
