import Addressing
import FoundationEssentials
import Testing

@Suite struct AddressingTests {
    @Test(arguments: ["0.0.0.0", "10.210.3.4", "255.255.255.255"])
    func ipv4ThereAndBack(text: String) {
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.-4", "1..2.3", "1.2.3.4 ", "+1.2.3.4"])
    func noIPv4(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("::ffff:10.0.0.1", "::ffff:a00:1"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("fe80::0:0:1", "fe80::1"),
    ])
    func ipv6(text: String, canonical: String) {
        #expect(IPv6Address(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::12345", "::g", "::+1",
        "1::2::3", "1.2.3.4", "::1.2.3", "fe80::1%eth0",
    ])
    func noIPv6(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test func eitherFamily() {
        #expect(IPAddress("10.0.0.1")?.v4 == IPv4Address(10, 0, 0, 1))
        #expect(IPAddress("[::1]")?.isLoopback == true)
        #expect(IPAddress("::")?.isUnspecified == true)
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
        #expect(IPAddress("x") == nil)
    }

    @Test(arguments: [
        ("10.1.2.3/24", "10.1.2.0/24", "10.1.2.1", "10.1.2.254"),
        ("0.0.0.0/0", "0.0.0.0/0", "0.0.0.1", "255.255.255.254"),
        ("10.0.0.5/31", "10.0.0.4/31", "10.0.0.4", "10.0.0.5"), ("10.0.0.5/32", "10.0.0.5/32", "10.0.0.5", "10.0.0.5"),
        ("fd00:1::5/64", "fd00:1::/64", "fd00:1::1", "fd00:1::ffff:ffff:ffff:ffff"),
        ("fd00::7/61", "fd00::/61", "fd00::1", "fd00::7:ffff:ffff:ffff:ffff"),
        ("::/0", "::/0", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fd00::5/127", "fd00::4/127", "fd00::4", "fd00::5"), ("fd00::5/128", "fd00::5/128", "fd00::5", "fd00::5"),
    ])
    func prefixes(text: String, canonical: String, first: String, last: String) {
        #expect(Prefix(text)?.description == canonical)
        #expect(Prefix(text)?.hosts.lowerBound.description == first)
        #expect(Prefix(text)?.hosts.upperBound.description == last)
    }

    @Test(arguments: [
        "", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "10.0.0.0/8/8", "fd00::/129",
        "[fd00::]/64",
    ])
    func noPrefix(text: String) {
        #expect(Prefix(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.1.0.0/16", true), ("10.1.0.0/16", "10.0.0.0/8", true), ("10.0.0.0/24", "10.0.1.0/24", false),
        ("0.0.0.0/0", "10.0.1.0/24", true), ("10.0.0.0/24", "10.0.0.0/24", true), ("fd00::/8", "fd00:1::/64", true),
        ("fd00::/64", "fd00:0:0:1::/64", false), ("::/0", "10.0.0.0/8", false), ("0.0.0.0/0", "::/0", false),
    ])
    func overlap(left: String, right: String, expected: Bool) throws {
        let (left, right) = (try #require(Prefix(left)), try #require(Prefix(right)))
        #expect(left.overlaps(right) == expected)
        #expect(right.overlaps(left) == expected)
    }

    @Test func numbersAndOrder() throws {
        for text in ["10.0.0.1", "fd00:1:2:3:4:5:6:7", "::", "255.255.255.255"] {
            let address = try #require(IPAddress(text))
            #expect(IPAddress(address.family, address.number) == address)
        }
        let texts = ["fd00::2", "10.0.0.2", "fd00::1", "9.0.0.255"]
        #expect(
            texts.compactMap { IPAddress($0) }.sorted().map(\.description) == [
                "9.0.0.255", "10.0.0.2", "fd00::1", "fd00::2",
            ])
    }

    @Test func hardwareAddresses() throws {
        #expect(MACAddress(of: try #require(IPAddress("fd00::1:2"))).description == "02:42:00:01:00:02")
        #expect(MACAddress(of: IPv4Address(10, 210, 0, 2)).description == "02:42:0a:d2:00:02")
        #expect(MACAddress("02-42-0A-D2-00-02")?.bytes == [2, 0x42, 10, 210, 0, 2])
        for text in ["", "02:42:0a:d2:00", "02:42:0a:d2:00:2", "02:42:0a:d2:00:0g", "02:42:0a:d2:00:+2"] {
            #expect(MACAddress(text) == nil)
        }
    }

    @Test func ports() {
        #expect(Port("80") == Port(80, .tcp))
        #expect(Port("53/udp")?.description == "53/udp")
        for text in ["", "65536", "80/", "80/icmp", "-1", "080", "80/tcp/"] {
            #expect(Port(text) == nil)
        }
    }

    @Test func valuesAreTextInJSON() throws {
        let prefix = try #require(Prefix("10.0.0.0/24"))
        let json = try JSONEncoder().encode([prefix])
        #expect(try JSONDecoder().decode([Prefix].self, from: json) == [prefix])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Prefix].self, from: Data("[\"x\"]".utf8)) }
    }
}
