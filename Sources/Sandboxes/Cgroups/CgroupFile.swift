import Cgroups
import Launching
import OCI

/// One limit of `config.json`, and the files that it is written to in both versions of control groups
/// (Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst).
struct CgroupFile: Sendable {
    typealias Resources = RuntimeConfiguration.Resources
    typealias Writes = @Sendable (Resources) -> [CgroupWrite]

    let controller: CgroupController
    /// In the user's words.
    let limit: String
    let legacy: Writes
    let unified: Writes

    init(
        _ controller: CgroupController, _ limit: String, legacy: @escaping Writes, unified: @escaping Writes
    ) {
        self.controller = controller
        self.limit = limit
        self.legacy = legacy
        self.unified = unified
    }

    /// A number: 0 isn't written, a negative one means no limit. A file that a version doesn't have is `nil`.
    static func number(
        _ controller: CgroupController, _ limit: String, v1: String?, v2: String?, isOptional: Bool = false,
        _ value: @escaping @Sendable (Resources) -> Int64?
    ) -> CgroupFile {
        func writes(_ file: String?, unlimited: String) -> Writes {
            { resources in
                guard let file, let number = value(resources), number != 0 else { return [] }
                return [CgroupWrite(file, number < 0 ? unlimited : "\(number)", isOptional: isOptional)]
            }
        }
        return CgroupFile(
            controller, limit, legacy: writes(v1, unlimited: "-1"), unified: writes(v2, unlimited: "max"))
    }

    /// A text that both versions take as it is.
    static func text(
        _ controller: CgroupController, _ limit: String, _ file: String,
        _ value: @escaping @Sendable (Resources) -> String?
    ) -> CgroupFile {
        let writes: Writes = { resources in
            guard let text = value(resources), !text.isEmpty else { return [] }
            return [CgroupWrite(file, text)]
        }
        return CgroupFile(controller, limit, legacy: writes, unified: writes)
    }

    /// In the order in which they have to be written.
    static let all: [CgroupFile] = memory + processor + processes + blockIO + others

    // MARK: Memory

    private static let memory: [CgroupFile] = [
        .number(.memory, "memory", v1: "memory.limit_in_bytes", v2: "memory.max") { $0.memory?.limit },
        // Without swap accounting the kernel has no such file, and memory itself stays limited.
        CgroupFile(.memory, "memory and swap") {
            swap("memory.memsw.limit_in_bytes", $0.memory?.swap, "-1")
        } unified: {
            swap("memory.swap.max", swapAlone($0.memory), "max")
        },
        .number(.memory, "memory reservation", v1: "memory.soft_limit_in_bytes", v2: "memory.low") {
            $0.memory?.reservation
        },
        // What the kernel uses is part of the memory since Linux 5.4.
        .number(.memory, "kernel memory", v1: "memory.kmem.limit_in_bytes", v2: nil, isOptional: true) {
            $0.memory?.kernel
        },
        .number(.memory, "TCP buffers", v1: "memory.kmem.tcp.limit_in_bytes", v2: nil, isOptional: true) {
            $0.memory?.kernelTCP
        },
        .legacy(.memory, "swappiness", "memory.swappiness") { $0.memory?.swappiness.map { "\($0)" } },
        .legacy(.memory, "the killer for want of memory", "memory.oom_control") {
            $0.memory?.disableOOMKiller == true ? "1" : nil
        },
    ]

    private static func swap(_ file: String, _ value: Int64?, _ unlimited: String) -> [CgroupWrite] {
        guard let value else { return [] }
        return [CgroupWrite(file, value < 0 ? unlimited : "\(value)", isOptional: true)]
    }

    /// Version 2 counts swap alone.
    private static func swapAlone(_ memory: RuntimeConfiguration.Memory?) -> Int64? {
        guard let both = memory?.swap, both != 0 else { return nil }
        return both < 0 ? -1 : max(0, both - max(0, memory?.limit ?? 0))
    }

    /// Of version 1 alone; where version 2 has the controller, nothing is like it.
    static func legacy(
        _ controller: CgroupController, _ limit: String, _ file: String,
        _ value: @escaping @Sendable (Resources) -> String?
    ) -> CgroupFile {
        CgroupFile(controller, limit) {
            value($0).map { [CgroupWrite(file, $0)] } ?? []
        } unified: { _ in
            []
        }
    }

    // MARK: CPU and processes

    private static let processor: [CgroupFile] = [
        CgroupFile(.cpu, "cpu shares") {
            guard let shares = $0.cpu?.shares, shares > 0 else { return [] }
            return [CgroupWrite("cpu.shares", "\(shares)")]
        } unified: {
            guard let shares = $0.cpu?.shares, shares > 0 else { return [] }
            return [CgroupWrite("cpu.weight", "\(weight(shares))")]
        },
        CgroupFile(.cpu, "cpus") {
            time($0.cpu)
        } unified: {
            guard let cpu = $0.cpu, cpu.quota ?? 0 != 0 || cpu.period ?? 0 != 0 else { return [] }
            let quota = cpu.quota.map { $0 > 0 ? "\($0)" : "max" } ?? "max"
            return [CgroupWrite("cpu.max", "\(quota) \(cpu.period.map { $0 > 0 ? $0 : period } ?? period)")]
        },
        .number(.cpu, "cpu burst", v1: "cpu.cfs_burst_us", v2: "cpu.max.burst") {
            $0.cpu?.burst.map(Int64.init(clamping:))
        },
        .legacy(.cpu, "real-time period", "cpu.rt_period_us") { $0.cpu?.realtimePeriod.map { "\($0)" } },
        .legacy(.cpu, "real-time CPU time", "cpu.rt_runtime_us") { $0.cpu?.realtimeRuntime.map { "\($0)" } },
        .text(.cpu, "idle CPU time", "cpu.idle") { $0.cpu?.idle.map { "\($0)" } },
        .text(.cpuset, "cpuset", "cpuset.cpus") { $0.cpu?.cpus },
        .text(.cpuset, "memory nodes", "cpuset.mems") { $0.cpu?.mems },
    ]

    /// Microseconds, the kernel's own.
    private static let period: UInt64 = 100_000

    private static func time(_ cpu: RuntimeConfiguration.CPU?) -> [CgroupWrite] {
        var writes: [CgroupWrite] = []
        if let period = cpu?.period, period > 0, cpu?.quota ?? 0 != 0 || period != Self.period {
            writes.append(CgroupWrite("cpu.cfs_period_us", "\(period)"))
        }
        if let quota = cpu?.quota, quota != 0 {
            writes.append(CgroupWrite("cpu.cfs_quota_us", "\(max(quota, -1))"))
        }
        return writes
    }

    /// v1's shares (2…262144) on v2's scale of weights (1…10000), linearly, as the OCI runtimes convert them.
    static func weight(_ shares: UInt64) -> UInt64 {
        let bounded = min(max(shares, 2), 262_144)
        return 1 + (bounded - 2) * 9999 / 262_142
    }

    private static let processes: [CgroupFile] = [
        .text(.pids, "processes", "pids.max") {
            guard let limit = $0.pids?.limit, limit != 0 else { return nil }
            return limit < 0 ? "max" : "\(limit)"
        }
    ]

    // MARK: The rest

    private static let others: [CgroupFile] = [
        CgroupFile(.hugetlb, "huge pages") {
            pages($0, "limit_in_bytes")
        } unified: {
            pages($0, "max")
        },
        .legacy(.networkClass, "network class", "net_cls.classid") { $0.network?.classID.map { "\($0)" } },
        CgroupFile(.networkPriority, "network priorities") {
            ($0.network?.priorities ?? []).map { CgroupWrite("net_prio.ifpriomap", "\($0.name) \($0.priority)") }
        } unified: { _ in
            []
        },
        CgroupFile(.rdma, "RDMA", legacy: devices, unified: devices),
    ]

    private static func pages(_ resources: Resources, _ suffix: String) -> [CgroupWrite] {
        (resources.hugepageLimits ?? []).map { CgroupWrite("hugetlb.\($0.pageSize).\(suffix)", "\($0.limit)") }
    }

    @Sendable private static func devices(_ resources: Resources) -> [CgroupWrite] {
        (resources.rdma ?? [:]).sorted { $0.key < $1.key }.map { name, limits in
            let words =
                [name] + (limits.hcaHandles.map { ["hca_handle=\($0)"] } ?? [])
                + (limits.hcaObjects.map { ["hca_object=\($0)"] } ?? [])
            return CgroupWrite("rdma.max", words.joined(separator: " "))
        }
    }
}
