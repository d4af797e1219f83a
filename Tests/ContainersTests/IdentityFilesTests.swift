import Addressing
import ControlAPI
import Kernel
import StackModel
import Testing

@testable import Containers

@Suite struct IdentityFilesTests {
    private static let loopback = """
        127.0.0.1\tlocalhost
        ::1\tlocalhost ip6-localhost ip6-loopback
        fe00::0\tip6-localnet
        ff00::0\tip6-mcastprefix
        ff02::1\tip6-allnodes
        ff02::2\tip6-allrouters

        """
    private static let address = IPAddress.v4(IPv4Address(10, 1, 2, 3))
    private static let gateway = IPAddress.v4(IPv4Address(10, 1, 2, 1))

    /// What the container finds in /etc, on a host with these files of its own.
    private static func written(
        _ record: ContainerRecord, hosts: String? = nil, resolvers: String? = nil, gateway: IPAddress? = gateway
    ) throws -> [String: String] {
        let place = try TemporaryDirectory()
        try Files.makeDirectories(place.locations.containerRunDirectory(record.id))
        var files = IdentityFiles(locations: place.locations, record: record, hostname: "web")
        files.hostDirectory = place.path
        if let hosts { try Files.replace(place.path + "/hosts", with: Array(hosts.utf8)) }
        if let resolvers { try Files.replace(place.path + "/resolv.conf", with: Array(resolvers.utf8)) }
        return try files.write(endpoints: [address], gateway: gateway, sharing: nil)
            .mapValues { try Files.readText($0) }
    }

    private static func record(
        _ mode: NetworkMode = .networks, _ change: (inout ContainerSettings) -> Void = { _ in }
    ) -> ContainerRecord {
        Samples.record {
            $0.networkMode = mode
            if mode == .networks { $0.networks["default"] = NetworkAttachment() }
            change(&$0)
        }
    }

    @Test func aContainerKnowsItself() throws {
        let files = try Self.written(Self.record { $0.domainname = "example.org" })
        #expect(files["/etc/hostname"] == "web\n")
        #expect(files["/etc/hosts"] == Self.loopback + "10.1.2.3\tweb.example.org web\n")
    }

    @Test(
        arguments: [
            (ExtraHost.Address.address(.v4(IPv4Address(192, 0, 2, 7))), gateway, "192.0.2.7"),
            (.hostGateway, gateway, "10.1.2.1"),
            // Without networks nothing but itself is to be reached.
            (.hostGateway, nil, "127.0.0.1"),
        ] as [(ExtraHost.Address, IPAddress?, String)])
    func furtherHostsHaveTheirLine(_ address: ExtraHost.Address, _ gateway: IPAddress?, _ text: String) throws {
        let record = Self.record { $0.extraHosts = [ExtraHost(name: "db", address: address)] }
        let hosts = try Self.written(record, gateway: gateway)["/etc/hosts"]
        #expect(hosts == Self.loopback + "\(text)\tdb\n10.1.2.3\tweb\n")
    }

    @Test(
        arguments: [
            ("127.0.0.1 me\n", "127.0.0.1 me\n192.0.2.7\tdb\n"), ("127.0.0.1 me", "127.0.0.1 me\n192.0.2.7\tdb\n"),
            ("", "192.0.2.7\tdb\n"), (nil, "192.0.2.7\tdb\n"),
        ] as [(String?, String)])
    func theHostsNetworkHasTheHostsNames(_ host: String?, _ expected: String) throws {
        let record = Self.record(.host) {
            $0.extraHosts = [ExtraHost(name: "db", address: .address(.v4(IPv4Address(192, 0, 2, 7))))]
        }
        #expect(try Self.written(record, hosts: host)["/etc/hosts"] == expected)
    }

    private static let hostResolvers = """
        # ours
        nameserver 127.0.0.53
        nameserver 192.0.2.1
        search home
        options edns0

        """

    struct Resolvers: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var record: ContainerRecord
        var expected: String
    }

    @Test(arguments: [
        Resolvers(
            testDescription: "networks", record: record(),
            expected: "nameserver 127.0.0.11\nsearch home\noptions ndots:0\n"),
        Resolvers(
            // The name service forwards to these.
            testDescription: "networks with servers", record: record { $0.dns = [.v4(IPv4Address(9, 9, 9, 9))] },
            expected: "nameserver 127.0.0.11\nsearch home\noptions ndots:0\n"),
        Resolvers(
            testDescription: "networks with own domains and options",
            record: record {
                $0.dnsSearch = ["corp"]
                $0.dnsOpt = ["timeout:1"]
            },
            expected: "nameserver 127.0.0.11\nsearch corp\noptions timeout:1 ndots:0\n"),
        Resolvers(
            testDescription: "no network at all", record: record(.none),
            // The host's own loopback is not the container's.
            expected: "nameserver 192.0.2.1\nsearch home\noptions edns0\n"),
        Resolvers(
            // Its only network was taken away.
            testDescription: "on none of the networks", record: record { $0.networks = [:] },
            expected: "nameserver 192.0.2.1\nsearch home\noptions edns0\n"),
        Resolvers(testDescription: "the host's network", record: record(.host), expected: hostResolvers),
        Resolvers(
            testDescription: "the host's network with own servers",
            record: record(.host) { $0.dns = [.v4(IPv4Address(9, 9, 9, 9))] },
            expected: "nameserver 9.9.9.9\nsearch home\noptions edns0\n"),
    ])
    func namesAreAskedWhereTheNetworkAllows(_ row: Resolvers) throws {
        #expect(try Self.written(row.record, resolvers: Self.hostResolvers)["/etc/resolv.conf"] == row.expected)
    }

    @Test func whoSharesANetworkSharesItsFiles() throws {
        let place = try TemporaryDirectory()
        let owner = Samples.record(String(repeating: "b", count: 64), service: "db")
        let files = IdentityFiles(locations: place.locations, record: Self.record(.service("db")), hostname: "web")
        let paths = try files.write(endpoints: [], gateway: nil, sharing: owner)
        let directory = place.locations.containerRunDirectory(owner.id)
        #expect(
            paths == [
                "/etc/hostname": directory + "/hostname", "/etc/hosts": directory + "/hosts",
                "/etc/resolv.conf": directory + "/resolv.conf",
            ])
        // They are the owner's to write.
        #expect(!Files.exists(place.locations.runRoot))
    }
}
