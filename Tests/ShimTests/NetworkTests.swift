import Glibc
import Kernel
import Launching
import Testing

@Suite(.enabled(if: ShimFixture.obstacle == nil, Comment(rawValue: ShimFixture.obstacle ?? "")))
struct NetworkTests {
    /// The shim in a network namespace of the test's own, with a bridge.
    private static let wrapper = [
        "/usr/bin/unshare", "-n", "sh", "-c",
        "ip link set lo up && ip link add br0 type bridge && ip addr add 10.9.0.1/24 dev br0 && ip link set br0 up && exec \"$@\"",
        "sh",
    ]

    private func outside(_ bridge: String = "br0") -> [OutsideStep] {
        [
            .newNetwork,
            .link(host: "rvt1", bridge: bridge, name: "eth0", mac: [2, 0x42, 10, 9, 0, 2], mtu: 1400),
            .address(link: "eth0", address: [10, 9, 0, 2], prefixLength: 24),
            .route(destination: [], prefixLength: 0, gateway: [10, 9, 0, 1]),
            .nameSockets(address: [127, 0, 0, 11], port: 53),
        ]
    }

    @Test(.enabled(if: Files.exists("/sbin/ip"), "needs iproute2"))
    func linkAddressRouteAndSocketsAreThere() throws {
        let fixture = try ShimFixture()
        symlink("busybox", "\(fixture.directory)/lower/bin/ip")
        symlink("busybox", "\(fixture.directory)/lower/bin/netstat")
        let script = "ip addr show eth0; ip route; netstat -ltun; cat /sys/class/net/eth0/operstate"
        let program = try fixture.program(["sh", "-c", script]) {
            $0.outside = outside()
            $0.monitor.links = ["rvt1"]
        }
        let shim = try StartedShim(fixture, program, wrapper: Self.wrapper)
        try #require(shim.answer.error == nil, "\(shim.answer)")
        #expect(try shim.exit().code == 0)
        let output = try shim.output()
        for part in [
            "mtu 1400", "02:42:0a:09:00:02", "inet 10.9.0.2/24", "default via 10.9.0.1", "127.0.0.11:53", "tcp", "udp",
            "up\n",
        ] { #expect(output.contains(part), "\(part) in \(output)") }
    }

    @Test(.enabled(if: Files.exists("/sbin/ip"), "needs iproute2"))
    func missingBridgeIsNamed() throws {
        let fixture = try ShimFixture()
        let program = try fixture.program(["true"]) { $0.outside = outside("br9") }
        let answer = try StartedShim(fixture, program, wrapper: Self.wrapper).answer
        #expect(answer.error == "attach rvt1 to the network: bridge br9 does not exist")
        #expect(answer.step == "outside[1]")
        try expectNothingLeft(fixture)
    }

    @Test func nameSocketsCanBeTakenOver() throws {
        let fixture = try ShimFixture()
        let program = try fixture.program(["sleep", "1000"]) {
            $0.outside = [.newNetwork, .nameSockets(address: [127, 0, 0, 11], port: 53)]
        }
        let shim = try StartedShim(fixture, program)
        try #require(shim.answer.error == nil, "\(shim.answer)")
        let numbers = MonitorSettings.nameSocketDescriptors
        for (number, kind) in [
            (numbers.datagram, Int32(SOCK_DGRAM.rawValue)), (numbers.stream, Int32(SOCK_STREAM.rawValue)),
        ] {
            let socket = try shim.process.descriptor(number)
            var type: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            #expect(getsockopt(socket.number, SOL_SOCKET, SO_TYPE, &type, &size) == 0)
            #expect(type == kind)
        }
        try shim.kill()
        _ = try shim.exit()
    }

    /// A TCP port of 127.9.8.6, bound here as long as the value lives.
    private struct BoundPort: ~Copyable {
        let socket: OwnedDescriptor
        let port: UInt16

        /// `nil` if somebody has it.
        init?(_ wanted: UInt16 = 0) {
            socket = OwnedDescriptor(taking: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = wanted.bigEndian
            name.sin_addr.s_addr = UInt32(0x7f09_0806).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let number = socket.number
            let isBound = withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, size) == 0 && getsockname(number, $0, &size) == 0
                }
            }
            port = UInt16(bigEndian: name.sin_port)
            guard isBound else { return nil }
        }

        /// A port that could be bound a moment ago: this one, or any.
        static func free(_ wanted: UInt16 = 0) -> UInt16? {
            guard let bound = BoundPort(wanted) else { return nil }
            return bound.port
        }

        static func isFree(_ port: UInt16) -> Bool { free(port) != nil }
    }

    @Test func aServicesShimsHoldAPortTogether() throws {
        let port = try #require(BoundPort.free())
        func start(_ sharers: [PortSharer]) throws -> StartedShim {
            let fixture = try ShimFixture()
            let hold = OutsideStep.holdPort(.tcp, address: [127, 9, 8, 6], port: port, sharers: sharers)
            return try StartedShim(fixture, try fixture.program(["sleep", "1000"]) { $0.outside = [hold] })
        }
        // Sharers that are gone, or never had it, don't matter.
        let own = try ProcessIdentity(pid: getpid())
        let strangers = [
            PortSharer(pid: own.pid, startTime: own.startTime), PortSharer(pid: own.pid, startTime: 1),
        ]
        let first = try start(strangers)
        let shim = try #require(first.answer.shim, "\(first.answer)")
        let startTime = try #require(first.answer.shimStartTime)
        #expect(!BoundPort.isFree(port))
        let second = try start(strangers + [PortSharer(pid: shim, startTime: startTime)])
        #expect(second.answer.error == nil)
        try first.kill()
        _ = try first.exit()
        #expect(!BoundPort.isFree(port), "the second one holds it still")
        try second.kill()
        _ = try second.exit()
        #expect(BoundPort.isFree(port))
    }

    @Test(.enabled(if: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 132) < 0, "this kernel has SCTP"))
    func missingProtocolIsNamed() throws {
        let fixture = try ShimFixture()
        let hold = OutsideStep.holdPort(.sctp, address: [127, 0, 0, 1], port: 9)
        let answer = try StartedShim(fixture, try fixture.program(["true"]) { $0.outside = [hold] }).answer
        #expect(answer.error?.hasPrefix("port 127.0.0.1:9/sctp: this host's kernel has no sctp") == true, "\(answer)")
    }

    @Test func heldPortIsKeptAndTheHolderIsNamed() throws {
        // A port that was free a moment ago, on an address of loopback that nothing else uses.
        let socket = OwnedDescriptor(taking: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f09_0807).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #expect(bind(socket.number, $0, size) == 0)
                #expect(getsockname(socket.number, $0, &size) == 0)
            }
        }
        #expect(listen(socket.number, 1) == 0)
        let port = UInt16(bigEndian: name.sin_port)
        let hold = OutsideStep.holdPort(.tcp, address: [127, 9, 8, 7], port: port)
        let fixture = try ShimFixture()
        let refused = try StartedShim(fixture, try fixture.program(["true"]) { $0.outside = [hold] }).answer
        let start = "port 127.9.8.7:\(port)/tcp is already in use by "
        #expect(refused.error?.hasPrefix(start) == true, "\(refused)")
        #expect(refused.error?.hasSuffix("(pid \(getpid())): port is already allocated") == true, "\(refused)")
        try expectNothingLeft(fixture)
        close(socket.release())
        let shim = try StartedShim(fixture, try fixture.program(["sleep", "1000"]) { $0.outside = [hold] })
        #expect(shim.answer.error == nil)
        let second = try ShimFixture()
        let answer = try StartedShim(second, second.program(["true"]) { $0.outside = [hold] }).answer
        #expect(answer.error?.hasPrefix("port 127.9.8.7:\(port)/tcp is already in use") == true, "\(answer)")
        try shim.kill()
        _ = try shim.exit()
    }
}
