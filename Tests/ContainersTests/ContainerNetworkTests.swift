import Addressing
import CLinux
import Glibc
import Kernel
import Networks
import Planning
import Sandboxes
import StackModel
import Synchronization
import Testing

@testable import Containers

/// A process with a network namespace of its own, beside another one that stands for the host. Both are the test's.
private struct NetworkedProcess: ~Copyable {
    let process: ProcessIdentity
    private let inside: OwnedDescriptor

    var processes: ContainerProcesses {
        ContainerProcesses(
            pid: process.pid, startTime: process.startTime, shim: process.pid, shimStartTime: process.startTime)
    }

    func end() {
        kill(process.pid, SIGKILL)
        waitpid(process.pid, nil, 0)
    }

    /// Runs `body` on the host's side, on a thread that ends with it.
    ///
    /// - Parameter prepare: what is done in the process's namespace before it is there.
    static func run<Result: Sendable>(
        prepare: @escaping @Sendable () throws -> Void = {},
        _ body: @escaping @Sendable (borrowing NetworkedProcess) throws -> Result
    ) async throws -> Result {
        try await onThread {
            try unshare()
            let host = try network()
            try unshare()
            try prepare()
            let child = try Spawn("/bin/sleep", ["sleep", "600"]).start()
            let process = NetworkedProcess(process: try ProcessIdentity(pid: child), inside: try network())
            defer { process.end() }
            try enter(host.number)
            return try body(process)
        }
    }

    private static func onThread<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try OwnThread.start { continuation.resume(with: Swift.Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private static func network() throws -> OwnedDescriptor { try OwnedDescriptor(open: "/proc/thread-self/ns/net") }
    private static func unshare() throws { try #require(clinux_unshare_network() == 0) }
    private static func enter(_ network: Int32) throws { try #require(clinux_enter_network(network) == 0) }

    /// What is seen from inside.
    func look<Result>(_ body: (inout RouteSocket) throws -> Result) throws -> Result {
        let home = try Self.network()
        try Self.enter(inside.number)
        let result: Result
        do {
            var socket = try RouteSocket()
            result = try body(&socket)
        } catch {
            try Self.enter(home.number)
            throw error
        }
        try Self.enter(home.number)
        return result
    }

    /// On a thread of its own, which stays in the process's namespace until it ends.
    func aside(_ body: @escaping @Sendable () throws -> Void) throws {
        let (number, writing) = try OwnedDescriptor.pipe().release()
        let reading = OwnedDescriptor(taking: number)
        let failure = Failure()
        try OwnThread.start {
            do { try body() } catch { failure.set(error) }
            close(writing)
        }
        // Its end is the pipe's.
        _ = try reading.waitReadable(milliseconds: 60_000)
        if let error = failure.error { throw error }
    }
}

/// From one thread to another.
private final class Failure: Sendable {
    private let state = Mutex<(any Error)?>(nil)
    var error: (any Error)? { state.withLock { $0 } }
    func set(_ error: any Error) { state.withLock { $0 = error } }
}

@Suite(.enabled(if: geteuid() == 0, "making network namespaces needs root"), .timeLimit(.minutes(5)))
struct ContainerLinkTests {
    private static let gateway: [UInt8] = [10, 210, 0, 1]
    private static let link = SandboxEndpoint(
        hostLink: "rv1", bridge: "rst0", name: "eth0", mac: [2, 0x42, 10, 210, 0, 2],
        addresses: [SandboxAddress(address: [10, 210, 0, 2], prefixLength: 24, gateway: gateway)])

    /// The two ends, as each side sees its own.
    private struct Seen: Equatable, Sendable {
        var host: LinkListing?
        var inside: [LinkListing]
        var addresses: [[UInt8]]
        var gateways: [[UInt8]]
    }

    private static func bridge() throws -> Int32 {
        var host = try RouteSocket()
        try host.createBridge("rst0", mac: [2, 0x42, 10, 210, 0, 1])
        return try host.linkIndex("rst0")
    }

    private static func see(_ process: borrowing NetworkedProcess) throws -> Seen {
        var host = try RouteSocket()
        let outer = try host.links().first { $0.name == link.hostLink }
        return try process.look { socket in
            Seen(
                host: outer, inside: try socket.links().filter { $0.kind == "veth" },
                addresses: try socket.addresses().map(\.address).filter { $0.count == 4 && $0[0] == 10 },
                gateways: try socket.routes().filter { $0.prefixLength == 0 }.compactMap(\.gateway))
        }
    }

    private static func connect(_ process: borrowing NetworkedProcess) throws {
        let identity = process.process
        try process.aside { try ContainerLink.connect(link, of: identity, defaultRoutes: [gateway]) }
    }

    @Test func aLinkIsWholeAndMadeOnce() async throws {
        try await NetworkedProcess.run { process in
            let bridge = try Self.bridge()
            try Self.connect(process)
            let seen = try Self.see(process)
            #expect(seen.host?.bridge == bridge && seen.host?.isUp == true)
            #expect(seen.inside.map(\.name) == ["eth0"] && seen.inside.map(\.mac) == [Self.link.mac])
            #expect(seen.inside.map(\.isUp) == [true])
            #expect(seen.addresses == [[10, 210, 0, 2]] && seen.gateways == [Self.gateway])
            try Self.connect(process)
            #expect(try Self.see(process) == seen)
        }
    }

    /// Whoever made it was killed before it came to its bridge.
    @Test func aHalfMadeLinkIsMadeWhole() async throws {
        try await NetworkedProcess.run { process in
            let bridge = try Self.bridge()
            try Self.connect(process)
            var host = try RouteSocket()
            try host.deleteLink("rst0")
            let again = try Self.bridge()
            try process.look { try $0.perform(.deleteLink("eth0")) }
            #expect(try Self.see(process).host == nil)
            try Self.connect(process)
            let seen = try Self.see(process)
            #expect(seen.host?.bridge == again && seen.addresses == [[10, 210, 0, 2]] && again != bridge)
        }
    }

    @Test func aNameThatIsTakenLeadsToAnother() async throws {
        try await NetworkedProcess.run(prepare: {
            var socket = try RouteSocket()
            try socket.createBridge("eth0")
        }) { process in
            _ = try Self.bridge()
            try Self.connect(process)
            #expect(try Self.see(process).inside.map(\.name) == ["eth1"])
        }
    }

    @Test func whatIsRemovedIsGoneOnBothSides() async throws {
        try await NetworkedProcess.run { process in
            _ = try Self.bridge()
            try Self.connect(process)
            for _ in 1...2 {
                try ContainerLink.disconnect(Self.link.hostLink)
                let seen = try Self.see(process)
                #expect(seen.host == nil && seen.inside.isEmpty && seen.gateways.isEmpty)
            }
        }
    }

    @Test func aDefaultRouteTakesTheEarlierOnesPlace() async throws {
        try await NetworkedProcess.run { process in
            _ = try Self.bridge()
            try Self.connect(process)
            let identity = process.process
            try process.aside { try ContainerLink.route([[10, 210, 0, 9]], of: identity) }
            #expect(try Self.see(process).gateways == [[10, 210, 0, 9]])
        }
    }

    /// The pid may be another process's by now, whose network is nobody's business.
    @Test func anotherProcessIsLeftAlone() async throws {
        try await NetworkedProcess.run { process in
            _ = try Self.bridge()
            let later = ProcessIdentity(pid: process.process.pid, startTime: process.process.startTime + 1)
            try process.aside {
                try ContainerLink.connect(Self.link, of: later, defaultRoutes: [Self.gateway])
            }
            let seen = try Self.see(process)
            #expect(seen.host == nil && seen.inside.isEmpty)
        }
    }
}

@Suite(.enabled(if: geteuid() == 0, "making network namespaces needs root"), .timeLimit(.minutes(5)))
struct HostNetworkEffectsTests {
    private static let bridge = Bridge(
        name: "rst0", addresses: [.init(.v4(IPv4Address(10, 210, 0, 1)), prefixLength: 24)])

    @Test func bridgesAreMadeOnceAndRemoved() async throws {
        let place = try TemporaryDirectory()
        try await NetworkedProcess.run { _ in
            let effects = HostNetworkEffects(
                store: NetworkStore(directory: place.path), openedLinks: OpenedLinks(path: place.path + "/links"))
            #expect(try !effects.hasLink("rst0"))
            for _ in 1...2 { try effects.makeBridge(Self.bridge) }
            #expect(try effects.hasLink("rst0"))
            #expect(try effects.routedSubnets().contains(Prefix(IPv4Address(10, 210, 0, 0), length: 24)))
            #expect(try Files.readText("/proc/sys/net/ipv4/conf/rst0/forwarding") == "1\n")
            for _ in 1...2 { try effects.removeBridge("rst0") }
            #expect(try !effects.hasLink("rst0"))
        }
    }

    @Test func rulesAreWrittenAnewAndRemoved() async throws {
        let place = try TemporaryDirectory()
        try await NetworkedProcess.run { _ in
            let effects = HostNetworkEffects(
                store: NetworkStore(directory: place.path), openedLinks: OpenedLinks(path: place.path + "/links"))
            let network = Ruleset.Network(bridge: "rst0", subnets: [Prefix(IPv4Address(10, 210, 0, 0), length: 24)])
            let ruleset = Ruleset(table: Ruleset.tableName(instance: "0a1b", stack: "shop"), networks: [network])
            #expect(try !effects.hasTable(ruleset.table))
            try effects.apply(ruleset, earlier: nil)
            try effects.apply(ruleset, earlier: ruleset)
            #expect(try effects.hasTable(ruleset.table))
            for _ in 1...2 { try effects.removeTable(ruleset.table) }
            #expect(try !effects.hasTable(ruleset.table))
        }
    }
}

/// Probes ask in the container's own network: what listens there listens nowhere else.
@Suite(.enabled(if: geteuid() == 0, "making network namespaces needs root"), .timeLimit(.minutes(5)))
struct NetworkProbeTests {
    /// A server in the container, that gives one client this answer.
    private static func answer(
        _ check: @escaping @Sendable (UInt16) -> ProbeCheck, _ bytes: String = ""
    ) async throws -> ProbeAnswer {
        let server = Server()
        return try await NetworkedProcess.run(prepare: {
            var socket = try RouteSocket()
            try socket.setUp(RouteSocket.loopback)
            try server.listen(answering: Array(bytes.utf8))
        }) { process in
            try server.ask(Probe(check(server.port), timeoutSeconds: 30), process.processes)
        }
    }

    private final class Server: Sendable {
        private struct State {
            var listener: Int32 = -1
            var port: UInt16 = 0
            var answer: ProbeAnswer?
        }

        private let state = Mutex(State())
        var port: UInt16 { state.withLock { $0.port } }

        func listen(answering bytes: [UInt8]) throws {
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bind(listener, address, length) == 0 && Glibc.listen(listener, 4) == 0
                        && getsockname(listener, address, &length) == 0
                }
            }
            try #require(status)
            let port = UInt16(bigEndian: address.sin_port)
            state.withLock { ($0.listener, $0.port) = (listener, port) }
            try OwnThread.start {
                // Closed from the other side, this ends.
                while case let client = accept(listener, nil, nil), client >= 0 {
                    var buffer = [UInt8](repeating: 0, count: 4096)
                    if !bytes.isEmpty {
                        _ = read(client, &buffer, buffer.count)
                        _ = write(client, bytes, bytes.count)
                    }
                    close(client)
                }
            }
        }

        /// Waits for the answer on this thread, which belongs to the host's side.
        func ask(_ probe: Probe, _ processes: ContainerProcesses) throws -> ProbeAnswer {
            let (number, writing) = try OwnedDescriptor.pipe().release()
            let reading = OwnedDescriptor(taking: number)
            Task {
                let answer = await NetworkProbe.run(probe, in: processes)
                self.state.withLock { $0.answer = answer }
                close(writing)
            }
            _ = try reading.waitReadable(milliseconds: 60_000)
            return try #require(state.withLock { $0.answer })
        }

        deinit {
            let listener = state.withLock { $0.listener }
            shutdown(listener, Int32(SHUT_RDWR))
            close(listener)
        }
    }

    @Test func whatListensIsReady() async throws {
        let answer = try await Self.answer { .tcp(port: $0, host: nil) }
        #expect(answer == ProbeAnswer(outcome: .exited(code: 0), output: "connected"))
    }

    @Test func whereNobodyListensNobodyIsReady() async throws {
        let answer = try await Self.answer { .tcp(port: $0 == 1 ? 2 : 1, host: nil) }
        #expect(answer.outcome == .exited(code: 1) && !answer.output.isEmpty)
    }

    @Test(
        arguments: [
            ("HTTP/1.1 204 No Content\r\n\r\n", 0, "HTTP 204 No Content"),
            ("HTTP/1.1 503 Busy\r\n\r\n", 1, "HTTP 503 Busy"),
            ("HTTP/1.1", 1, "the connection ended before the answer"), ("nonsense\n", 1, "the answer is not HTTP"),
        ] as [(String, Int32, String)])
    func anAnswerDecides(_ bytes: String, _ code: Int32, _ output: String) async throws {
        let answer = try await Self.answer({ .http(HTTPCheck(path: "/", port: $0)) }, bytes)
        #expect(answer == ProbeAnswer(outcome: .exited(code: code), output: output))
    }

    @Test func aServerOfAnotherKindIsNotServing() async throws {
        let answer = try await Self.answer({ .grpc(port: $0, service: "") }, "HTTP/1.1 400 Bad Request\r\n\r\n")
        #expect(answer.outcome == .exited(code: 1))
    }

    @Test func aProcessThatIsGoneAnswersNothing() async {
        let gone = ContainerProcesses(pid: 4_194_303, startTime: 1, shim: 4_194_303, shimStartTime: 1)
        let answer = await NetworkProbe.run(Probe(.tcp(port: 1, host: nil)), in: gone)
        #expect(answer.outcome == .exited(code: 1))
    }
}
