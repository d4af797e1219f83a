import Networks
import Synchronization

/// The names of the containers of all stacks, for who answers questions while the controller is at something else. Tables
/// are made when they are asked for: most containers start and end without anybody looking a name up.
final class NameDirectory: Sendable {
    private struct State {
        var view: NetworkView
        /// By the networks that a container is on: the containers of a stack mostly share one table.
        var tables: [Set<String>: NameTable] = [:]
    }

    private let state: Mutex<State>

    init(_ view: NetworkView) {
        state = Mutex(State(view: view))
    }

    /// From now on, this is so.
    func update(_ view: NetworkView) {
        state.withLock { $0 = State(view: view) }
    }

    /// What a container can see: the endpoints on the networks that it is on.
    func table(of id: String) -> NameTable {
        state.withLock { state in
            let networks = state.view.networks(of: id)
            let links = state.view.links(of: id)
            // Names that nobody else sees make a table that nobody else can use.
            guard links.isEmpty else {
                return state.view.names(on: networks, links: links, stack: state.view.table[id]?.stack ?? "")
            }
            if let table = state.tables[networks] { return table }
            let table = state.view.names(on: networks)
            state.tables[networks] = table
            return table
        }
    }
}
