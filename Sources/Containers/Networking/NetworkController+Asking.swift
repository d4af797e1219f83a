public import Addressing
public import ControlAPI
import Kernel
import Networks
import StackModel

/// The networks as people ask for them. Those of builds are left out: they come and go with a build.
extension NetworkController {
    private var shown: [NetworkRecord] {
        records.values.filter { !$0.stack.isEmpty || $0.byHand != nil }
            .sorted { $0.definition.name < $1.definition.name }
    }

    /// All networks, by their names.
    public func summaries() -> [NetworkSummary] { shown.map(summary) }

    /// The names of those that were made by hand.
    public var handMade: [String] { shown.filter { $0.byHand != nil }.map(\.definition.name) }

    /// The name of the network with this name or id, or with an id that begins so; `nil` if there is none.
    ///
    /// - Throws: ``ContainerError`` if several ids begin so.
    public func name(of text: String) throws -> String? {
        let found = shown
        if found.contains(where: { $0.definition.name == text }) { return text }
        guard !text.isEmpty else { return nil }
        let fitting = found.filter { $0.id(instance: instance).hasPrefix(text) }
        guard fitting.count <= 1 else {
            throw ContainerError("network \(text) is ambiguous (\(fitting.count) matches found on ID prefix)")
        }
        return fitting.first?.definition.name
    }

    /// - Throws: if a container could never have this address on a network.
    public func check(_ address: IPAddress, on network: String) throws {
        let leases = ledger.networks[network]
        guard let subnet = leases?[address.family]?.subnet else {
            throw LeaseError.noSubnet(of: address, network: network)
        }
        guard subnet.hosts.contains(address) else { throw LeaseError.outside(address, subnet, network: network) }
    }

    private func summary(_ record: NetworkRecord) -> NetworkSummary {
        let name = record.definition.name
        let subnets = ledger.networks[name]?.subnets.map(\.subnet) ?? []
        return NetworkSummary(
            id: record.id(instance: instance), name: name, driver: "bridge", created: record.created ?? 0,
            stack: record.stack, isInternal: record.definition.isInternal,
            hasIPv4: subnets.contains { $0.family == .v4 }, hasIPv6: subnets.contains { $0.family == .v6 },
            labels: record.labels, containers: table.users(of: name).count)
    }

    /// A network in the shape of `docker network inspect`; `nil` if there is none of this name.
    public func document(of name: String) -> NetworkDocument? {
        guard let record = records[name] else { return nil }
        let summary = summary(record)
        let auxiliary = record.definition.ipam.compactMap(\.auxAddresses).reduce(into: [:]) { $0.merge($1) { $1 } }
        return NetworkDocument(
            Name: name, Id: summary.id, Created: Timestamp.text(summary.created), Driver: summary.driver,
            EnableIPv4: summary.hasIPv4, EnableIPv6: summary.hasIPv6,
            IPAM: .init(
                Config: (ledger.networks[name]?.subnets ?? []).map { subnet in
                    .init(
                        Subnet: "\(subnet.subnet)", IPRange: subnet.range == subnet.subnet ? nil : "\(subnet.range)",
                        Gateway: "\(subnet.gateway)",
                        AuxiliaryAddresses: subnet.reserved.map { reserved in
                            auxiliary.filter { reserved.contains($0.value) }.mapValues(\.description)
                        })
                }),
            Internal: summary.isInternal, Attachable: record.byHand?.isAttachable ?? false,
            Containers: table.users(of: name).reduce(into: [:]) { $0[$1.container] = endpoint($1, on: name) },
            Options: record.definition.driverOpts, Labels: summary.labels)
    }

    private func endpoint(_ user: EndpointTable.Endpoint, on network: String) -> NetworkDocument.Endpoint {
        let place = user.places.first { $0.network == network }
        func address(_ family: AddressFamily) -> String {
            guard let address = place?.addresses.first(where: { $0.family == family }),
                let subnet = ledger.networks[network]?[family]?.subnet
            else { return "" }
            return "\(address)/\(subnet.length)"
        }
        return NetworkDocument.Endpoint(
            Name: user.name, EndpointID: stableIdentifier("\(user.container)/\(network)"),
            MacAddress: place.map { "\($0.mac)" } ?? "", IPv4Address: address(.v4), IPv6Address: address(.v6))
    }
}

extension NetworkRecord {
    /// Its own, and for one of a stack what Compose adds.
    fileprivate var labels: [String: String] {
        var labels = definition.labels
        if !stack.isEmpty { labels["com.docker.compose.project"] = stack }
        return labels
    }
}
