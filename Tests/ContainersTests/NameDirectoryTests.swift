import Addressing
import Networks
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

    private static func filled() -> NameDirectory {
        let directory = NameDirectory()
        directory.add(web, ["shop_front": IPv4Address(10, 0, 0, 2)])
        directory.add(api, ["shop_front": IPv4Address(10, 0, 0, 3), "shop_back": IPv4Address(10, 0, 1, 3)])
        directory.add(store, ["shop_back": IPv4Address(10, 0, 1, 4)])
        return directory
    }

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
        let directory = Self.filled()
        #expect(try Self.lookUp("db", by: Self.api, in: directory) == ["10.0.1.4"])
        directory.remove(Self.store)
        #expect(try Self.lookUp("db", by: Self.api, in: directory) == [])
        let second = Self.record("d", "db", on: ["back": []])
        directory.add(second, ["shop_back": IPv4Address(10, 0, 1, 9)])
        directory.add(Self.store, ["shop_back": IPv4Address(10, 0, 1, 5)])
        #expect(try Self.lookUp("db", by: Self.api, in: directory) == ["10.0.1.5", "10.0.1.9"])
    }

    @Test func strangerSeesNothing() throws {
        #expect(try Self.lookUp("web", by: Self.record("e", "other", on: [:]), in: Self.filled()) == [])
    }

    @Test func networkWithoutALeaseHasNoName() throws {
        let directory = NameDirectory()
        directory.add(Self.api, ["shop_front": IPv4Address(10, 0, 0, 3)])
        #expect(try Self.lookUp("internal", by: Self.api, in: directory) == [])
        #expect(try Self.lookUp("api", by: Self.api, in: directory) == ["10.0.0.3"])
    }
}

@Suite struct ContainerNamesTests {
    @Test func nameIsClaimedOnce() throws {
        let names = ContainerNames()
        let first = Samples.record(String(repeating: "a", count: 64))
        let second = Samples.record(String(repeating: "b", count: 64))
        try names.claim(first)
        try names.claim(first)
        let error = #expect(throws: OperationError.self) { try names.claim(second) }
        #expect(error?.description.contains(#"the container name "shop-web-1" is already in use"#) == true)
        names.release(first)
        names.release(first)
        try names.claim(second)
    }

    @Test func replacementHasTheNameBesideItsPredecessor() throws {
        let names = ContainerNames()
        let first = Samples.record(String(repeating: "a", count: 64))
        let second = Samples.record(String(repeating: "b", count: 64))
        names.adopt(first)
        #expect(names.isLast(first))
        try names.claim(second, replacing: first.id)
        #expect(!names.isLast(first))
        names.release(first)
        #expect(names.isLast(second))
        #expect(throws: OperationError.self) { try names.claim(first) }
    }
}
