import Addressing
import ControlAPI
import FoundationEssentials
import Glibc
import Kernel
import Launching
import Logging
import NIOPosix
import Networks
import Planning
import Sandboxes
import StackModel
import Synchronization
import Testing

@testable import Containers

/// A host and its disk as a value. After a number of effects nothing happens any more, as after a kill.
final class MemoryNetworkEffects: NetworkEffects {
    struct Host: Equatable {
        var records: [String: NetworkRecord] = [:]
        var ledger: AddressLedger?
        var bridges: Set<String> = []
        var tables: [String: Ruleset] = [:]
        /// The links that were made anew or put back on their bridge.
        var links: [String] = []
        var routes: [Prefix] = []
        var areLinksOpen = false
        /// How often the kernel was told of rules.
        var applications = 0
    }

    private struct Killed: Error {}

    private struct State {
        var host: Host
        var remaining: Int
    }

    private let state: Mutex<State>

    init(_ host: Host = Host(), effects: Int = .max) {
        state = Mutex(State(host: host, remaining: effects))
    }

    var host: Host { state.withLock { $0.host } }

    /// Whether it was killed: all effects are used up.
    var isKilled: Bool { state.withLock { $0.remaining == 0 } }

    /// Effects happen again.
    func revive() { state.withLock { $0.remaining = .max } }

    func change(_ effect: (inout Host) throws -> Void) throws {
        try state.withLock { state in
            guard state.remaining > 0 else { throw Killed() }
            state.remaining -= 1
            try effect(&state.host)
        }
    }

    /// One instant for all.
    func now() -> Int64 { 1_763_812_800_000_000_000 }
    func load() -> NetworkStore.Content { .init(records: host.records, ledger: host.ledger) }
    func save(_ record: NetworkRecord) throws { try change { $0.records[record.definition.name] = record } }
    func save(_ ledger: AddressLedger) throws { try change { $0.ledger = ledger } }
    func removeRecord(_ name: String) throws { try change { $0.records[name] = nil } }
    func routedSubnets() -> [Prefix] { host.routes }
    func hasLink(_ name: String) -> Bool { host.bridges.contains(name) }
    func makeBridge(_ bridge: Bridge) throws { try change { $0.bridges.insert(bridge.name) } }
    func removeBridge(_ name: String) throws { try change { $0.bridges.remove(name) } }
    func openLinks() throws -> [String] {
        try change { $0.areLinksOpen = true }
        return ["eth0"]
    }
    func closeLinks() throws { try change { $0.areLinksOpen = false } }

    func connect(_ link: SandboxEndpoint, of processes: ContainerProcesses, defaultRoutes: [[UInt8]]) throws {
        try change { $0.links.append("\(link.name) on \(link.bridge), default routes \(defaultRoutes)") }
    }
    func disconnect(_ hostLink: String) throws { try change { $0.links.append("\(hostLink) gone") } }
    func route(_ gateways: [[UInt8]], of processes: ContainerProcesses) throws {
        try change { $0.links.append("default routes \(gateways)") }
    }
    func hasTable(_ name: String) -> Bool { host.tables[name] != nil }
    func removeTable(_ name: String) throws { try change { $0.tables[name] = nil } }
    func removeEarlierTable(_ name: String) {}

    func apply(_ ruleset: Ruleset, earlier: Ruleset?) throws {
        try change {
            $0.tables[ruleset.table] = ruleset
            $0.applications += 1
        }
    }
}

@Suite struct NetworkControllerTests {
    private static let network = StackNetwork(name: "shop_default")
    private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func controller(_ effects: MemoryNetworkEffects) throws -> NetworkController {
        try NetworkController(effects: effects, instance: "0a1b2c", group: MultiThreadedEventLoopGroup.singleton)
    }

    private static func record(
        _ id: Character, service: String = "web", number: Int = 1,
        _ change: (inout NetworkAttachment) -> Void = { _ in }
    ) -> ContainerRecord {
        var attachment = NetworkAttachment()
        change(&attachment)
        return Samples.record(
            String(repeating: id, count: 64), service: service, number: number, networks: ["default": network]
        ) { $0.networks = ["default": attachment] }
    }

    private static func addresses(_ places: [NetworkController.LeasedPlace]) -> [String] {
        places.flatMap(\.place.addresses).map(\.description)
    }

    /// This process stands for the shim: it lives.
    private static func alive() throws -> ContainerProcesses {
        let own = try ProcessIdentity(pid: getpid())
        return ContainerProcesses(pid: own.pid, startTime: own.startTime, shim: own.pid, shimStartTime: own.startTime)
    }

    private static func running(
        _ record: ContainerRecord, ports: [ResolvedPort] = [], _ processes: ContainerProcesses? = nil
    ) throws -> ContainerSnapshot {
        var container = stopped(record)
        _ = container.status.machine.handle(
            .adopted(.running(try processes ?? alive(), since: .now)), now: .now)
        container.status.publishedPorts = ports
        return container
    }

    private static func stopped(_ record: ContainerRecord) -> ContainerSnapshot {
        ContainerSnapshot(record: record, status: ContainerStatus(of: record))
    }

    private static let port = ResolvedPort(hostIP: nil, published: 8080, target: 80, protocol: .tcp)

    // MARK: Kills

    /// Whether the parts of the network are all there, and agree.
    private static func expectWhole(_ host: MemoryNetworkEffects.Host, _ what: String) {
        let subnets = host.ledger?.networks["shop_default"]?.subnets.map(\.subnet) ?? []
        #expect(host.records.keys.sorted() == ["shop_default"], "\(what)")
        #expect(host.bridges.count == 1 && host.areLinksOpen, "\(what)")
        #expect(host.tables.values.map(\.openedLinks) == [["eth0"]], "\(what)")
        #expect(subnets.count == 1, "\(what)")
        #expect(host.tables.values.flatMap(\.networks).map(\.subnets) == [subnets], "\(what)")
        #expect(host.records.values.map(\.bridge).sorted() == host.bridges.sorted(), "\(what)")
    }

    private static func expectNothing(_ host: MemoryNetworkEffects.Host, _ what: String) {
        #expect(host.records.isEmpty && host.bridges.isEmpty && host.tables.isEmpty, "\(what)")
        #expect(!host.areLinksOpen, "\(what)")
        #expect(host.ledger?.networks.isEmpty != false, "\(what)")
    }

    /// What is left when the work is cut before each of its effects, until it isn't any more.
    private static func cuts(
        of host: MemoryNetworkEffects.Host, _ work: (NetworkController) async throws -> Void
    ) async throws -> [MemoryNetworkEffects.Host] {
        var left: [MemoryNetworkEffects.Host] = []
        while left.count < 100 {
            let effects = MemoryNetworkEffects(host, effects: left.count)
            let controller = try controller(effects)
            do {
                try await work(controller)
                return left + [effects.host]
            } catch {
                #expect(effects.isKilled, "\(error)")
                left.append(effects.host)
            }
        }
        Issue.record("the work never ends")
        return left
    }

    private static func whole() async throws -> MemoryNetworkEffects.Host {
        let effects = MemoryNetworkEffects()
        try await controller(effects).create(network, stack: "shop")
        return effects.host
    }

    /// Whatever was cut: the next of each kind makes it good.
    private static func expectRepair(_ left: [MemoryNetworkEffects.Host], _ what: String) async throws {
        for (index, host) in left.enumerated() {
            let name = "\(what), cut before effect \(index)"
            let created = MemoryNetworkEffects(host)
            try await controller(created).create(network, stack: "shop")
            expectWhole(created.host, "\(name), created")

            let removed = MemoryNetworkEffects(host)
            #expect(try await controller(removed).remove("shop_default"), "\(name)")
            expectNothing(removed.host, "\(name), removed")

            // `up` doesn't create what there is a record of, and starts containers on it.
            guard host.records["shop_default"] != nil else { continue }
            let leased = MemoryNetworkEffects(host)
            let places = try await controller(leased).lease(record("a"))
            #expect(addresses(places).count == 1, "\(name)")
            expectWhole(leased.host, "\(name), leased")
        }
    }

    @Test("A creation that is killed between any two effects is completed, or removed, by the next")
    func killedCreation() async throws {
        let left = try await Self.cuts(of: .init()) { try await $0.create(Self.network, stack: "shop") }
        #expect(left.count == 6)
        try await Self.expectRepair(left, "creation")
    }

    @Test("A removal that is killed between any two effects is completed, or taken back, by the next")
    func killedRemoval() async throws {
        let left = try await Self.cuts(of: try await Self.whole()) { _ = try await $0.remove("shop_default") }
        #expect(left.count == 6)
        Self.expectNothing(try #require(left.last), "removal")
        try await Self.expectRepair(left, "removal")
    }

    @Test("A removal that fails in a supervisor that lives on is taken back by the next start")
    func failedRemoval() async throws {
        let before = try await Self.whole()
        for effects in 0..<4 {
            let memory = MemoryNetworkEffects(before, effects: effects)
            let controller = try Self.controller(memory)
            await #expect(throws: (any Error).self) { try await controller.remove("shop_default") }
            memory.revive()
            _ = try await controller.lease(Self.record("a"))
            Self.expectWhole(memory.host, "after \(effects) effects")
        }
    }

    @Test("Subnets that a killed creation left are free for others")
    func leftoverSubnets() async throws {
        var host = MemoryNetworkEffects.Host()
        var ledger = AddressLedger()
        try ledger.addNetwork("gone", hostRoutes: [])
        host.ledger = ledger
        let effects = MemoryNetworkEffects(host)
        try await Self.controller(effects).adopt([], areAll: true, log: Self.log)
        #expect(effects.host.ledger?.networks.isEmpty == true)
    }

    // MARK: What others took away

    @Test("A bridge or a table that somebody removed is made again for the next container")
    func vanished() async throws {
        let effects = MemoryNetworkEffects()
        let controller = try Self.controller(effects)
        try await controller.create(Self.network, stack: "shop")
        let applications = effects.host.applications
        _ = try await controller.lease(Self.record("a"))
        #expect(effects.host.applications == applications, "what is right is left alone")
        try effects.change { $0.bridges = [] }
        _ = try await controller.lease(Self.record("b", number: 2))
        Self.expectWhole(effects.host, "without its bridge")
        try effects.change { $0.tables = [:] }
        _ = try await controller.lease(Self.record("c", number: 3))
        Self.expectWhole(effects.host, "without its table")
    }

    @Test("What running containers need is made again without a command; nothing else is")
    func mended() async throws {
        let effects = MemoryNetworkEffects()
        let controller = try Self.controller(effects)
        try await controller.create(Self.network, stack: "shop")
        let record = Self.record("a")
        _ = try await controller.lease(record)
        try effects.change { $0.bridges = [] }
        await controller.mend(log: Self.log)
        #expect(effects.host.bridges.isEmpty, "nobody runs on it")
        await controller.adopt([try Self.running(record, ports: [Self.port])], areAll: false, log: Self.log)
        try effects.change { host in
            host.bridges = []
            host.tables = [:]
        }
        await controller.mend(log: Self.log)
        Self.expectWhole(effects.host, "mended")
        let bridge = effects.host.bridges.first ?? ""
        // The way out leads through the first network's gateway.
        #expect(effects.host.links == ["eth0 on \(bridge), default routes [[10, 210, 0, 1]]"])
        await controller.detach(record)
        await controller.mend(log: Self.log)
        #expect(effects.host.links.count == 1, "it has ended")
    }

    @Test("A running container comes to networks and leaves them; done once more nothing happens")
    func moved() async throws {
        let effects = MemoryNetworkEffects()
        let controller = try Self.controller(effects)
        try await controller.create(Self.network, stack: "shop")
        try await controller.create(StackNetwork(name: "proxy"), stack: "")
        var record = Self.record("a")
        _ = try await controller.lease(record)
        let alive = try Self.alive()
        await controller.adopt([try Self.running(record, alive)], areAll: false, log: Self.log)

        func move() async throws -> [String] {
            let before = effects.host.links.count
            try await controller.move(record, alive)
            let places = await controller.places(of: record)
            #expect(Set(places.keys) == Set(try record.attachments().map(\.network)))
            #expect(effects.host.tables.values.flatMap(\.links).count == places.count, "each link is guarded")
            return effects.host.links.dropFirst(before).filter { !$0.contains(" on ") }
        }
        record.connections = ["proxy": NetworkAttachment()]
        #expect(try await move() == ["default routes [[10, 210, 0, 1]]"], "the file's network keeps the way out")
        #expect(effects.host.links.contains { $0.hasPrefix("eth1 on ") })
        let link = LinkNames.endpoint(container: record.id, network: "shop_default")
        record.spec.settings.networks = [:]
        #expect(try await move() == ["\(link) gone", "default routes [[10, 210, 1, 1]]"])
        #expect(effects.host.ledger?.networks["shop_default"]?.addresses(of: record.id) == [], "others may have it")
        #expect(try await move() == ["default routes [[10, 210, 1, 1]]"])
    }

    @Test("A network that isn't there is named")
    func missing() async throws {
        let controller = try Self.controller(MemoryNetworkEffects())
        let error = await #expect(throws: ContainerError.self) { try await controller.lease(Self.record("a")) }
        #expect(error?.description.hasPrefix("network shop_default doesn't exist") == true)
    }

    // MARK: Containers

    @Test("A replacement has an address of its own while its predecessor serves, and the old one later")
    func replacement() async throws {
        let controller = try Self.controller(MemoryNetworkEffects())
        try await controller.create(Self.network, stack: "shop")
        let (old, new) = (Self.record("a"), Self.record("b"))
        let first = Self.addresses(try await controller.lease(old))
        await controller.adopt([try Self.running(old)], areAll: false, log: Self.log)
        let second = Self.addresses(try await controller.lease(new))
        #expect(first != second)
        await controller.withdraw(new)
        await controller.detach(old)
        try await controller.release(new)
        #expect(Self.addresses(try await controller.lease(Self.record("c"))) == first)
    }

    @Test("A fixed address goes from a container that has stopped to its replacement")
    func fixedAddress() async throws {
        let controller = try Self.controller(MemoryNetworkEffects())
        try await controller.create(Self.network, stack: "shop")
        let fix: (inout NetworkAttachment) -> Void = { $0.ipv4Address = IPv4Address(10, 210, 0, 77) }
        let (old, new) = (Self.record("a", fix), Self.record("b", fix))
        _ = try await controller.lease(old)
        await #expect(throws: LeaseError.self) { try await controller.lease(new) }
        await controller.withdraw(old)
        #expect(Self.addresses(try await controller.lease(new)) == ["10.210.0.77"])
        try await controller.release(old)
        #expect(await controller.ledger.networks["shop_default"]?.addresses(of: new.id).count == 1)
    }

    @Test("Addresses of containers that are gone are free after the next supervisor's start")
    func forgotten() async throws {
        let effects = MemoryNetworkEffects()
        let controller = try Self.controller(effects)
        try await controller.create(Self.network, stack: "shop")
        let (kept, gone) = (Self.record("a"), Self.record("b", number: 2))
        for record in [kept, gone] { _ = try await controller.lease(record) }
        try await Self.controller(effects).adopt([Self.stopped(kept)], areAll: true, log: Self.log)
        let leases = effects.host.ledger?.networks["shop_default"]?.subnets.flatMap(\.leases)
        #expect(leases?.map(\.container) == [kept.id])
    }

    @Test("A network with users stays, whoever's they are")
    func users() async throws {
        let effects = MemoryNetworkEffects()
        let controller = try Self.controller(effects)
        try await controller.create(Self.network, stack: "shop")
        let record = Self.record("a")
        _ = try await controller.lease(record)
        #expect(await controller.users(of: "shop_default").map(\.stack) == ["shop"])
        #expect(try await !controller.remove("shop_default"))
        await controller.withdraw(record)
        #expect(await controller.users(of: "shop_default").isEmpty)
        #expect(try await controller.remove("shop_default"))
        Self.expectNothing(effects.host, "removed")
    }

    @Test("Whoever asks what a launch would be changes nothing of what runs")
    func questions() async throws {
        let controller = try Self.controller(MemoryNetworkEffects())
        try await controller.create(Self.network, stack: "shop")
        let record = Self.record("a")
        _ = try await controller.lease(record)
        await controller.adopt([try Self.running(record, ports: [Self.port])], areAll: false, log: Self.log)
        let before = await controller.table
        _ = try await controller.lease(record)
        #expect(await controller.table == before)
    }

    // MARK: By hand

    @Test("A network made by hand is found by its name and id, kept by the next supervisor, and no stack's")
    func byHand() async throws {
        let effects = MemoryNetworkEffects()
        let controller = try Self.controller(effects)
        let proxy = StackNetwork(name: "proxy", labels: ["a": "b"])
        let id = try await controller.createByHand(proxy, isAttachable: true)
        try await controller.create(Self.network, stack: "shop")
        await #expect(throws: ContainerError.self) { try await controller.createByHand(proxy, isAttachable: false) }
        await #expect(throws: ContainerError.self) { try await controller.create(proxy, stack: "shop") }

        let next = try Self.controller(effects)
        await next.adopt([], areAll: true, log: Self.log)
        for text in ["proxy", id, String(id.prefix(7))] {
            #expect(try await next.name(of: text) == "proxy", "\(text)")
        }
        #expect(try await next.name(of: "pro") == nil)
        #expect(await next.summaries().map(\.name) == ["proxy", "shop_default"])
        #expect(await next.summaries().map(\.stack) == ["", "shop"])
        #expect(await next.summaries().map(\.labels) == [["a": "b"], ["com.docker.compose.project": "shop"]])
        #expect(await next.handMade == ["proxy"])
        #expect(Set(await next.definitions(of: "shop").keys) == ["shop_default"])
        #expect(await next.document(of: "proxy")?.Id == id)
        #expect(try await next.remove("proxy"))
        #expect(await next.summaries().map(\.name) == ["shop_default"])
    }

    @Test("What can't be made by hand leaves nothing, and a build's network is nobody's to see")
    func failedByHand() async throws {
        let effects = MemoryNetworkEffects()
        let controller = try Self.controller(effects)
        let odd = StackNetwork(name: "odd", ipam: [AddressRange(subnet: Prefix("10.9.0.0/31"))])
        await #expect(throws: LeaseError.self) { try await controller.createByHand(odd, isAttachable: false) }
        Self.expectNothing(effects.host, "refused")
        try await controller.create(StackNetwork(name: "roost_build_1"), stack: "")
        #expect(await controller.summaries().isEmpty)
    }

    @Test("Who is connected by hand is where it was asked to be, under the names it was asked to have")
    func connectedByHand() async throws {
        let effects = MemoryNetworkEffects()
        let controller = try Self.controller(effects)
        try await controller.create(Self.network, stack: "shop")
        let definition = StackNetwork(
            name: "proxy",
            ipam: [AddressRange(subnet: Prefix("10.9.0.0/24"), auxAddresses: ["router": .v4(IPv4Address(10, 9, 0, 2))])]
        )
        _ = try await controller.createByHand(definition, isAttachable: false)
        var (web, db) = (Self.record("a"), Self.record("b", service: "db"))
        for record in [web, db] { _ = try await controller.lease(record) }
        await controller.adopt([try Self.running(web), try Self.running(db)], areAll: false, log: Self.log)
        web.connections = ["proxy": NetworkAttachment(aliases: ["www"])]
        web.connections?["proxy"]?.links = ["store": .container(db.name)]
        #expect(web.networkNames == ["proxy", "shop_default"])
        try await controller.move(web, try Self.alive())
        let endpoint = try #require(await controller.document(of: "proxy")?.Containers[web.id])
        #expect(endpoint.IPv4Address == "10.9.0.3/24", "10.9.0.2 is somebody else's")
        let store = try #require(DomainName("store"))
        let directory = await controller.directory
        #expect(directory.table(of: web.id).addresses(of: store)?.count == 1)
        #expect(directory.table(of: db.id).addresses(of: store) == nil)
        #expect(try await !controller.remove("proxy"))
        web.connections = nil
        try await controller.move(web, try Self.alive())
        #expect(directory.table(of: web.id).addresses(of: store) == nil)
        #expect(try await controller.remove("proxy"))
    }

    // MARK: Ports

    @Test("A service's containers hold a port together, and it leads to all that are ready")
    func sharedPort() async throws {
        let effects = MemoryNetworkEffects()
        let controller = try Self.controller(effects)
        try await controller.create(Self.network, stack: "shop")
        let (old, new) = (Self.record("a"), Self.record("b", number: 2))
        _ = try await controller.lease(old)
        #expect(try await controller.hold([Self.port], for: old).map(\.sharers) == [[]])
        #expect(await !controller.sharesPorts(old))
        await controller.adopt([try Self.running(old, ports: [Self.port])], areAll: false, log: Self.log)
        let places = Self.addresses(try await controller.lease(new))
        let shim = try Self.alive()
        #expect(
            try await controller.hold([Self.port], for: new).map(\.sharers)
                == [[PortSharer(pid: shim.shim, startTime: shim.shimStartTime)]])
        #expect(await controller.sharesPorts(new))
        await controller.adopt([try Self.running(new, ports: [Self.port])], areAll: false, log: Self.log)
        let ports = try #require(effects.host.tables.values.first).ports
        #expect(ports.map(\.targets.count) == [2])
        try await controller.setAvailability(.draining, of: old)
        #expect(
            effects.host.tables.values.first?.ports.first?.targets.map(\.address.description) == places)
        await controller.detach(new)
        #expect(effects.host.tables.values.first?.ports.first?.targets.count == 1)
    }

    @Test("Another service is told who has the port, until that has ended")
    func conflict() async throws {
        let controller = try Self.controller(MemoryNetworkEffects())
        try await controller.create(Self.network, stack: "shop")
        let (web, api) = (Self.record("a"), Self.record("b", service: "api"))
        _ = try await controller.hold([Self.port], for: web)
        let error = await #expect(throws: ContainerError.self) { try await controller.hold([Self.port], for: api) }
        #expect(error?.description.contains("port 0.0.0.0:8080/tcp is already in use by container shop-web-1") == true)
        // It ended, and only the kernel knows so far.
        var processes = try Self.alive()
        processes.shimStartTime += 1
        await controller.adopt([try Self.running(web, ports: [Self.port], processes)], areAll: false, log: Self.log)
        #expect(try await controller.hold([Self.port], for: api).count == 1)
    }

    @Test(
        "A port keeps its protocol on its way to the shim",
        arguments: [(TransportProtocol.tcp, HeldProtocol.tcp), (.udp, .udp), (.sctp, .sctp)])
    func protocols(transport: TransportProtocol, expected: HeldProtocol) async throws {
        let controller = try Self.controller(MemoryNetworkEffects())
        let port = ResolvedPort(hostIP: IPAddress("::1"), published: 53, target: 80, protocol: transport)
        let held = try await controller.hold([port], for: Self.record("a"))
        #expect(held.map(\.protocol) == [expected])
        #expect(held.map(\.address) == [[UInt8](repeating: 0, count: 15) + [1]])
        #expect(await controller.publishedPorts == [port])
    }
}

@Suite struct NetworkStoreTests {
    @Test("What the first version wrote is read")
    func firstVersion() throws {
        let directory = try TemporaryDirectory()
        let store = NetworkStore(directory: directory.path)
        try Files.replace(
            directory.path + "/shop_default.json",
            with: Array(
                #"""
                {"bridge":"rst1","stack":"shop","definition":{"name":"shop_default","external":false,"driver":"bridge",
                "driverOpts":{},"isInternal":false,"ipam":[],"labels":{}}}
                """#.utf8))
        try Files.replace(
            directory.path + "/ledger.json",
            with: Array(
                #"""
                {"pools":["10.210.0.0/16"],"networks":{"shop_default":{"network":"shop_default","subnet":"10.210.0.0/24",
                "gateway":"10.210.0.1","range":"10.210.0.0/24","leases":{"shop-web-1":"10.210.0.2"},"retired":[]}}}
                """#.utf8))
        let content = try store.load()
        #expect(content.records["shop_default"]?.bridge == "rst1")
        #expect(content.ledger?.networks["shop_default"]?.subnets.flatMap(\.leases).map(\.name) == ["shop-web-1"])
        #expect(content.problems.isEmpty)
    }

    @Test("A network may have the name of the ledger's file")
    func ledgersName() throws {
        let store = NetworkStore(directory: try TemporaryDirectory().path)
        let record = NetworkRecord(definition: StackNetwork(name: "ledger"), stack: "", bridge: "rst1")
        try store.save(record)
        try store.save(AddressLedger())
        let content = try store.load()
        #expect(content.records == ["ledger": record])
        #expect(content.ledger == AddressLedger())
        try store.remove("ledger")
        #expect(try store.load().records.isEmpty)
    }

    @Test("A record that can't be read is named and left; the others count")
    func unreadable() throws {
        let directory = try TemporaryDirectory()
        let store = NetworkStore(directory: directory.path)
        let record = NetworkRecord(definition: StackNetwork(name: "a"), stack: "shop", bridge: "rst1")
        try store.save(record)
        try Files.replace(directory.path + "/b.json", with: Array("{}".utf8))
        let content = try store.load()
        #expect(content.records == ["a": record])
        #expect(content.problems.count == 1)
        #expect(content.problems.first?.contains("/b.json can't be read") == true)
        // Whoever can read it still finds it.
        #expect(throws: ContainerError.self) {
            try store.save(NetworkRecord(definition: StackNetwork(name: "b"), stack: "shop", bridge: "rst2"))
        }
        #expect(try Files.readText(directory.path + "/b.json") == "{}")
    }

    @Test("A ledger of a later version is not guessed at")
    func laterLedger() throws {
        let directory = try TemporaryDirectory()
        try Files.replace(
            directory.path + "/ledger.json", with: Array(#"{"version":9,"pools":[],"networks":{}}"#.utf8))
        let error = #expect(throws: ContainerError.self) { try NetworkStore(directory: directory.path).load() }
        #expect(error?.description.hasSuffix("version 9 was written by a later Roost than this; use that one") == true)
    }
}
