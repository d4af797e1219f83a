import StackModel

/// Which container has which name: names are the host's, over all stacks. A container that takes the place of another
/// has its name beside it for a while.
struct ContainerNames {
    private struct Holder {
        var id: String
        var stack: String
    }

    private var holders: [String: [Holder]] = [:]

    /// Docker's rule: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
    static func isValid(_ name: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch Unicode.Scalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9": true
            default: false
            }
        }
        guard let first = name.utf8.first, isAlphanumeric(first), (2...128).contains(name.utf8.count) else {
            return false
        }
        return name.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

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
