public import Addressing

/// All containers that have, or are about to have, places on networks or ports of the host, over all stacks.
///
/// A pure value. ``NetworkView`` makes everything of it that packets and names are told by.
public struct EndpointTable: Hashable, Sendable, Codable {
    /// A container's place on one network.
    public struct Place: Hashable, Sendable, Codable {
        /// The network's name.
        public var network: String
        /// At most one of each family, IPv4 first.
        public var addresses: [IPAddress]
        /// The hardware address of its end of the link.
        public var mac: MACAddress
        /// Further names on this network.
        public var aliases: [String]

        /// Describes a place.
        public init(network: String, addresses: [IPAddress], mac: MACAddress, aliases: [String] = []) {
            self.network = network
            self.addresses = addresses
            self.mac = mac
            self.aliases = aliases
        }
    }

    /// A port of the host that leads to the container.
    public struct PublishedPort: Hashable, Sendable, Codable {
        /// The host's address that it is published on; nil for all of them.
        public var hostAddress: IPAddress?
        /// The host's port.
        public var hostPort: Port
        /// The container's port, of the same protocol.
        public var containerPort: UInt16

        /// Describes a published port; 0.0.0.0 means the same as no host address.
        public init(hostAddress: IPAddress? = nil, hostPort: Port, containerPort: UInt16) {
            self.hostAddress = hostAddress == .v4(.any) ? nil : hostAddress
            self.hostPort = hostPort
            self.containerPort = containerPort
        }

        /// Whether one socket can't be bound to both.
        public func overlaps(_ other: PublishedPort) -> Bool {
            guard hostPort == other.hostPort else { return false }
            guard let hostAddress, let address = other.hostAddress else { return true }
            return hostAddress.family == address.family
                && (hostAddress == address || hostAddress.isUnspecified || address.isUnspecified)
        }
    }

    /// Whom a container means by a name of its own choice.
    public enum LinkTarget: Hashable, Sendable, Codable {
        /// All containers of a service of its stack.
        case service(String)
        /// The container of this name.
        case container(String)
    }

    /// A container.
    public struct Endpoint: Hashable, Sendable, Codable {
        /// Its id.
        public var container: String
        /// Its name.
        public var name: String
        /// The service that it is a replica of; empty for none.
        public var service: String
        /// The stack of that service; empty for none.
        public var stack: String
        /// Names that only this container sees, each with whom it means.
        public var links: [String: LinkTarget]?
        /// Its places, in the order of its links.
        public var places: [Place] = []
        /// Its published ports.
        public var ports: [PublishedPort] = []
        /// The ports that it is said to listen on, published or not.
        public var listening: [Port]?
        /// It may send only what comes from its own addresses. One that may set up its links itself (NET_ADMIN) isn't
        /// held to what it was given.
        public var isGuarded = true
        /// It runs. Before, it only has what nobody else may have: addresses and ports.
        public var isAttached = false
        /// It has ended and is about to be back, or replaced: who connects to its ports waits.
        public var isAwaited = false
        /// It can do its work.
        public var isReady = false
        /// It is about to end: it may finish what it has and gets nothing new.
        public var isDraining = false
        /// Tells runs apart and orders them: of two containers the newer one has the higher number.
        public var run = 0

        /// A container that is about to start.
        public init(container: String, name: String, service: String, stack: String) {
            self.container = container
            self.name = name
            self.service = service
            self.stack = stack
        }

        /// The same container with these ports.
        public func publishing(_ ports: [PublishedPort]) -> Self {
            var result = self
            result.ports = ports
            return result
        }

        /// Whether new connections should come to it.
        var isWanted: Bool { isAttached && isReady && !isDraining }
    }

    /// The containers by id.
    public private(set) var endpoints: [String: Endpoint] = [:]
    private var lastRun = 0

    /// A table without containers.
    public init() {}

    /// The container, if it is in the table.
    public subscript(_ container: String) -> Endpoint? { endpoints[container] }

    // MARK: A container's life

    /// Takes in a container that is about to start, or changes where it will be.
    public mutating func enter(_ endpoint: Endpoint) {
        endpoints[endpoint.container] = endpoint
    }

    /// The container runs, with these places and ports.
    /// - Returns: the container as it is now, with the number of this run.
    @discardableResult
    public mutating func attach(_ endpoint: Endpoint, isReady: Bool = true) -> Endpoint {
        lastRun += 1
        var attached = endpoint
        attached.isAttached = true
        attached.isAwaited = false
        attached.isReady = isReady
        attached.isDraining = false
        attached.run = lastRun
        endpoints[endpoint.container] = attached
        return attached
    }

    /// The container goes on, with the other one's names, places and links; one that isn't there is passed over.
    public mutating func move(to endpoint: Endpoint) {
        guard var moved = endpoints[endpoint.container] else { return }
        (moved.name, moved.service) = (endpoint.name, endpoint.service)
        (moved.places, moved.links) = (endpoint.places, endpoint.links)
        endpoints[endpoint.container] = moved
    }

    /// Whether the container does its work by now; one that isn't there is passed over.
    public mutating func setReady(_ container: String, _ isReady: Bool) {
        endpoints[container]?.isReady = isReady
    }

    /// The container is about to end.
    public mutating func drain(_ container: String) {
        endpoints[container]?.isDraining = true
    }

    /// The container has ended and will be back: what it has stays its own.
    public mutating func await(_ container: String) {
        endpoints[container]?.isAttached = false
        endpoints[container]?.isReady = false
        endpoints[container]?.isAwaited = true
    }

    /// The container has ended, or didn't start.
    public mutating func remove(_ container: String) {
        endpoints[container] = nil
    }

    // MARK: Questions

    /// The containers in a stable order.
    public var all: [Endpoint] { endpoints.sorted { $0.key < $1.key }.map(\.value) }

    /// Who is on a network, by name: as long as there is somebody, it can't be removed.
    public func users(of network: String) -> [Endpoint] {
        endpoints.values.filter { $0.places.contains { $0.network == network } }.sorted { $0.name < $1.name }
    }

    /// The containers whose addresses nobody else may have.
    public var serving: Set<String> { Set(endpoints.keys) }

    /// The containers of the same service that have one of these ports too. They hold it together.
    public func sharers(of ports: [PublishedPort], for endpoint: Endpoint) -> [Endpoint] {
        all.filter { $0.isSibling(of: endpoint) && $0.overlaps(ports) }
    }

    /// Somebody else, of another service, who has one of these ports.
    ///
    /// - Parameter isAlive: asked for the container of each such; one that has ended holds nothing any more.
    public func conflict(
        _ ports: [PublishedPort], for endpoint: Endpoint, where isAlive: (String) -> Bool = { _ in true }
    ) -> PortConflict? {
        for other in all
        where other.container != endpoint.container && !other.isSibling(of: endpoint) && other.overlaps(ports)
            && isAlive(other.container)
        {
            guard let port = ports.first(where: { port in other.ports.contains { $0.overlaps(port) } }) else {
                continue
            }
            return PortConflict(port: port, holder: other.name, stack: other.stack)
        }
        return nil
    }
}

extension EndpointTable.Endpoint {
    func publishes(_ port: Ruleset.PublishedPort) -> Bool {
        ports.contains { $0.hostPort == port.hostPort && $0.hostAddress == port.hostAddress }
    }

    fileprivate func isSibling(of other: Self) -> Bool {
        container != other.container && stack == other.stack && service == other.service && !service.isEmpty
    }

    fileprivate func overlaps(_ ports: [EndpointTable.PublishedPort]) -> Bool {
        self.ports.contains { own in ports.contains { $0.overlaps(own) } }
    }
}

/// A port that a container of another service has.
public struct PortConflict: Error, Hashable, Sendable, CustomStringConvertible {
    /// The port that can't be had.
    public var port: EndpointTable.PublishedPort
    /// The name of the container that has it.
    public var holder: String
    /// That container's stack.
    public var stack: String

    public var description: String {
        let address = port.hostAddress ?? .v4(.any)
        let text = address.family == .v4 ? "\(address)" : "[\(address)]"
        let of = stack.isEmpty ? "" : " of stack \(stack)"
        return "port \(text):\(port.hostPort) is already in use by container \(holder)\(of): "
            + "port is already allocated; stop that or publish another port"
    }
}
