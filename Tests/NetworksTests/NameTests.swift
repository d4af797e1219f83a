import Addressing
import Testing

@testable import Networks

/// A question in its wire form.
func question(
    _ name: String, type: UInt16 = RecordType.a, id: UInt16 = 7, recordClass: UInt16 = 1, datagramSize: UInt16? = nil
) throws -> [UInt8] {
    let name = try #require(DomainName(name))
    let header = [id, 0x0100, 1, 0, 0, datagramSize == nil ? 0 : 1].flatMap { bytes($0) }
    let options = datagramSize.map { [0] + bytes(RecordType.opt) + bytes($0) + [0, 0, 0, 0, 0, 0] } ?? []
    return header + name.wire + bytes(type) + bytes(recordClass) + options
}

@Suite struct NameTests {
    static let table = NameTable(
        [
            .init(
                network: "front", addresses: [.v4(IPv4Address(10, 210, 0, 2))], names: ["shop-web-1", "web", "www"],
                ports: [Port(80), Port(80, .udp)]),
            .init(
                network: "front", addresses: [.v4(IPv4Address(10, 210, 0, 3))], names: ["shop-web-2", "web"],
                ports: [Port(80)]),
            .init(network: "back", addresses: [.v4(IPv4Address(10, 210, 1, 2))], names: ["shop-db-1", "db"]),
        ], networks: ["front"])

    private func answer(_ name: String, type: UInt16 = RecordType.a, turn: Int = 0) throws -> NameResponse? {
        Self.table.answer(to: try NameQuery(parsing: try question(name, type: type)), turn: turn)
    }

    @Test(arguments: [
        ("web", 0, ["10.210.0.2", "10.210.0.3"]), ("web", 1, ["10.210.0.3", "10.210.0.2"]),
        ("WEB.", 0, ["10.210.0.2", "10.210.0.3"]), ("www", 5, ["10.210.0.2"]), ("shop-web-2.front", 0, ["10.210.0.3"]),
        ("Web.Front", 0, ["10.210.0.2", "10.210.0.3"]),
    ])
    func known(name: String, turn: Int, expected: [String]) throws {
        let records = try answer(name, turn: turn)?.records
        #expect(records == expected.compactMap { IPAddress($0) }.map { .address($0) })
    }

    @Test(arguments: ["db", "shop-db-1.back", "web.back", "example.org", "front", "."])
    func unknown(name: String) throws {
        #expect(try answer(name) == nil)
    }

    @Test func otherTypesOfAKnownNameAreEmpty() throws {
        #expect(try answer("web", type: 28) == NameResponse(code: .noError))
        #expect(try answer("web", type: 15) == NameResponse(code: .noError))
        #expect(try answer("other", type: 28) == nil)
    }

    @Test func addressesHaveNames() throws {
        let name = try #require(DomainName("shop-web-1.front"))
        #expect(try answer("2.0.210.10.in-addr.arpa", type: 12)?.records == [.pointer(name)])
        #expect(try answer("2.1.210.10.IN-ADDR.arpa", type: 12) == nil)
        #expect(try answer("x.1.210.10.in-addr.arpa", type: 12) == nil)
    }

    @Test(arguments: [
        ("_80._tcp.web", 0, ["shop-web-1.front", "shop-web-2.front"]),
        ("_80._TCP.Web.Front", 1, ["shop-web-2.front", "shop-web-1.front"]),
        ("_80._udp.web", 0, ["shop-web-1.front"]), ("_80._tcp.shop-web-2", 0, ["shop-web-2.front"]),
        ("_80._tcp.www", 3, ["shop-web-1.front"]),
    ])
    func whoListensOnAPortIsFound(name: String, turn: Int, expected: [String]) throws {
        let response = try #require(try answer(name, type: RecordType.service, turn: turn))
        let targets = try expected.map { try #require(DomainName($0)) }
        #expect(response.records == targets.map { .service(port: 80, target: $0) })
        #expect(response.additional.map(\.name) == targets)
        #expect(response.additional.map(\.address) == targets.compactMap { Self.table.addresses(of: $0)?.first })
        #expect(try answer(name) == NameResponse(code: .noError))
    }

    @Test(arguments: [
        "_81._tcp.web", "_80._sctp.web", "_80._tcp.db", "_80._tcp", "_80.web", "_tcp._80.web", "80._tcp.web",
        "_80/udp._tcp.web", "_._tcp.web", "__._tcp.web", "_80.._tcp.web", "_99999._tcp.web",
    ])
    func otherServicesAreAskedForElsewhere(name: String) throws {
        guard DomainName(name) != nil else { return }
        #expect(try answer(name, type: RecordType.service) == nil)
    }

    @Test func aContainerOfBothFamiliesListensOnce() throws {
        let addresses = [IPAddress.v4(IPv4Address(10, 0, 0, 1)), try #require(IPAddress("fd00::2"))]
        let table = NameTable(
            [.init(network: "n", addresses: addresses, names: ["web-1", "web"], ports: [Port(80)])], networks: ["n"])
        let query = try NameQuery(parsing: try question("_80._tcp.web", type: RecordType.service))
        let response = try #require(table.answer(to: query, turn: 0))
        #expect(response.records == [.service(port: 80, target: try #require(DomainName("web-1.n")))])
        #expect(response.additional.map(\.address) == addresses)
    }

    /// A name of both families, and one that has IPv6 only.
    private static func dualStack() throws -> NameTable {
        let six = try #require(IPAddress("fd00::2"))
        return NameTable(
            [
                .init(network: "front", addresses: [.v4(IPv4Address(10, 210, 0, 2)), six], names: ["web-1", "web"]),
                .init(network: "front", addresses: [.v6(IPv6Address(high: 0xfd << 56, low: 3))], names: ["six"]),
            ], networks: ["front"])
    }

    @Test(arguments: [
        ("web", RecordType.a, ["10.210.0.2"]), ("web", RecordType.aaaa, ["fd00::2"]), ("six", RecordType.a, []),
        ("six", RecordType.aaaa, ["fd00::3"]),
    ])
    func eachFamilyIsAskedForByItself(name: String, type: UInt16, expected: [String]) throws {
        let query = try NameQuery(parsing: try question(name, type: type))
        let records = expected.compactMap { IPAddress($0) }.map { NameResponse.Record.address($0) }
        #expect(try Self.dualStack().answer(to: query, turn: 0) == NameResponse(code: .noError, records: records))
    }

    @Test func longAddressesHaveNames() throws {
        let address = try #require(IPAddress("fd00::2"))
        let reverse = try #require(DomainName.reverse(address))
        #expect(reverse.description == "2." + String(repeating: "0.", count: 29) + "d.f.ip6.arpa")
        #expect(reverse.reversedAddress == address)
        let query = try NameQuery(parsing: try question(reverse.description.uppercased(), type: RecordType.pointer))
        let name = try #require(DomainName("web-1.front"))
        #expect(try Self.dualStack().answer(to: query, turn: 0)?.records == [.pointer(name)])
        let digits = String(repeating: "0.", count: 31)
        for odd in ["+.\(digits)ip6.arpa", "0.\(digits)0.ip6.arpa", "\(digits)ip6.arpa", "00.\(digits)ip6.arpa"] {
            #expect(DomainName(odd)?.reversedAddress == nil, "\(odd)")
        }
    }

    @Test func theOthersOfANameAreToldOnlyWhereNoneIsWanted() throws {
        let name = try #require(DomainName("web"))
        func addresses(_ wanted: [Bool]) -> [String] {
            let endpoints = wanted.enumerated().map { index, isWanted in
                NameTable.Endpoint(
                    network: "n", addresses: [.v4(IPv4Address(10, 0, 0, UInt8(index)))],
                    names: ["web-\(index)", "web"],
                    isWanted: isWanted)
            }
            return NameTable(endpoints, networks: ["n"]).addresses(of: name)?.map(\.description) ?? []
        }
        #expect(addresses([false, true, true]) == ["10.0.0.1", "10.0.0.2"])
        #expect(addresses([true, false]) == ["10.0.0.0"])
        #expect(addresses([false, false]) == ["10.0.0.0", "10.0.0.1"])
    }

    @Test func wireForm() throws {
        let query = try NameQuery(parsing: try question("web", datagramSize: 4096))
        let response = NameResponse(code: .noError, records: [.address(.v4(IPv4Address(10, 210, 0, 2)))])
        #expect(
            response.encoded(for: query, limit: 512) == [
                0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 1,  // header: response, recursion desired and available
                3, 0x77, 0x65, 0x62, 0, 0, 1, 0, 1,  // question: web A IN
                0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 210, 0, 2,  // answer
                0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0,  // OPT, 1232 bytes
            ])
    }

    @Test func wireFormOfALongAddress() throws {
        let query = try NameQuery(parsing: try question("web", type: RecordType.aaaa))
        let response = NameResponse(code: .noError, records: [.address(try #require(IPAddress("fd00::2")))])
        let expected: [UInt8] =
            [0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 0, 0, 16, 0xfd] + [UInt8](repeating: 0, count: 14) + [2]
        #expect(Array(response.encoded(for: query, limit: 512).suffix(28)) == expected)
    }

    @Test func wireFormOfAService() throws {
        let query = try NameQuery(parsing: try question("_80._tcp.web", type: RecordType.service))
        let target = try #require(DomainName("w.n"))
        let response = NameResponse(
            code: .noError, records: [.service(port: 80, target: target)],
            additional: [.init(name: target, address: .v4(IPv4Address(10, 210, 0, 2)))])
        let answer: [UInt8] =
            [0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 0, 0, 11, 0, 0, 0, 1, 0, 80] + [1, 0x77, 1, 0x6e, 0]  // priority, weight
        let more: [UInt8] = [1, 0x77, 1, 0x6e, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 210, 0, 2]
        let whole = response.encoded(for: query, limit: 512)
        #expect(Array(whole.suffix(answer.count + more.count)) == answer + more)
        #expect(Array(whole[4..<12]) == [0, 1, 0, 1, 0, 0, 0, 1])
        // What is only additional is left out without a word; what was asked for isn't.
        let brief = response.encoded(for: query, limit: whole.count - 1)
        #expect(brief.count == whole.count - more.count)
        #expect((brief[2] & 2, brief[11]) == (0, 0))
        #expect(response.encoded(for: query, limit: brief.count - 1)[2] & 2 == 2)
    }

    @Test func answersThatDoNotFitAreTruncated() throws {
        let query = try NameQuery(parsing: try question("web"))
        let many = NameResponse(code: .noError, records: (0..<100).map { .address(.v4(IPv4Address($0))) })
        let datagram = many.encoded(for: query, limit: 512)
        #expect(datagram.count <= 512)
        #expect(datagram[2] & 2 == 2)
        #expect(datagram[7] == 30)
        let stream = many.encoded(for: query, limit: 65_535)
        #expect(stream[2] & 2 == 0)
        #expect(stream[7] == 100)
    }

    @Test(
        arguments: [
            ([], .ignored), ([0, 7, 0x81, 0, 0, 1, 0, 0, 0, 0, 0, 0], .ignored),
            ([0, 7, 0x28, 0, 0, 1, 0, 0, 0, 0, 0, 0], .answered(id: 7, .notImplemented)),
            ([0, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], .answered(id: 7, .formatError)),
            ([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], .answered(id: 7, .formatError)),
            // A pointer to itself, one forwards, and a label that says it is longer than the message.
            ([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1], .answered(id: 7, .formatError)),
            ([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 14, 0, 0, 1, 0, 1], .answered(id: 7, .formatError)),
            ([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 1, 0, 0, 1, 0, 1], .answered(id: 7, .formatError)),
            ([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 1, 0, 1], .answered(id: 7, .formatError)),
        ] as [([UInt8], NameQuery.Refusal)])
    func malformed(message: [UInt8], expected: NameQuery.Refusal) {
        #expect(throws: expected) { try NameQuery(parsing: message) }
    }

    @Test func anyBytesAreSurvived() throws {
        var random = SystemRandomNumberGenerator()
        let whole = try question("shop-web-1.front", datagramSize: 1232)
        for round in 0..<20_000 {
            var message = whole
            for _ in 0...(round % 8) {
                message[Int.random(in: 0..<message.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            message = Array(message.prefix(Int.random(in: 0...message.count, using: &random)))
            if let query = try? NameQuery(parsing: message) {
                let response = NameResponse(code: .noError, records: [.address(.v4(.loopback))])
                #expect(query.isAnswered(by: response.encoded(for: query, limit: 65_535), id: query.id))
            }
        }
    }

    @Test(arguments: [
        "a..b", String(repeating: "x", count: 64), Array(repeating: "abcdefg", count: 33).joined(separator: "."),
    ])
    func noNames(text: String) {
        #expect(DomainName(text) == nil)
    }
}
