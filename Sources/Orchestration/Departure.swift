import Synchronization

/// Whether a supervisor is about to end, and leaves what it is doing to the next one.
final class Departure: Sendable {
    private let flag = Atomic(false)

    var hasBegun: Bool { flag.load(ordering: .acquiring) }
    func begin() { flag.store(true, ordering: .releasing) }
}
