import Addressing
import Kernel
import Launching
public import Logging
import Networks
import Planning
import Sandboxes
import StackModel

/// Containers on their networks. A container's way: ``lease(_:)`` and ``hold(_:for:)`` before its launch, then
/// ``attach(_:_:ports:log:)`` or, where the launch failed, ``withdraw(_:)``; ``detach(_:)`` when it has ended,
/// ``release(_:)`` when it is removed.
extension NetworkController {
    /// A container's link on one network.
    struct LeasedPlace: Sendable {
        var place: EndpointTable.Place
        var endpoint: SandboxEndpoint
    }

    // MARK: Before a launch

    /// Gives a container its places on its networks, the one with the default route first.
    func lease(_ record: ContainerRecord) throws -> [LeasedPlace] {
        let request = try EndpointRequest(record)
        for attachment in request.attachments { try ensure(attachment.network) }
        var changed = ledger
        let endpoint = try request.places(from: &changed, serving: predecessors(of: record))
        try keep(changed)
        enter(endpoint)
        return endpoint.places.enumerated().compactMap { index, place in
            guard let network = records[place.network], let leases = ledger.networks[place.network] else { return nil }
            return LeasedPlace(
                place: place,
                endpoint: SandboxEndpoint(place, of: record.id, number: index, on: network, leases))
        }
    }

    /// Other containers of the same name that have not ended: their addresses are theirs.
    func predecessors(of record: ContainerRecord) -> Set<String> {
        let others = table.endpoints.values.filter { $0.name == record.name && $0.container != record.id }
        return Set(others.map(\.container).filter { !hasEnded($0) })
    }

    /// The end of a process may be known to the kernel before it is known here.
    private func hasEnded(_ container: String) -> Bool { processes[container].map { !$0.monitor.isAlive } ?? false }

    /// Makes ports a container's own, before its shim binds them. Containers of one service have them together: the shim
    /// takes part in the sockets of those that run.
    func hold(_ ports: [ResolvedPort], for record: ContainerRecord) throws -> [HeldPort] {
        let endpoint = table[record.id] ?? EndpointTable.Endpoint(record)
        let wanted = ports.map { EndpointTable.PublishedPort($0) }
        if let conflict = table.conflict(wanted, for: endpoint, where: { !hasEnded($0) }) {
            throw ContainerError("\(conflict)")
        }
        enter(endpoint.publishing(wanted))
        return wanted.map { HeldPort($0, sharers: sharers(of: $0, for: endpoint)) }
    }

    private func sharers(of port: EndpointTable.PublishedPort, for endpoint: EndpointTable.Endpoint) -> [PortSharer] {
        table.sharers(of: [port], for: endpoint).compactMap { processes[$0.container] }
            .map { PortSharer(pid: $0.shim, startTime: $0.shimStartTime) }
    }

    /// Whether another container of the service has one of the container's ports, or is about to.
    func sharesPorts(_ record: ContainerRecord) -> Bool {
        guard let endpoint = table[record.id] else { return false }
        return !table.sharers(of: endpoint.ports, for: endpoint).isEmpty
    }

    /// What the containers of all stacks hold.
    var publishedPorts: Set<ResolvedPort> { Set(table.endpoints.values.flatMap(\.ports).map(\.resolved)) }

    /// A container that runs already keeps what it has: somebody only asks what its launch would be.
    private func enter(_ endpoint: EndpointTable.Endpoint) {
        let known = table[endpoint.container]
        guard known?.isAttached != true else { return }
        expectations.removeValue(forKey: endpoint.container)?.cancel()
        var entered = endpoint
        if let known, known.isAwaited {
            // Until it runs, who connects to its ports goes on waiting.
            entered.isAwaited = true
            if entered.ports.isEmpty { entered.ports = known.ports }
        }
        table.enter(entered)
    }

    /// A container was not launched after all.
    func withdraw(_ record: ContainerRecord) {
        guard let endpoint = table[record.id], !endpoint.isAttached else { return }
        forget(record.id)
        // What can't be applied now is put right by the next change.
        if endpoint.isAwaited { try? changed(record.stack) }
    }

    // MARK: While it runs

    /// A container runs: its names can be found, its ports lead to it, and it can look names up.
    func attach(
        _ record: ContainerRecord, _ processes: ContainerProcesses, ports: [ResolvedPort],
        _ availability: Availability = .ready, log: Logger
    ) async {
        do {
            let endpoint = try enter(record, processes, ports)
            set(availability, of: record)
            guard !endpoint.places.isEmpty else { return }
            try refresh(record.stack)
            let service = try await startNames(record, processes)
            // A container may end before its name service has begun.
            guard table[record.id]?.run == endpoint.run else { return await service.stop() }
            await services.updateValue(service, forKey: record.id)?.stop()
        } catch {
            log.error("\(record.name): its network is incomplete: \(error)")
        }
    }

    /// Takes over what runs already, then puts everything right at once: no port stops working for a moment, and none
    /// leads to a container that ended meanwhile.
    ///
    /// - Parameters:
    ///   - containers: those that there are, running or not.
    ///   - areAll: there are no others, which somebody else may be able to read: others' addresses are free.
    public func adopt(_ containers: [ContainerSnapshot], areAll: Bool, log: Logger) {
        for problem in problems { log.error("\(problem)") }
        // The order of their making decides which of several is the newest.
        for container in containers.sorted(by: { $0.record.created < $1.record.created }) {
            guard let processes = container.machine.processes else { continue }
            attempt(container.record.name, log) {
                _ = try enter(container.record, processes, container.status.publishedPorts)
                set(container.machine.availability, of: container.record)
            }
        }
        // The host, too, may use what somebody made by hand.
        let used = Set(
            table.endpoints.values.flatMap(\.places).map(\.network) + records.filter { $0.value.byHand != nil }.keys)
        for name in used.sorted() { attempt("network \(name)", log) { try ensure(name) } }
        for stack in Set(records.values.map(\.stack)).sorted() {
            attempt("the rules of stack \(stack)", log) { try refresh(stack) }
        }
        guard areAll, problems.isEmpty else { return }
        attempt("the ledger of addresses", log) { try sweep(containers.map(\.record)) }
    }

    /// Takes back what nobody has any more.
    private func sweep(_ known: [ContainerRecord]) throws {
        var changed = ledger
        changed.releaseAll(except: known.map { LeaseHolder(container: $0.id, name: $0.name) })
        for name in ledger.networks.keys where records[name] == nil { changed.removeNetwork(name) }
        try keep(changed)
    }

    func attempt(_ what: String, _ log: Logger, _ work: () throws -> Void) {
        do {
            try work()
        } catch {
            log.error("\(what): not up to date: \(error)")
        }
    }

    private func enter(
        _ record: ContainerRecord, _ found: ContainerProcesses, _ published: [ResolvedPort]
    ) throws -> EndpointTable.Endpoint {
        if let known = table[record.id], known.isAttached, processes[record.id] == found { return known }
        let ports = published.map { EndpointTable.PublishedPort($0) }
        var changed = ledger
        let endpoint = try EndpointRequest(record).places(in: &changed).publishing(ports)
        try keep(changed)
        let attached = table.attach(endpoint)
        processes[record.id] = found
        directory.update(view)
        return attached
    }

    /// What whoever connects to a running container can expect has changed. New connections go to those that are ready.
    func setAvailability(_ availability: Availability, of record: ContainerRecord) throws {
        guard set(availability, of: record) else { return }
        try changed(record.stack)
    }

    /// - Returns: whether that is new.
    @discardableResult
    private func set(_ availability: Availability, of record: ContainerRecord) -> Bool {
        let before = table[record.id]
        switch availability {
        case .ready, .unready: table.setReady(record.id, availability == .ready)
        case .draining: table.drain(record.id)
        case .gone, .awaited: return false
        }
        return table[record.id] != before
    }

    func changed(_ stack: String) throws {
        directory.update(view)
        try refresh(stack)
    }

    // MARK: After its end

    /// How long whoever connects to a container's port may wait for its next run. A client's kernel sends the first
    /// packet again after one, three, seven and fifteen seconds.
    private static let patience = Duration.seconds(15)

    /// A container has ended.
    ///
    /// - Parameter isAwaited: it will be back: for some time, who connects to its ports waits instead of being refused.
    func detach(_ record: ContainerRecord, isAwaited: Bool = false) async {
        guard let endpoint = table[record.id] else { return }
        if isAwaited && !endpoint.ports.isEmpty {
            table.await(record.id)
            expectations.updateValue(Task { await self.giveUp(record, run: endpoint.run) }, forKey: record.id)?.cancel()
        } else {
            forget(record.id)
        }
        processes[record.id] = nil
        // What can't be applied now is put right by the next change, or the next supervisor.
        try? changed(record.stack)
        await services.removeValue(forKey: record.id)?.stop()
    }

    private func forget(_ container: String) {
        expectations.removeValue(forKey: container)?.cancel()
        table.remove(container)
    }

    private func giveUp(_ record: ContainerRecord, run: Int) async {
        // A cancelled wait means that the container is back, or gone for good.
        guard (try? await Task.sleep(for: Self.patience)) != nil, table[record.id]?.run == run else { return }
        forget(record.id)
        // As above.
        try? changed(record.stack)
    }

    /// A container is gone: others may have its addresses.
    func release(_ record: ContainerRecord) throws {
        if table[record.id]?.isAwaited == true {
            forget(record.id)
            try changed(record.stack)
        }
        var changed = ledger
        changed.claim(LeaseHolder(container: record.id, name: record.name))
        changed.release(record.id)
        try keep(changed)
    }

    // MARK: What is told of it

    /// Where a running container is, by the network's name.
    public func places(of record: ContainerRecord) -> [String: NetworkPlace] {
        (table[record.id]?.places ?? []).reduce(into: [:]) { result, place in
            guard let address = place.addresses.first,
                let leases = ledger.networks[place.network]?[address.family]
            else { return }
            result[place.network] = NetworkPlace(
                address: "\(address)", prefixLength: Int(leases.subnet.length), gateway: "\(leases.gateway)",
                mac: "\(place.mac)")
        }
    }

    /// Serves the sockets that the container's shim holds.
    func startNames(_ record: ContainerRecord, _ processes: ContainerProcesses) async throws -> NameService {
        let shim = try ProcessDescriptor(processes.monitor)
        let host = ResolvConf(parsing: (try? Files.readText("/etc/resolv.conf")) ?? "")
        let own = record.settings.dns
        let datagram = try shim.descriptor(MonitorSettings.nameSocketDescriptors.datagram)
        let stream = try shim.descriptor(MonitorSettings.nameSocketDescriptors.stream)
        let directory = directory
        let id = record.id
        return try await NameService(
            datagram: datagram.release(), stream: stream.release(),
            upstreams: ResolvConf.upstreams(host: host, dns: own), group: group,
            table: { directory.table(of: id) })
    }
}
