import OrderedCollections

/// The containers of `pre_start` have what the service's have, save its volumes, where they don't say otherwise.
struct HookInheritance {
    private let base: Node
    private static let shape = Shape.object(HookFields.container)

    /// - Parameter environment: with the shell's values, without those of files, which the hook reads itself.
    init(service: Mapping, environment: Node?) {
        var base = Mapping()
        for key in ContainerFields.all.map(\.attribute.key) where key != "volumes" {
            if let entry = service.entries[key] { base.set(key, entry.node, keyMark: entry.keyMark) }
        }
        if let environment { base.set("environment", environment) }
        self.base = Node(.map(base), base.entries.values.first?.keyMark ?? Mark(file: .max, line: 0, column: 0))
    }

    func hook(_ node: Node) -> Node {
        Pruning.prune(Merging.merge(base, node, Self.shape), Self.shape)
    }
}
