public import Addressing

/// The names that one container can see: those of the endpoints on the networks that it is on.
public struct NameTable: Hashable, Sendable {
    /// A container's place on a network.
    public struct Endpoint: Hashable, Sendable {
        /// The network's name, which may follow an endpoint's name after a dot.
        public var network: String
        /// The endpoint's address.
        public var address: IPv4Address
        /// The container's name first, which reverse lookups give; then the service's name, aliases, short identifier.
        public var names: [String]

        /// Describes an endpoint.
        public init(network: String, address: IPv4Address, names: [String]) {
            self.network = network
            self.address = address
            self.names = names
        }
    }

    private var addresses: [DomainName: [IPv4Address]] = [:]
    private var pointers: [IPv4Address: DomainName] = [:]

    /// The table of a container on `networks`, out of all of a stack's endpoints. What can't be a name is left out.
    public init(_ endpoints: [Endpoint] = [], networks: Set<String> = []) {
        for endpoint in endpoints where networks.contains(endpoint.network) {
            for name in endpoint.names {
                add(endpoint.address, name)
                add(endpoint.address, "\(name).\(endpoint.network)")
            }
            if let first = endpoint.names.first {
                pointers[endpoint.address] = DomainName("\(first).\(endpoint.network)")
            }
        }
    }

    private mutating func add(_ address: IPv4Address, _ text: String) {
        guard let name = DomainName(text), !name.labels.isEmpty else { return }
        if addresses[name]?.contains(address) != true { addresses[name, default: []].append(address) }
    }

    /// The addresses of a name, in the order of the endpoints; nil if there is no such name.
    public func addresses(of name: DomainName) -> [IPv4Address]? {
        addresses[name]
    }

    /// The name of an address; nil if no visible endpoint has it.
    public func name(of address: IPv4Address) -> DomainName? {
        pointers[address]
    }

    /// The answer, or nil if somebody else has to be asked. `turn` says where the list of addresses begins, so that
    /// askers who take the first are spread over all.
    func answer(to query: NameQuery, turn: Int) -> NameResponse? {
        guard query.recordClass == NameQuery.internetClass else { return nil }
        if let found = addresses[query.name] {
            // A name that is known has no records of other types; it does not get them from elsewhere either.
            guard query.type == RecordType.a else { return NameResponse(code: .noError) }
            let start = turn % found.count
            return NameResponse(code: .noError, records: (found[start...] + found[..<start]).map { .address($0) })
        }
        if query.type == RecordType.pointer, let address = query.name.reversedAddress, let name = pointers[address] {
            return NameResponse(code: .noError, records: [.pointer(name)])
        }
        return nil
    }
}
