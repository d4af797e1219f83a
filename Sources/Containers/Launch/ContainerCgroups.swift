public import Cgroups
public import ControlAPI
import OCI

/// Where containers' control groups are, below the root of each hierarchy. Instances with other places on disk have
/// other parents, so that none takes another's containers for its own.
public struct ContainerCgroups: Sendable {
    public let driver: CgroupDriver
    private let parent: String

    public init(_ locations: Locations) throws {
        driver = try CgroupDriver()
        parent =
            locations.runRoot == "/run/roost"
            ? "roost" : "roost-" + hexadecimal(stableHash(locations.runRoot), digits: 8)
    }

    func path(_ id: String) -> String { parent + "/" + id }

    /// The group of a container, made or not.
    func existing(_ id: String) throws -> Cgroup { try driver.existing(path(id)) }

    /// Puts limits on a container that runs.
    func update(_ id: String, _ resources: RuntimeConfiguration.Resources) throws {
        try driver.update(path(id), CgroupLimits(resources))
    }
}

extension CgroupLimits {
    fileprivate init(_ resources: RuntimeConfiguration.Resources) {
        self.init()
        memory = UInt64(max(0, resources.memory?.limit ?? 0))
        memorySwap = UInt64(max(0, resources.memory?.swap ?? 0))
        memoryReservation = UInt64(max(0, resources.memory?.reservation ?? 0))
        cpuQuota = UInt64(max(0, resources.cpu?.quota ?? 0))
        cpuPeriod = resources.cpu?.period ?? 100_000
        cpuShares = resources.cpu?.shares ?? 0
        cpus = resources.cpu?.cpus ?? ""
        pids = UInt64(max(0, resources.pids?.limit ?? 0))
    }
}
