import StackModel

/// Which container has which name: names are the host's, over all stacks. A container that takes the place of another
/// has its name beside it for a while.
struct ContainerNames {
    private struct Holder {
        var id: String
        var stack: String
    }

    private var holders: [String: [Holder]] = [:]

    static func isValid(_ name: String) -> Bool { ObjectName.isValid(name, bytes: 2...128) }

    /// The newest container with the name.
    func holder(of name: String) -> String? { holders[name]?.last?.id }

    /// - Parameter leaving: containers that are about to go away: they don't need their names any more.
    mutating func claim(_ record: ContainerRecord, after leaving: Set<String> = []) throws(ContainerError) {
        if let other = holders[record.name]?.first(where: { !leaving.contains($0.id) && $0.id != record.id }) {
            let of = other.stack.isEmpty ? "" : " of stack \(other.stack)"
            throw ContainerError(
                "the container name \"\(record.name)\" is already in use by container \(other.id.prefix(12))\(of); "
                    + "remove that or choose another container_name")
        }
        adopt(record)
    }

    /// Takes an existing container into account.
    mutating func adopt(_ record: ContainerRecord) {
        holders[record.name, default: []].append(Holder(id: record.id, stack: record.stack))
    }

    /// Takes a container into account of which no more than its name is known.
    mutating func reserve(_ name: String, for id: String) {
        holders[name, default: []].append(Holder(id: id, stack: ""))
    }

    mutating func release(_ record: ContainerRecord) {
        holders[record.name]?.removeAll { $0.id == record.id }
        if holders[record.name]?.isEmpty == true { holders[record.name] = nil }
    }
}
