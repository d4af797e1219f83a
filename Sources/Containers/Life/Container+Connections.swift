public import StackModel

/// Networks by hand. What a file says is put into force by ``Container/update(_:)``.
extension Container {
    /// Attaches the container to a network of this host, now if it runs, and at each start.
    public func connect(to network: String, _ attachment: NetworkAttachment) async throws {
        try checkHasNetworks()
        try await change { record in
            guard try !record.attachments().contains(where: { $0.network == network }) else {
                throw ContainerError(
                    "endpoint with name \(record.name) already exists in network \(network): disconnect it first")
            }
            record.connections = (record.connections ?? [:]).merging([network: attachment]) { $1 }
        }
    }

    /// Takes the container off a network. The next `up` attaches it again if its file says so.
    public func disconnect(from network: String) async throws {
        try checkHasNetworks()
        try await change { record in
            guard try record.attachments().contains(where: { $0.network == network }) else {
                throw ContainerError("container \(record.name) is not connected to network \(network)")
            }
            record.connections?[network] = nil
            let networks = record.spec.networks
            record.spec.settings.networks = record.settings.networks.filter { networks[$0.key]?.name != network }
        }
    }

    private func checkHasNetworks() throws {
        guard record.settings.networkMode != .networks else { return }
        throw ContainerError(
            "container \(record.name) shares a network or has none (network_mode): it can't be on others as well")
    }
}
