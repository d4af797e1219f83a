import Addressing
import ControlAPI
import Kernel
import Launching
import Logging
import NIOCore
public import Networks
import Planning
import Sandboxes
import StackModel

/// What the firewall is told of a stack.
extension NetworkController {
    /// The stack's rules as they should be.
    public func ruleset(of stack: String) -> Ruleset {
        let networks = records.values.filter { $0.stack == stack }.sorted { $0.definition.name < $1.definition.name }
        let parts = networks.compactMap { record in
            ledger.networks[record.definition.name].map {
                Ruleset.Network(bridge: record.bridge, subnet: $0.subnet, isInternal: record.definition.isInternal)
            }
        }
        let ports = attached.filter { $0.value.stack == stack }.sorted { $0.key < $1.key }
            .flatMap { _, attachment in publishedPorts(attachment) }
        return Ruleset(table: Ruleset.tableName(instance: instance, stack: stack), networks: parts, ports: ports)
    }

    private func publishedPorts(_ attachment: Attachment) -> [Ruleset.PublishedPort] {
        // Packets come in over a network that has a way out.
        let open = attachment.addresses.filter { records[$0.key]?.definition.isInternal == false }
        guard let address = open.min(by: { $0.key < $1.key })?.value else { return [] }
        return attachment.ports.compactMap { port in
            // No address means all of them, which is not what an IPv6 address asks for.
            if let address = port.hostIP, address.v4 == nil { return nil }
            return Ruleset.PublishedPort(
                hostAddress: port.hostIP?.v4, hostPort: Port(port.published, port.protocol),
                address: address, containerPort: port.target)
        }
    }

    /// Brings the kernel's table to what it should be, in one transaction, if it isn't.
    func refresh(_ stack: String) throws {
        let wanted = ruleset(of: stack)
        guard applied[stack] != wanted else { return }
        var socket = try NetfilterSocket()
        if wanted.networks.isEmpty && wanted.ports.isEmpty {
            try socket.deleteTable(wanted.table)
            applied[stack] = nil
        } else {
            try socket.apply(wanted)
            applied[stack] = wanted
        }
    }
}
