/// What a control group may use. 0 and the empty string mean no limit.
public struct CgroupLimits: Equatable, Sendable {
    /// Bytes.
    public var memory: UInt64 = 0
    /// Memory plus swap in bytes, as v1 counts it.
    public var memorySwap: UInt64 = 0
    /// Bytes that are protected from reclaim (v2), or a soft limit (v1).
    public var memoryReservation: UInt64 = 0
    /// Microseconds of CPU time in each period.
    public var cpuQuota: UInt64 = 0
    /// Microseconds.
    public var cpuPeriod: UInt64 = 100_000
    /// Relative weight as in v1, 2…262144.
    public var cpuShares: UInt64 = 0
    /// A list of CPUs such as `0-2,5`.
    public var cpus = ""
    /// Processes and threads.
    public var pids: UInt64 = 0
    /// What devices may be used; empty for all.
    public var devices: [DeviceRule] = []

    public init() {}

    /// One value to write: the limit in the user's words, and the file's name and content.
    struct Setting: Equatable {
        var limit: String
        var file: String
        var value: String
        /// Whether the file may be missing although the controller is there.
        var optional = false
    }

    /// The controllers that the limits need. Devices are not among them: version 2 has no controller for them.
    var controllers: [CgroupController] {
        CgroupController.allCases.filter { $0 != .devices && !legacySettings($0).isEmpty }
    }

    /// The files of v1 (Documentation/admin-guide/cgroup-v1), in the order in which they have to be written.
    func legacySettings(_ controller: CgroupController) -> [Setting] {
        var settings: [Setting] = []
        switch controller {
        case .memory:
            if memory > 0 {
                settings.append(Setting(limit: "memory", file: "memory.limit_in_bytes", value: "\(memory)"))
            }
            // Without swap accounting the kernel has no such file, and memory itself stays limited.
            if memorySwap > 0 {
                let file = "memory.memsw.limit_in_bytes"
                settings.append(Setting(limit: "memory and swap", file: file, value: "\(memorySwap)", optional: true))
            }
            if memoryReservation > 0 {
                let file = "memory.soft_limit_in_bytes"
                settings.append(Setting(limit: "memory reservation", file: file, value: "\(memoryReservation)"))
            }
        case .cpu:
            if cpuShares > 0 {
                settings.append(Setting(limit: "cpu shares", file: "cpu.shares", value: "\(cpuShares)"))
            }
            if cpuQuota > 0 {
                settings.append(Setting(limit: "cpus", file: "cpu.cfs_period_us", value: "\(cpuPeriod)"))
                settings.append(Setting(limit: "cpus", file: "cpu.cfs_quota_us", value: "\(cpuQuota)"))
            }
        case .cpuset:
            if !cpus.isEmpty { settings.append(Setting(limit: "cpuset", file: "cpuset.cpus", value: cpus)) }
        case .pids:
            if pids > 0 { settings.append(Setting(limit: "processes", file: "pids.max", value: "\(pids)")) }
        case .devices:
            let policy = DevicePolicy(devices)
            if !policy.allowsEverything { settings = policy.legacySettings }
        }
        return settings
    }

    /// The files of v2 (Documentation/admin-guide/cgroup-v2.rst).
    func unifiedSettings(_ controller: CgroupController) -> [Setting] {
        var settings: [Setting] = []
        switch controller {
        case .memory:
            if memory > 0 { settings.append(Setting(limit: "memory", file: "memory.max", value: "\(memory)")) }
            if memorySwap > 0 {
                let swap = memorySwap > memory ? memorySwap - memory : 0
                settings.append(Setting(limit: "swap", file: "memory.swap.max", value: "\(swap)", optional: true))
            }
            if memoryReservation > 0 {
                settings.append(Setting(limit: "memory reservation", file: "memory.low", value: "\(memoryReservation)"))
            }
        case .cpu:
            if cpuShares > 0 {
                settings.append(Setting(limit: "cpu shares", file: "cpu.weight", value: "\(Self.weight(cpuShares))"))
            }
            if cpuQuota > 0 {
                settings.append(Setting(limit: "cpus", file: "cpu.max", value: "\(cpuQuota) \(cpuPeriod)"))
            }
        case .cpuset, .pids: settings = legacySettings(controller)
        case .devices: break
        }
        return settings
    }

    /// v1's shares (2…262144) on v2's scale of weights (1…10000), linearly, as the OCI runtimes convert them.
    static func weight(_ shares: UInt64) -> UInt64 {
        let bounded = min(max(shares, 2), 262_144)
        return 1 + (bounded - 2) * 9999 / 262_142
    }
}
