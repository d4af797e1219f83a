import Addressing
import ControlAPI
import Kernel
import Launching
public import Logging
import NIOCore
import Networks
import Planning
import Sandboxes
import StackModel

/// Containers on their networks.
extension NetworkController {
    /// Gives a container its places on its networks, highest priority first.
    func lease(_ record: ContainerRecord) throws -> [(network: String, address: IPv4Address, endpoint: SandboxEndpoint)]
    {
        let before = ledger
        let wanted = record.settings.networks.sorted { ($1.value.priority, $0.key) < ($0.value.priority, $1.key) }
        var result: [(String, IPv4Address, SandboxEndpoint)] = []
        for (index, (key, attachment)) in wanted.enumerated() {
            guard let name = record.networks[key]?.name, let network = records[name] else {
                throw ContainerError(
                    "network \(record.networks[key]?.name ?? key) doesn't exist; make it, or take `external` away")
            }
            try prepare(name)
            let address = try ledger.lease(record.name, on: name, address: attachment.ipv4Address)
            let mac = attachment.macAddress ?? MACAddress(of: address)
            guard let leases = ledger.networks[name] else { continue }
            result.append(
                (
                    name, address,
                    SandboxEndpoint(
                        hostLink: LinkNames.endpoint(container: record.id, network: name), bridge: network.bridge,
                        name: "eth\(index)", mac: mac.bytes, address: address.bytes,
                        prefixLength: leases.subnet.length,
                        gateway: network.definition.isInternal ? nil : leases.gateway.bytes)
                ))
        }
        if ledger != before { try store.save(ledger) }
        return result
    }

    /// The leases of a container that runs already; nothing new is given out.
    private func addresses(of record: ContainerRecord) -> [String: IPv4Address] {
        record.networks.values.reduce(into: [:]) { $0[$1.name] = ledger.networks[$1.name]?.leases[record.name] }
    }

    /// Where a running container is, by the network's name.
    public func places(of record: ContainerRecord) -> [String: NetworkPlace] {
        (attached[record.id]?.addresses ?? [:]).reduce(into: [:]) { result, place in
            guard let leases = ledger.networks[place.key] else { return }
            result[place.key] = NetworkPlace(
                address: "\(place.value)", prefixLength: Int(leases.subnet.length), gateway: "\(leases.gateway)",
                mac: "\(MACAddress(of: place.value))")
        }
    }

    /// A container runs: its names can be found, its ports lead to it, and it can look names up.
    func attach(_ record: ContainerRecord, _ processes: ContainerProcesses, ports: [ResolvedPort], log: Logger) async {
        guard let token = enter(record, ports) else { return }
        do {
            for name in record.networks.values.map(\.name) { try prepare(name) }
            try refresh(record.stack)
            let service = try await startNames(record, processes)
            // A container may end before its name service has begun.
            guard attached[record.id]?.token == token else { return await service.stop() }
            await services.updateValue(service, forKey: record.id)?.stop()
        } catch {
            log.error("\(record.name): its network is incomplete: \(error)")
        }
    }

    /// Takes over what runs already, then puts all rules right at once: no port stops working for a moment, and none
    /// leads to a container that ended meanwhile.
    public func adopt(_ running: [(ContainerRecord, [ResolvedPort])], log: Logger) {
        for (record, ports) in running { _ = enter(record, ports) }
        for stack in Set(records.values.map(\.stack)) {
            do {
                try refresh(stack)
            } catch {
                log.error("stack \(stack): its rules are not up to date: \(error)")
            }
        }
    }

    private func enter(_ record: ContainerRecord, _ ports: [ResolvedPort]) -> Int? {
        let addresses = addresses(of: record)
        guard !addresses.isEmpty else { return nil }
        lastToken += 1
        attached[record.id] = Attachment(token: lastToken, stack: record.stack, addresses: addresses, ports: ports)
        directory.add(record, addresses)
        return lastToken
    }

    /// A container has ended.
    func detach(_ record: ContainerRecord) async {
        guard attached.removeValue(forKey: record.id) != nil else { return }
        directory.remove(record)
        // What can't be applied now is put right by the next change, or the next supervisor.
        try? refresh(record.stack)
        await services.removeValue(forKey: record.id)?.stop()
    }

    /// A container is gone: others may have its addresses.
    func release(_ record: ContainerRecord) throws {
        let held = record.networks.values.map(\.name).filter { ledger.networks[$0]?.leases[record.name] != nil }
        if held.isEmpty { return }
        for name in held { ledger.release(record.name, on: name) }
        try store.save(ledger)
    }

    /// Serves the sockets that the container's shim holds.
    private func startNames(_ record: ContainerRecord, _ processes: ContainerProcesses) async throws -> NameService {
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

    /// What the containers of all stacks hold.
    var publishedPorts: Set<ResolvedPort> { Set(attached.values.flatMap(\.ports)) }
}
