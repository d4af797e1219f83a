import CLinux
import Glibc
import Testing

@testable import Kernel

/// The real kernel, in network namespaces of the test's own.
@Suite(.enabled(if: geteuid() == 0, "making network namespaces needs root"))
struct NetlinkRouteTests {
    @Test func aContainerReachesItsBridge() throws {
        try inNewNetwork {
            var host = try RouteSocket()
            try host.createBridge("rst0", mac: [2, 0x42, 10, 210, 0, 1])
            let bridge = try host.linkIndex("rst0")
            try host.addAddress([10, 210, 0, 1], prefixLength: 24, to: bridge)
            let listener = try listen(on: [10, 210, 0, 1])
            defer { close(listener) }
            let outside = try currentNetwork()
            defer { close(outside) }
            try inNewNetwork {
                let inside = try currentNetwork()
                defer { close(inside) }
                #expect(clinux_enter_network(outside) == 0)
                try host.createVeth(
                    VethPair(
                        name: "rv1", bridge: bridge, peerName: "eth0", peerMAC: [2, 0x42, 10, 210, 0, 2],
                        peerNamespace: inside))
                #expect(clinux_enter_network(inside) == 0)
                try checkInside()
                try host.settle("rv1", "rst0")
                try connect(to: [10, 210, 0, 1], listener: listener)
            }
            let links = try host.links()
            #expect(links.contains { $0.name == "rv1" && $0.kind == "veth" && $0.bridge == bridge && $0.isUp })
            try host.deleteLink("rst0")
            #expect(throws: NetlinkError.self) { try host.linkIndex("rst0") }
        }
    }

    private func checkInside() throws {
        var inside = try RouteSocket()
        try inside.configureEndpoint("eth0", address: [10, 210, 0, 2], prefixLength: 24, gateway: [10, 210, 0, 1])
        let link = try inside.link("eth0")
        #expect(link.mac == [2, 0x42, 10, 210, 0, 2])
        #expect(
            try inside.addresses().contains(
                AddressListing(link: link.index, address: [10, 210, 0, 2], prefixLength: 24)))
        let expected = RouteListing(
            destination: [0, 0, 0, 0], prefixLength: 0, gateway: [10, 210, 0, 1], link: link.index)
        #expect(try inside.routes().contains(expected))
    }

    @Test func refusalsSayWhatAndWhy() throws {
        try inNewNetwork { () throws in
            var route = try RouteSocket()
            try route.createBridge("rst0")
            do {
                try route.createBridge("rst0")
                Issue.record("a second bridge of the same name was made")
            } catch let error as NetlinkError {
                #expect(error.alreadyExists)
                #expect(error.description == "can't create the bridge rst0: File exists")
            }
            do {
                try route.deleteLink("nothing")
                Issue.record("a link that isn't there was deleted")
            } catch let error as NetlinkError {
                #expect(error.isMissing)
            }
        }
    }

    @Test func theFirstRefusalOfSeveralIsTheOneThrown() throws {
        try inNewNetwork { () throws in
            var route = try RouteSocket()
            do {
                try route.perform(.deleteLink("one"), .createBridge("rst0"), .deleteLink("two"))
                Issue.record("nothing was refused")
            } catch let error as NetlinkError {
                #expect(error.operation == "delete the link one")
            }
            #expect(try route.link("rst0").kind == "bridge")
        }
    }
}

/// Runs `body` with this thread in a network namespace of its own, and puts the thread back.
private func inNewNetwork(_ body: () throws -> Void) throws {
    let home = try currentNetwork()
    defer {
        #expect(clinux_enter_network(home) == 0)
        close(home)
    }
    try #require(clinux_unshare_network() == 0)
    try body()
}

private func currentNetwork() throws -> Int32 {
    let descriptor = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    return descriptor
}

private let port = in_port_t(7000).bigEndian

private func withAddress<Result>(
    _ address: [UInt8], _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
) rethrows -> Result {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port
    name.sin_addr.s_addr = address.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return try withUnsafePointer(to: &name) {
        try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}

private func listen(on address: [UInt8]) throws -> Int32 {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(withAddress(address) { bind(listener, $0, $1) } == 0)
    try #require(Glibc.listen(listener, 1) == 0)
    return listener
}

private func connect(to address: [UInt8], listener: Int32) throws {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(client) }
    var wait = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    #expect(withAddress(address) { Glibc.connect(client, $0, $1) } == 0)
    let accepted = accept(listener, nil, nil)
    #expect(accepted >= 0)
    close(accepted)
}
