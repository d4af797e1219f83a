import Addressing
import Networks
import OCI
import StackModel
import Testing

@testable import Containers

@Suite struct NameDirectoryTests {
    private static let networks = [
        "front": StackNetwork(name: "shop_front"), "back": StackNetwork(name: "shop_back"),
    ]

    private static func record(_ id: Character, _ service: String, on attached: [String: [String]]) -> ContainerRecord {
        Samples.record(String(repeating: id, count: 64), service: service, networks: networks) {
            $0.networks = attached.mapValues { NetworkAttachment(aliases: $0) }
        }
    }

    private static let web = record("a", "web", on: ["front": ["www"]])
    private static let api = record("b", "api", on: ["front": [], "back": ["internal"]])
    private static let store = record("c", "db", on: ["back": []])

    /// Its places, on the networks of which it has an address.
    private static func endpoint(
        _ record: ContainerRecord, _ addresses: [String: IPv4Address]
    ) throws -> EndpointTable.Endpoint {
        let request = try EndpointRequest(record)
        var endpoint = request.endpoint
        endpoint.places = request.attachments.compactMap { attachment in
            addresses[attachment.network].map {
                .init(
                    network: attachment.network, addresses: [.v4($0)], mac: MACAddress(of: $0),
                    aliases: attachment.aliases)
            }
        }
        return endpoint
    }

    private static func directory(_ endpoints: [EndpointTable.Endpoint]) -> NameDirectory {
        let directory = NameDirectory(NetworkView(instance: "0a1b2c"))
        show(endpoints, in: directory)
        return directory
    }

    private static func show(_ endpoints: [EndpointTable.Endpoint], in directory: NameDirectory) {
        var table = EndpointTable()
        for endpoint in endpoints { table.attach(endpoint) }
        directory.update(NetworkView(table: table, instance: "0a1b2c"))
    }

    private static func endpoints() throws -> [EndpointTable.Endpoint] {
        [
            try endpoint(web, ["shop_front": IPv4Address(10, 0, 0, 2)]),
            try endpoint(api, ["shop_front": IPv4Address(10, 0, 0, 3), "shop_back": IPv4Address(10, 0, 1, 3)]),
            try endpoint(store, ["shop_back": IPv4Address(10, 0, 1, 4)]),
        ]
    }

    private static func filled() throws -> NameDirectory { directory(try endpoints()) }

    private static func lookUp(
        _ name: String, by record: ContainerRecord, in directory: NameDirectory
    ) throws -> [String] {
        let name = try #require(DomainName(name))
        return (directory.table(of: record.id).addresses(of: name) ?? []).map(\.description).sorted()
    }

    @Test(arguments: [
        ("web", ["10.0.0.2"]), ("www", ["10.0.0.2"]), ("shop-web-1", ["10.0.0.2"]), ("aaaaaaaaaaaa", ["10.0.0.2"]),
        ("WEB", ["10.0.0.2"]), ("web.shop_front", ["10.0.0.2"]), ("api", ["10.0.0.3"]),
        // On a network that the asker doesn't share.
        ("db", []), ("internal", []), ("api.shop_back", []), ("missing", []),
    ])
    func containerSeesItsNetworksOnly(_ name: String, _ addresses: [String]) throws {
        #expect(try Self.lookUp(name, by: Self.web, in: Self.filled()) == addresses)
    }

    @Test(arguments: [("api", ["10.0.0.3", "10.0.1.3"]), ("db", ["10.0.1.4"]), ("internal", ["10.0.1.3"])])
    func containerOnTwoNetworksSeesBoth(_ name: String, _ addresses: [String]) throws {
        #expect(try Self.lookUp(name, by: Self.api, in: Self.filled()) == addresses)
    }

    @Test func changesAreSeenAtOnce() throws {
        let directory = try Self.filled()
        #expect(try Self.lookUp("db", by: Self.api, in: directory) == ["10.0.1.4"])
        Self.show(try Self.endpoints().dropLast(), in: directory)
        #expect(try Self.lookUp("db", by: Self.api, in: directory) == [])
        let second = Self.record("d", "db", on: ["back": []])
        let more = [
            try Self.endpoint(second, ["shop_back": IPv4Address(10, 0, 1, 9)]),
            try Self.endpoint(Self.store, ["shop_back": IPv4Address(10, 0, 1, 5)]),
        ]
        Self.show(try Self.endpoints().dropLast() + more, in: directory)
        #expect(try Self.lookUp("db", by: Self.api, in: directory) == ["10.0.1.5", "10.0.1.9"])
    }

    @Test func strangerSeesNothing() throws {
        #expect(try Self.lookUp("web", by: Self.record("e", "other", on: [:]), in: Self.filled()) == [])
    }

    @Test func containerListensOnWhatItExposesAndPublishes() throws {
        let record = Samples.record(String(repeating: "a", count: 64), service: "web", networks: Self.networks) {
            $0.networks = ["front": NetworkAttachment()]
            $0.expose = [Port(9000, .udp), Port(80)]
            $0.ports = [PublishedPort(published: 8080...8080, target: 80), PublishedPort(published: nil, target: 443)]
        }
        #expect(try EndpointRequest(record).endpoint.listening == [Port(80), Port(443), Port(9000, .udp)])
        let place = ["shop_front": IPv4Address(10, 0, 0, 2)]
        let names = Self.directory([try Self.endpoint(record, place)]).table(of: record.id)
        #expect(names != Self.directory([try Self.endpoint(Self.web, place)]).table(of: record.id))
        let greedy = Samples.record(
            record.id, service: "web", defaults: ContainerDefaults(exposedPorts: ["1-65535"]), networks: Self.networks)
        #expect(try EndpointRequest(greedy).endpoint.listening?.count == 256)
    }

    @Test func networkWithoutALeaseHasNoName() throws {
        let directory = Self.directory([try Self.endpoint(Self.api, ["shop_front": IPv4Address(10, 0, 0, 3)])])
        #expect(try Self.lookUp("internal", by: Self.api, in: directory) == [])
        #expect(try Self.lookUp("api", by: Self.api, in: directory) == ["10.0.0.3"])
    }
}
