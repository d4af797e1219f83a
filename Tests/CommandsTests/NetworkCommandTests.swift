import Addressing
import ControlAPI
import StackModel
import Testing

@testable import Commands

@Suite struct NetworkCommandTests {
    private static func network(
        _ name: String, id: Character = "a", stack: String = "", age: Int64 = 60, containers: Int = 0,
        labels: [String: String] = [:]
    ) -> NetworkSummary {
        NetworkSummary(
            id: String(repeating: id, count: 64), name: name, driver: "bridge", created: nanoseconds(before: age),
            stack: stack, isInternal: false, hasIPv4: true, hasIPv6: false, labels: labels, containers: containers)
    }

    private static let all = [
        network("proxy", id: "c", age: 7200, labels: ["tier": "edge"]),
        network("shop_default", id: "b", stack: "shop", containers: 2, labels: ["com.docker.compose.project": "shop"]),
    ]

    @Test func columnsAreDockers() throws {
        let text = try NetworkListCommand.read([]).text(Self.all, format: .table)
        #expect(
            text == """
                NETWORK ID     NAME           DRIVER    SCOPE
                cccccccccccc   proxy          bridge    local
                bbbbbbbbbbbb   shop_default   bridge    local

                """)
        #expect(try NetworkListCommand.read(["-q"]).text(Self.all, format: .table) == "cccccccccccc\nbbbbbbbbbbbb\n")
        let whole = try NetworkListCommand.read(["-q", "--no-trunc"]).text(Self.all, format: .table)
        #expect(whole.split(separator: "\n").map(\.count) == [64, 64])
    }

    @Test func fieldsAreDockers() throws {
        let command = try NetworkListCommand.read([])
        #expect(
            try command.text([Self.all[0]], format: .json)
                == #"""
                {"CreatedAt":"2025-11-22 10:00:00 +0000 UTC","Driver":"bridge","ID":"cccccccccccc","IPv4":"true",\#
                "IPv6":"false","Internal":"false","Labels":"tier=edge","Name":"proxy","Scope":"local"}

                """#)
        let table = try command.text([Self.all[0]], format: ListFormat(option: #"table {{.ID}}\t{{.Name}}"#))
        #expect(table == "NETWORK ID     NAME\ncccccccccccc   proxy\n")
    }

    @Test(
        "Filters are Docker's",
        arguments: [
            ([], ["proxy", "shop_default"]), (["name=pro"], ["proxy"]), (["name=^p.*y$"], ["proxy"]),
            (["name=nowhere", "name=shop"], ["shop_default"]), (["id=bb"], ["shop_default"]),
            (["dangling=true"], ["proxy"]), (["label=tier"], ["proxy"]), (["label=tier=core"], []),
            (["label!=tier"], ["shop_default"]), (["driver=bridge", "scope=local"], ["proxy", "shop_default"]),
            (["driver=overlay"], []), (["type=custom"], ["proxy", "shop_default"]), (["type=builtin"], []),
        ])
    func filters(_ texts: [String], _ names: [String]) throws {
        let filters = try NetworkFilters(texts, allowed: NetworkFilters.listKeys, now: noon)
        #expect(Self.all.filter(filters.accept).map(\.name) == names)
    }

    @Test func pruneFilters() throws {
        let old = try NetworkFilters(["until=1h"], allowed: NetworkFilters.pruneKeys, now: noon)
        #expect(Self.all.filter(old.accept).map(\.name) == ["proxy"])
        for text in ["name=proxy", "until", "type=x"] {
            #expect(throws: CommandFailure.self) {
                try NetworkFilters([text], allowed: NetworkFilters.pruneKeys, now: noon)
            }
        }
    }

    @Test func createSaysEverything() throws {
        let command = try NetworkCreateCommand.read([
            "--internal", "--attachable", "-d", "bridge", "--label", "a=b", "--label=c", "--subnet", "10.9.0.0/16",
            "--ip-range=10.9.7.0/24", "--gateway", "10.9.0.254", "--aux-address", "router=10.9.0.2",
            "--aux-address=dns=10.9.0.3", "-o", "x=y", "proxy",
        ])
        let request = try command.request("proxy")
        #expect(request.attachable)
        let range = AddressRange(
            subnet: Prefix("10.9.0.0/16"), gateway: IPAddress("10.9.0.254"), ipRange: Prefix("10.9.7.0/24"),
            auxAddresses: ["router": .v4(IPv4Address(10, 9, 0, 2)), "dns": .v4(IPv4Address(10, 9, 0, 3))])
        #expect(
            request.definition
                == StackNetwork(
                    name: "proxy", driverOpts: ["x": "y"], isInternal: true, ipam: [range],
                    labels: ["a": "b", "c": ""]))
    }

    @Test(
        "Addresses without a subnet that they lie in are refused",
        arguments: [
            ["--gateway", "10.9.0.1"], ["--subnet", "10.9.0.0/24", "--gateway", "10.8.0.1"],
            ["--subnet", "10.9.0.0/24", "--ip-range", "10.9.0.0/16"],
            ["--subnet", "10.9.0.0/24", "--aux-address", "x"],
            ["--subnet", "nonsense"], ["--subnet", "10.9.0.0/24", "--subnet", "10.8.0.0/24"],
        ])
    func oddAddresses(_ arguments: [String]) throws {
        let command = try NetworkCreateCommand.read(arguments + ["proxy"])
        #expect(throws: CommandFailure.self) { try command.request("proxy") }
    }

    @Test func connectSaysEverything() throws {
        let command = try NetworkConnectCommand.read([
            "--ip", "10.9.0.9", "--alias", "www", "--alias=web", "--link", "db:store", "--link=cache",
            "--gw-priority", "5", "proxy", "shop-web-1",
        ])
        #expect(command.names == ["proxy", "shop-web-1"])
        var attachment = NetworkAttachment(
            aliases: ["www", "web"], ipv4Address: IPv4Address(10, 9, 0, 9), priority: 5)
        attachment.links = ["store": .container("db"), "cache": .container("cache")]
        #expect(try command.request("shop-web-1").attachment == attachment)
        #expect(throws: CommandFailure.self) { try NetworkConnectCommand.read(["--ip6", "fd00::9", "a", "b"]) }
    }
}
