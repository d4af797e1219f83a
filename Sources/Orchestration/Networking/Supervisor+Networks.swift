import Addressing
import Containers
package import ControlAPI
import Planning
import StackModel

/// Networks by hand: made, looked at, joined and removed without a file.
extension Supervisor {
    private nonisolated var networks: NetworkController { engine.containers.networks }

    package func networkSummaries() async -> [NetworkSummary] { await networks.summaries() }

    /// The shape of `docker network inspect`.
    package func inspectNetwork(_ text: String) async throws -> JSONDocument {
        guard let document = await networks.document(of: try await networkName(text)) else { throw Self.missing(text) }
        return JSONDocument(bytes: try JSON.encode(document))
    }

    /// - Returns: its id.
    package func createNetwork(_ request: NetworkCreationRequest) async throws -> String {
        let network = request.definition
        try Self.checkName(network.name)
        // To be told, until they do something.
        if let option = network.driverOpts.keys.min() {
            throw SupervisorRefusal(.conflict, "network \(network.name): the option \(option) is not supported yet")
        }
        return try await refusing {
            try await networks.createByHand(network, isAttachable: request.attachable)
        }
    }

    /// Removes a network that no container is on.
    ///
    /// - Returns: the names of those that went: this one, or none.
    package func removeNetwork(_ text: String, _ request: NetworkRemovalRequest) async throws -> [String] {
        guard let name = try await foundNetwork(text) else {
            if request.force { return [] }
            throw Self.missing(text)
        }
        let users = await self.users(of: name) { $0.machine.isAlive }
        guard users.isEmpty else { throw Self.inUse(name, users) }
        guard try await refusing({ try await networks.remove(name) }) else {
            // Somebody came meanwhile.
            throw Self.inUse(name, await self.users(of: name) { _ in true })
        }
        return [name]
    }

    /// Removes those that were made by hand and that no container is attached to, whether it runs or not.
    ///
    /// - Returns: their names.
    package func pruneNetworks(_ request: NetworkPruneRequest) async throws -> [String] {
        // Nobody can tell what such a container is attached to.
        if let unreadable = await table.unreadableRecords.first {
            throw SupervisorRefusal(
                .conflict, "no network is removed as long as a container can't be read: \(unreadable)")
        }
        var removed: [String] = []
        for name in await networks.handMade where request.names?.contains(name) != false {
            guard await users(of: name, where: { _ in true }).isEmpty else { continue }
            if try await refusing({ try await networks.remove(name) }) { removed.append(name) }
        }
        return removed
    }

    package func connect(_ text: String, _ request: ConnectionRequest) async throws {
        let name = try await networkName(text)
        let container = try await found(request.container)
        var attachment = request.attachment
        for (alias, link) in attachment.links ?? [:] {
            // By whatever people call it.
            guard case .container(let target) = link else { continue }
            attachment.links?[alias] = .container(try await found(target).record.name)
        }
        let asked = attachment
        try await refusing {
            if let address = asked.ipv4Address { try await networks.check(.v4(address), on: name) }
            try await container.connect(to: name, asked)
        }
    }

    package func disconnect(_ text: String, _ request: DisconnectionRequest) async throws {
        // One that is gone may have left somebody there.
        let name = try await foundNetwork(text) ?? text
        guard let container = await table.find(request.container) else {
            if request.force { return }
            throw SupervisorRefusal(.notFound, "no such container: \(request.container)")
        }
        guard await container.record.networkNames.contains(name) || !request.force else { return }
        try await refusing { try await container.disconnect(from: name) }
    }

    // MARK: Who is meant

    private func foundNetwork(_ text: String) async throws -> String? {
        try await refusing { try await networks.name(of: text) }
    }

    private func networkName(_ text: String) async throws -> String {
        guard let name = try await foundNetwork(text) else { throw Self.missing(text) }
        return name
    }

    private static func missing(_ text: String) -> SupervisorRefusal {
        SupervisorRefusal(.notFound, "network \(text) not found")
    }

    /// The containers that are attached to a network.
    private func users(
        of network: String, where isMeant: (ContainerSnapshot) -> Bool
    ) async -> [ContainerSnapshot] {
        await table.snapshots(await table.all).filter { $0.record.networkNames.contains(network) && isMeant($0) }
    }

    private static func inUse(_ network: String, _ users: [ContainerSnapshot]) -> SupervisorRefusal {
        let names = users.map { user in
            "name:\"\(user.record.name)\" id:\"\(user.record.id.prefix(12))\""
                + (user.record.stack.isEmpty ? "" : " of stack \(user.record.stack)")
        }
        return SupervisorRefusal(
            .conflict,
            "error while removing network: network \(network) has active endpoints (\(names.joined(separator: ", "))); "
                + "stop them, or take them off it (network disconnect)")
    }

    /// As Docker has it, so that a name is a word everywhere.
    private static func checkName(_ name: String) throws(SupervisorRefusal) {
        if ["bridge", "default", "host", "none"].contains(name) {
            throw SupervisorRefusal(.conflict, "operation is not permitted on predefined \(name) network")
        }
        guard ObjectName.isValid(name, bytes: 1...128) else {
            throw SupervisorRefusal(
                .conflict,
                "\"\(name)\" is no name of a network: only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, at most 128 of them")
        }
    }

    /// What the engines can't do is the user's to hear.
    private func refusing<Value: Sendable>(
        _ work: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch let error where !(error is CancellationError || error is SupervisorRefusal) {
            throw SupervisorRefusal(.conflict, "\(error)")
        }
    }
}
