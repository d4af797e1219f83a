public import Planning
import StackModel

/// What happens to a container over time, kept in `status.json`, so that a new supervisor goes on where the last one
/// ended.
public struct ContainerStatus: Codable, Equatable, Sendable {
    public static let currentVersion = 2

    public var version = currentVersion
    public var machine: ContainerMachine
    /// Which boot of the host it was last started in.
    public var boot = ""
    /// The published ports that are held while it runs.
    public var publishedPorts: [ResolvedPort] = []

    public init(machine: ContainerMachine) { self.machine = machine }

    /// A container that was never started.
    public init(of record: ContainerRecord) {
        machine = ContainerMachine(
            policy: record.settings.restart, healthCheck: record.healthCheck, probes: record.settings.probes,
            unhealthyEnd: record.unhealthyEnd)
    }
}
