public import Addressing

/// The names that one container can see: those of the endpoints on the networks that it is on.
public struct NameTable: Hashable, Sendable {
    /// A container's place on a network.
    public struct Endpoint: Hashable, Sendable {
        /// The network's name, which may follow an endpoint's name after a dot.
        public var network: String
        /// The endpoint's addresses, at most one of each family.
        public var addresses: [IPAddress]
        /// The container's name first, which reverse lookups give; then the service's name, aliases, short identifier.
        public var names: [String]
        /// The ports that it is known to listen on.
        public var ports: [Port]
        /// Whether it should be asked for anything new. Of endpoints with the same name, the others are told only where
        /// there is none that should.
        public var isWanted: Bool

        /// Describes an endpoint.
        public init(
            network: String, addresses: [IPAddress], names: [String], ports: [Port] = [], isWanted: Bool = true
        ) {
            self.network = network
            self.addresses = addresses
            self.names = names
            self.ports = ports
            self.isWanted = isWanted
        }
    }

    /// A place in the table: small, for there are a handful for each endpoint, and a table for each container.
    private struct Place: Hashable {
        var network: UInt16
        var address: IPAddress
    }

    private var networks: [String] = []
    private var places: [String: [Place]] = [:]
    private var owners: [IPAddress: String] = [:]
    private var ports: [IPAddress: [Port]] = [:]

    /// The table of a container on `networks`, out of all of a stack's endpoints. What can't be a name is left out.
    public init(_ endpoints: [Endpoint] = [], networks: Set<String> = []) {
        self.networks = networks.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: self.networks.enumerated().map { ($1, UInt16(clamping: $0)) })
        var wanted: Set<String> = []
        // Those that should be asked come first: where there are such, the others of the same name are left out.
        for endpoint in endpoints.filter(\.isWanted) + endpoints.filter({ !$0.isWanted }) {
            guard let number = numbers[endpoint.network] else { continue }
            for name in endpoint.names where DomainName(name)?.labels.isEmpty == false {
                let key = name.lowercased()
                if endpoint.isWanted { wanted.insert(key) } else if wanted.contains(key) { continue }
                for place in endpoint.addresses.map({ Place(network: number, address: $0) })
                where places[key]?.contains(place) != true {
                    places[key, default: []].append(place)
                }
            }
            guard let first = endpoint.names.first else { continue }
            for address in endpoint.addresses {
                owners[address] = "\(first).\(endpoint.network)"
                if !endpoint.ports.isEmpty { ports[address] = endpoint.ports }
            }
        }
    }

    /// The addresses of a name, in the order of the endpoints; nil if there is no such name. `name.network` asks for
    /// those on one network.
    public func addresses(of name: DomainName) -> [IPAddress]? {
        let key = name.description.lowercased()
        if let found = places[key] {
            // A container on two shared networks is in the list twice, with two addresses.
            return found.map(\.address)
        }
        for (number, network) in networks.enumerated() {
            let suffix = "." + network.lowercased()
            guard key.hasSuffix(suffix), let found = places[String(key.dropLast(suffix.count))] else { continue }
            let addresses = found.filter { $0.network == UInt16(clamping: number) }.map(\.address)
            if !addresses.isEmpty { return addresses }
        }
        return nil
    }

    /// The name of an address; nil if no visible endpoint has it.
    public func name(of address: IPAddress) -> DomainName? {
        owners[address].flatMap { DomainName($0) }
    }

    /// The answer, or nil if somebody else has to be asked. `turn` says where the list of addresses begins, so that
    /// askers who take the first are spread over all.
    func answer(to query: NameQuery, turn: Int) -> NameResponse? {
        guard query.recordClass == NameQuery.internetClass else { return nil }
        if let found = addresses(of: query.name) {
            // A name that is known has no records of other types; it does not get them from elsewhere either.
            let asked = found.filter { RecordType.address($0.family) == query.type }
            guard !asked.isEmpty else { return NameResponse(code: .noError) }
            return NameResponse(code: .noError, records: Self.turned(asked, turn).map { .address($0) })
        }
        if let (port, name) = query.name.askedPort, let listeners = listeners(on: port, of: name) {
            return query.type == RecordType.service
                ? services(on: port, Self.turned(listeners, turn)) : NameResponse(code: .noError)
        }
        if query.type == RecordType.pointer, let address = query.name.reversedAddress, let name = name(of: address) {
            return NameResponse(code: .noError, records: [.pointer(name)])
        }
        return nil
    }

    private static func turned<Item>(_ items: [Item], _ turn: Int) -> [Item] {
        let start = turn % items.count
        return Array(items[start...] + items[..<start])
    }

    /// The addresses of a name at which somebody is known to listen on a port; nil if there are none.
    private func listeners(on port: Port, of name: DomainName) -> [IPAddress]? {
        let found = (addresses(of: name) ?? []).filter { ports[$0]?.contains(port) == true }
        return found.isEmpty ? nil : found
    }

    /// Where to connect to: one record a container, which may have addresses of both families.
    private func services(on port: Port, _ listeners: [IPAddress]) -> NameResponse {
        var response = NameResponse(code: .noError)
        for address in listeners {
            guard let target = self.name(of: address) else { continue }
            let record = NameResponse.Record.service(port: port.number, target: target)
            if !response.records.contains(record) { response.records.append(record) }
            response.additional.append(NameResponse.Additional(name: target, address: address))
        }
        return response
    }
}
