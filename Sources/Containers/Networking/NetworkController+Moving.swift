import Networks
import Planning
import Sandboxes

/// Containers that come to networks and leave them while they run.
extension NetworkController {
    /// Gives a running container the places that its record asks for by now, and takes the others. Done once more it
    /// does nothing, and goes on where it was cut short.
    func move(_ record: ContainerRecord, _ found: ContainerProcesses) async throws {
        guard let known = table[record.id], known.isAttached, processes[record.id] == found else { return }
        let moved = try newPlaces(of: record, knowing: known)
        let wanted = moved.places
        moving.insert(record.id)
        defer { moving.remove(record.id) }
        // The rules know a link before there is one: no frame of it passes unseen.
        table.move(to: moved)
        try changed(record.stack)
        for place in known.places where !wanted.contains(where: { $0.hasLink(of: place) }) {
            try effects.disconnect(LinkNames.endpoint(container: record.id, network: place.network))
        }
        try await makeLinks(of: record.id, found)
        // One that was nowhere when it began to run, or when this supervisor did, has no name service yet.
        guard known.places.isEmpty, services[record.id] == nil, !wanted.isEmpty else { return }
        let service = try await startNames(record, found)
        guard table[record.id]?.run == known.run else { return await service.stop() }
        await services.updateValue(service, forKey: record.id)?.stop()
    }

    /// Leases what is new and gives back what is left.
    private func newPlaces(
        of record: ContainerRecord, knowing known: EndpointTable.Endpoint
    ) throws -> EndpointTable.Endpoint {
        let request = try EndpointRequest(record)
        for attachment in request.attachments { try ensure(attachment.network) }
        var changed = ledger
        let moved = try request.places(from: &changed, serving: predecessors(of: record))
        for place in known.places where !moved.places.contains(where: { $0.network == place.network }) {
            changed.release(record.id, on: place.network)
        }
        try keep(changed)
        return moved
    }

    private func makeLinks(of container: String, _ found: ContainerProcesses) async throws {
        var gateways: [[UInt8]] = []
        for number in (table[container]?.places ?? []).indices {
            // It may end at any time.
            guard let endpoint = table[container], endpoint.places.indices.contains(number),
                let link = link(of: endpoint, number)
            else { return }
            let routes = defaultRoutes(of: endpoint, through: number)
            try await effects.connect(link, of: found, defaultRoutes: routes)
            gateways += routes
        }
        try await effects.route(gateways, of: found)
    }

    /// The container's link of a place, by its number; `nil` if there is no such network any more.
    func link(of endpoint: EndpointTable.Endpoint, _ number: Int) -> SandboxEndpoint? {
        let place = endpoint.places[number]
        guard let record = records[place.network], let leases = ledger.networks[place.network] else { return nil }
        return SandboxEndpoint(place, of: endpoint.container, number: number, on: record, leases)
    }
}

extension EndpointTable.Place {
    /// Whether a link that was made for the other one is right for this one.
    fileprivate func hasLink(of other: Self) -> Bool {
        network == other.network && addresses == other.addresses && mac == other.mac
    }
}
