import Addressing
import Foundation
import StackModel
import Testing

/// What the version before values (2821fd1) wrote, with texts of which it hadn't looked at all.
@Suite struct EarlierRecordTests {
    private let settings = """
        {"capAdd":[],"capDrop":[],"configs":[],"dns":["1.1.1.1","nowhere"],"dnsOpt":[],"dnsSearch":[],"environment":{},
        "expose":["80","53/udp","9000-9002","http"],"extraHosts":["db=10.0.0.1","h=host-gateway"],"groupAdd":[],
        "hooks":[],"labels":{},"logging":{"driver":"json-file","maximumFiles":1,"maximumSize":0},
        "networkMode":{"networks":{}},
        "networks":{"a":{"aliases":[],"ipv4Address":"10.0.0.5","macAddress":"02:42:0a:00:00:05","priority":0},
        "b":{"aliases":[],"macAddress":"nonsense","priority":0}},
        "ports":[{"hostIP":"127.0.0.1","protocol":"udp","published":[53,53],"target":53},
        {"protocol":"tcp","target":80}],"privileged":false,"readOnly":false,"resources":{},"restart":{"no":{}},
        "runInit":false,"secrets":[{"content":{"inline":{"_0":"x"}},"gid":"7","source":"s","target":"/s","uid":"5"}],
        "securityOpt":["no-new-privileges:true","fun"],"stdinOpen":false,"stopSignal":"term","sysctls":{},"tty":false,
        "ulimits":{},"volumes":[]}
        """

    @Test func textsAreRead() throws {
        let settings = try JSONDecoder().decode(ContainerSettings.self, from: Data(settings.utf8))
        #expect(settings.stopSignal == .terminate)
        #expect(settings.securityOpt == [.noNewPrivileges(true), .unknown("fun")])
        #expect(settings.networks["a"]?.ipv4Address == IPv4Address(10, 0, 0, 5))
        #expect(settings.networks["a"]?.macAddress == MACAddress("02:42:0a:00:00:05"))
        #expect(settings.ports.map(\.hostIP) == [.v4(.loopback), nil])
        #expect(settings.ports.map(\.protocol) == [.udp, .tcp])
        #expect(settings.secrets.first?.uid == 5 && settings.secrets.first?.gid == 7)
        #expect(settings.extraHosts.map(\.name) == ["db", "h"])
    }

    @Test func whatHadNoEffectIsLeftOut() throws {
        let settings = try JSONDecoder().decode(ContainerSettings.self, from: Data(settings.utf8))
        #expect(settings.dns == [IPAddress("1.1.1.1")])
        #expect(settings.networks["b"]?.macAddress == nil)
        #expect(settings.expose == [Port(80), Port(53, .udp), Port(9000), Port(9001), Port(9002)])
    }

    @Test func networksAreRead() throws {
        let text = """
            {"driver":"bridge","driverOpts":{},"external":false,"ipam":[{"subnet":"here"},
            {"gateway":"10.1.0.1","ipRange":"10.1.4.0/24","subnet":"10.1.0.0/16"}],"isInternal":false,"labels":{},
            "name":"n"}
            """
        let network = try JSONDecoder().decode(StackNetwork.self, from: Data(text.utf8))
        #expect(
            network.ipam == [
                AddressRange(
                    subnet: Prefix("10.1.0.0/16"), gateway: IPAddress("10.1.0.1"), ipRange: Prefix("10.1.4.0/24"))
            ])
    }

    @Test func networksAreReadAsTheyAreWritten() throws {
        let range = AddressRange(
            subnet: Prefix("10.1.0.0/16"), auxAddresses: ["router": .v4(IPv4Address(10, 1, 0, 2))])
        let network = StackNetwork(name: "n", ipam: [range])
        #expect(try JSONDecoder().decode(StackNetwork.self, from: JSONEncoder().encode(network)) == network)
    }

    @Test func valuesAreWrittenAsTexts() throws {
        let settings = try JSONDecoder().decode(ContainerSettings.self, from: Data(settings.utf8))
        let encoded = try JSONEncoder().encode(settings)
        let text = String(decoding: encoded, as: UTF8.self)
        for part in [
            #""stopSignal":"SIGTERM""#, #""macAddress":"02:42:0a:00:00:05""#, #""uid":"5""#, #""hostIP":"127.0.0.1""#,
            #""no-new-privileges=true""#, #""db=10.0.0.1""#, #""53\/udp""#,
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        #expect(try JSONDecoder().decode(ContainerSettings.self, from: encoded) == settings)
    }
}
