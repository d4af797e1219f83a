import Addressing
import Blocking
import Kernel
import Networks
import Planning
import Sandboxes
import Synchronization

/// What the controller does outside of itself, and what it asks there: the disk, links and rules. In tests it is a value.
protocol NetworkEffects: Sendable {
    /// Nanoseconds since 1970.
    func now() -> Int64
    func load() throws -> NetworkStore.Content
    func save(_ record: NetworkRecord) throws
    func save(_ ledger: AddressLedger) throws
    /// Removes a record; one that isn't there is no error.
    func removeRecord(_ name: String) throws

    func routedSubnets() throws -> [Prefix]
    func hasLink(_ name: String) throws -> Bool
    /// Makes the bridge be there as it should be, and the kernel do for it what containers need.
    func makeBridge(_ bridge: Bridge) throws
    /// Removes a bridge; one that isn't there is no error.
    func removeBridge(_ name: String) throws
    /// Makes the links of the host that lead out pass packets on, where the host is no router anyway.
    ///
    /// - Returns: those that do so only for containers, in the order of their names.
    func openLinks() throws -> [String]
    /// Makes them be as they were.
    func closeLinks() throws

    /// Makes a running container's link be there and on its bridge.
    ///
    /// - Parameter defaultRoutes: the gateways of the container's default routes that lead through it.
    func connect(_ link: SandboxEndpoint, of processes: ContainerProcesses, defaultRoutes: [[UInt8]]) async throws

    /// Removes the host's end of a container's link, and so the other one; one that isn't there is no error.
    func disconnect(_ hostLink: String) throws
    /// Makes a running container's default routes lead through these gateways.
    func route(_ gateways: [[UInt8]], of processes: ContainerProcesses) async throws

    func hasTable(_ name: String) throws -> Bool
    /// Makes the kernel's table be this ruleset, in one transaction. What the kernel remembers of `earlier` rules goes.
    func apply(_ ruleset: Ruleset, earlier: Ruleset?) throws
    /// Removes a table, and one of this name of an earlier Roost; none is no error.
    func removeTable(_ name: String) throws
    /// Removes only that of an earlier Roost.
    func removeEarlierTable(_ name: String) throws
}

/// This host.
final class HostNetworkEffects: NetworkEffects {
    private let store: NetworkStore
    private let openedLinks: OpenedLinks
    /// One for all times: when such a socket is closed the kernel waits until what was removed lately can't be in use
    /// any more, which takes it a dozen milliseconds and more.
    private let filter = Mutex<NetfilterSocket?>(nil)

    init(store: NetworkStore, openedLinks: OpenedLinks) {
        self.store = store
        self.openedLinks = openedLinks
    }

    private func withFilter<Result>(_ body: (inout NetfilterSocket) throws -> Result) throws -> Result {
        try filter.withLock { filter in
            var socket = try filter.take() ?? NetfilterSocket()
            // One that failed may still hold answers: it isn't used again.
            let result = try body(&socket)
            filter = consume socket
            return result
        }
    }

    func now() -> Int64 { Timestamp.now() }
    func load() throws -> NetworkStore.Content { try store.load() }
    func save(_ record: NetworkRecord) throws { try store.save(record) }
    func save(_ ledger: AddressLedger) throws { try store.save(ledger) }
    func removeRecord(_ name: String) throws { try store.remove(name) }

    func routedSubnets() throws -> [Prefix] {
        var socket = try RouteSocket()
        return try socket.routedSubnets()
    }

    func hasLink(_ name: String) throws -> Bool {
        var socket = try RouteSocket()
        return try socket.hasLink(name)
    }

    func makeBridge(_ bridge: Bridge) throws {
        var socket = try RouteSocket()
        try socket.ensureBridge(bridge)
        try KernelSettings.allowForwarding(through: bridge.name)
        try KernelSettings.allowLoopbackPorts(on: bridge.name)
        let hasIPv6 = bridge.addresses.contains { $0.address.bytes.count == 16 }
        try KernelSettings.distrustNeighbours(on: bridge.name, hasIPv6: hasIPv6)
    }

    func removeBridge(_ name: String) throws {
        var socket = try RouteSocket()
        try socket.removeBridge(name)
    }

    func openLinks() throws -> [String] { try openedLinks.open() }
    func closeLinks() throws { try openedLinks.close() }

    func connect(_ link: SandboxEndpoint, of processes: ContainerProcesses, defaultRoutes: [[UInt8]]) async throws {
        try await onOwnThread {
            try ContainerLink.connect(link, of: processes.process, defaultRoutes: defaultRoutes)
        }
    }

    func disconnect(_ hostLink: String) throws { try ContainerLink.disconnect(hostLink) }

    func route(_ gateways: [[UInt8]], of processes: ContainerProcesses) async throws {
        if gateways.isEmpty { return }
        try await onOwnThread { try ContainerLink.route(gateways, of: processes.process) }
    }

    func hasTable(_ name: String) throws -> Bool {
        try withFilter { try $0.tables(prefix: name).contains(name) }
    }

    func apply(_ ruleset: Ruleset, earlier: Ruleset?) throws {
        try withFilter { try $0.apply(ruleset) }
        guard ruleset.ports != earlier?.ports else { return }
        try withFilter { socket in
            try socket.forgetStaleFlows(ruleset, earlier: earlier) { () throws(NetlinkError) in
                var route = try RouteSocket()
                return Set(try route.addresses().compactMap { IPAddress(bytes: $0.address) })
            }
        }
    }

    func removeTable(_ name: String) throws {
        try withFilter { try $0.deleteTable(name) }
    }

    func removeEarlierTable(_ name: String) throws {
        try withFilter { try $0.deleteEarlierTable(name) }
    }
}
