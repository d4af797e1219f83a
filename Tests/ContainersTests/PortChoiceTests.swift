import Addressing
import Glibc
import Launching
import Networks
import Sandboxes
import StackModel
import Testing

@testable import Containers

@Suite struct PortChoiceTests {
    /// A TCP port of all addresses, held as long as the value lives.
    private struct Held: ~Copyable {
        let descriptor: Int32
        let port: UInt16

        init(port wanted: UInt16 = 0) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = wanted.bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let number = descriptor
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, size) == 0 && getsockname(number, $0, &size) == 0
                }
            }
            port = address.sin_port.bigEndian
            try #require(isBound)
        }

        deinit { close(descriptor) }
    }

    @Test func fixedPortsAreTaken() throws {
        var choice = PortChoice([
            PublishedPort(published: 8080...8080, target: 80),
            PublishedPort(hostIP: .v4(.loopback), published: 53...53, target: 53, protocol: .udp),
        ])
        // Whether they can be had is seen when they are held.
        let taken: Set = [ResolvedPort(hostIP: nil, published: 8080, target: 1, protocol: .tcp)]
        #expect(
            try choice.next(taken: taken) == [
                ResolvedPort(hostIP: nil, published: 8080, target: 80, protocol: .tcp),
                ResolvedPort(hostIP: .v4(.loopback), published: 53, target: 53, protocol: .udp),
            ])
        #expect(!choice.hasAlternatives)
    }

    @Test func nothingPublishedIsNothingChosen() throws {
        var choice = PortChoice([])
        #expect(try choice.next(taken: []) == [])
        #expect(!choice.hasAlternatives)
    }

    @Test(arguments: TransportProtocol.allCases)
    func ephemeralPortsAreFreeOnes(_ transport: TransportProtocol) throws {
        var choice = PortChoice([PublishedPort(published: nil, target: 80, protocol: transport)])
        #expect(choice.hasAlternatives)
        let port = try #require(try choice.next(taken: []).first)
        #expect(port.published > 0)
        #expect(port.target == 80)
        #expect(port.protocol == transport)
    }

    @Test func aPortOfSCTPIsNoneOfTCP() throws {
        let held = try Held()
        let range = held.port...(held.port + 5)
        var choice = PortChoice([PublishedPort(published: range, target: 80, protocol: .sctp)])
        let port = try #require(try choice.next(taken: []).first)
        #expect(port.published == held.port)
        #expect(HeldPort(EndpointTable.PublishedPort(port)).protocol == .sctp)
    }

    @Test func rangeGivesItsFirstFreePort() throws {
        let held = try Held()
        let port = held.port
        try #require(port < 65_000)
        var choice = PortChoice([PublishedPort(published: port...(port + 20), target: 80)])
        let first = try #require(try choice.next(taken: []).first?.published)
        #expect(first > port)
        let second = try #require(try choice.next(taken: []).first?.published)
        #expect(second > first)
    }

    @Test func rangePassesOverWhatContainersHold() throws {
        let held = try Held()
        let port = held.port
        try #require(port < 65_000)
        let range = port...(port + 20)
        var choice = PortChoice([PublishedPort(published: range, target: 80)])
        let free = try #require(try choice.next(taken: []).first?.published)
        let taken: Set = [ResolvedPort(hostIP: nil, published: free, target: 9, protocol: .tcp)]
        var other = PortChoice([PublishedPort(published: range, target: 80)])
        #expect(try #require(try other.next(taken: taken).first?.published) > free)
        // UDP has ports of its own, and what other transports hold doesn't count.
        let datagrams: Set = [ResolvedPort(hostIP: nil, published: free, target: 9, protocol: .udp)]
        var third = PortChoice([PublishedPort(published: range, target: 80)])
        #expect(try third.next(taken: datagrams).first?.published == free)
    }

    @Test func twoRangesOfAServiceShareNoPort() throws {
        let held = try Held()
        let port = held.port
        try #require(port < 65_000)
        let range = port...(port + 40)
        var choice = PortChoice([
            PublishedPort(published: range, target: 80), PublishedPort(published: range, target: 81),
        ])
        let ports = try choice.next(taken: []).map(\.published)
        #expect(Set(ports).count == 2)
    }

    @Test func usedUpRangeIsRefused() throws {
        let held = try Held()
        let port = held.port
        try #require(port < 65_000)
        let taken = Set((0...2).map { ResolvedPort(hostIP: nil, published: port + $0, target: 1, protocol: .tcp) })
        var choice = PortChoice([PublishedPort(published: port...(port + 2), target: 80)])
        let error = #expect(throws: ContainerError.self) { try choice.next(taken: taken) }
        #expect(error?.description == "no port of \(port)-\(port + 2)/tcp is free; publish a wider range")
    }

    @Test func attemptsAreBounded() throws {
        var choice = PortChoice([PublishedPort(published: nil, target: 80)])
        var count = 0
        while choice.hasAlternatives, count < 1000 {
            _ = try choice.next(taken: [])
            count += 1
        }
        #expect(count == 16)
    }
}
