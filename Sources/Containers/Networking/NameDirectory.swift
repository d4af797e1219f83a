import Addressing
import Networks
import StackModel
import Synchronization

/// Which names the containers of all stacks have. Tables are made when they are asked for: most containers start and
/// end without anybody looking a name up.
final class NameDirectory: Sendable {
    private struct State {
        /// By container.
        var endpoints: [String: [NameTable.Endpoint]] = [:]
        /// By the networks that a container is on: the containers of a stack mostly share one table.
        var tables: [Set<String>: NameTable] = [:]
    }

    private let state = Mutex(State())

    func add(_ record: ContainerRecord, _ addresses: [String: IPv4Address]) {
        let endpoints = record.settings.networks.compactMap { key, attachment -> NameTable.Endpoint? in
            guard let name = record.networks[key]?.name, let address = addresses[name] else { return nil }
            let names = [record.name, record.service] + attachment.aliases + [String(record.id.prefix(12))]
            return NameTable.Endpoint(network: name, address: address, names: names)
        }
        state.withLock {
            $0.endpoints[record.id] = endpoints
            $0.tables = [:]
        }
    }

    func remove(_ record: ContainerRecord) {
        state.withLock {
            $0.endpoints[record.id] = nil
            $0.tables = [:]
        }
    }

    /// What a container can see: the endpoints on the networks that it is on.
    func table(of id: String) -> NameTable {
        state.withLock { state in
            let networks = Set((state.endpoints[id] ?? []).map(\.network))
            if let table = state.tables[networks] { return table }
            // In a stable order, so that answers don't depend on the order of starts.
            let all = state.endpoints.sorted { $0.key < $1.key }.flatMap(\.value)
            let table = NameTable(all, networks: networks)
            state.tables[networks] = table
            return table
        }
    }
}
