public import Planning

/// What a container has to know of others.
struct ContainerSurroundings: Sendable {
    /// The containers whose namespaces the given one shares.
    var joined: @Sendable (ContainerRecord) async throws -> JoinedContainers
    var announce: @Sendable (ContainerRecord, ContainerNews) -> Void
}

/// A container at one moment.
public struct ContainerSnapshot: Equatable, Sendable {
    public var record: ContainerRecord
    public var status: ContainerStatus

    public init(record: ContainerRecord, status: ContainerStatus) {
        self.record = record
        self.status = status
    }

    public var machine: ContainerMachine { status.machine }

    /// As the planner sees it.
    public var observed: ObservedContainer {
        ObservedContainer(
            id: record.id, created: Instant(nanoseconds: record.created), spec: record.spec, state: machine.state,
            health: machine.healthStatus, isEnding: machine.isAlive && machine.wanted == .stopped,
            hasOwnVolumes: !record.anonymousVolumes.isEmpty, connections: record.connections?.keys.sorted())
    }
}
