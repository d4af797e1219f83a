import Synchronization

/// Which container has which name: names are the host's, over all stacks. A container that takes the place of another
/// has its name beside it for a while.
final class ContainerNames: Sendable {
    private struct Holder {
        var id: String
        var stack: String
    }

    private let holders = Mutex<[String: [Holder]]>([:])

    /// - Parameter replaced: the container that goes away for this one.
    func claim(_ record: ContainerRecord, replacing replaced: String? = nil) throws(OperationError) {
        let other = holders.withLock { holders -> Holder? in
            if let other = holders[record.name]?.first(where: { $0.id != replaced && $0.id != record.id }) {
                return other
            }
            holders[record.name, default: []].append(Holder(id: record.id, stack: record.stack))
            return nil
        }
        guard let other else { return }
        throw OperationError(
            "the container name \"\(record.name)\" is already in use by container \(other.id.prefix(12)) of stack "
                + "\(other.stack); remove that or choose another container_name")
    }

    /// Takes an existing container into account.
    func adopt(_ record: ContainerRecord) {
        holders.withLock { $0[record.name, default: []].append(Holder(id: record.id, stack: record.stack)) }
    }

    func release(_ record: ContainerRecord) {
        holders.withLock { holders in
            holders[record.name]?.removeAll { $0.id == record.id }
            if holders[record.name]?.isEmpty == true { holders[record.name] = nil }
        }
    }

    /// Whether nobody else has the name.
    func isLast(_ record: ContainerRecord) -> Bool {
        holders.withLock { $0[record.name]?.contains { $0.id != record.id } != true }
    }
}
