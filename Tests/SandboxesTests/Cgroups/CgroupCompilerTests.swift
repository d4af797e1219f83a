import Cgroups
import Launching
import OCI
import Testing

@testable import Sandboxes

/// What of limits is written where, on hosts of each kind.
@Suite struct CgroupCompilerTests {
    private static let unified = CgroupHierarchies(
        unified: "/cg", legacy: [:],
        unifiedControllers: ["cpu", "cpuset", "memory", "pids", "io", "hugetlb", "rdma", "misc"])
    private static let legacy = CgroupHierarchies(
        unified: nil,
        legacy: [
            .memory: "/cg/memory", .cpu: "/cg/cpu,cpuacct", .cpuacct: "/cg/cpu,cpuacct", .cpuset: "/cg/cpuset",
            .pids: "/cg/pids", .devices: "/cg/devices", .blkio: "/cg/blkio", .freezer: "/cg/freezer",
            .hugetlb: "/cg/hugetlb", .rdma: "/cg/rdma", .networkClass: "/cg/net", .networkPriority: "/cg/net",
        ], filtersDevices: false)

    private static var hybrid: CgroupHierarchies {
        var host = legacy
        host.unified = "/cg/unified"
        host.filtersDevices = true
        return host
    }

    typealias Resources = RuntimeConfiguration.Resources

    /// `file value` of everything that is written, in order.
    private func writes(_ host: CgroupHierarchies, _ change: (inout Resources) -> Void) throws -> [String] {
        var resources = Resources()
        change(&resources)
        return try CgroupCompiler(host).program("roost/c", resources).directories.flatMap(\.writes)
            .map { "\($0.file) \($0.value)" }
    }

    private func both(
        v1: [String], v2: [String], _ change: (inout Resources) -> Void, at location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try writes(Self.legacy, change) == v1, sourceLocation: location)
        #expect(try writes(Self.hybrid, change) == v1, sourceLocation: location)
        #expect(try writes(Self.unified, change) == v2, sourceLocation: location)
    }

    @Test func nothingIsWrittenWithoutLimits() throws {
        try both(v1: [], v2: []) { _ in }
        let hybrid = try CgroupCompiler(Self.hybrid).program("roost/c", nil)
        #expect(hybrid.directories == [CgroupDirectory("/cg/unified", .unified)])
        // Somebody has to stop the processes.
        let legacy = try CgroupCompiler(Self.legacy).program("roost/c", nil)
        #expect(legacy.directories == [CgroupDirectory("/cg/freezer", .legacy, controllers: ["freezer"])])
    }

    @Test func memoryIsWrittenForBothVersions() throws {
        try both(
            v1: ["memory.limit_in_bytes 100", "memory.memsw.limit_in_bytes 150", "memory.soft_limit_in_bytes 50"],
            v2: ["memory.max 100", "memory.swap.max 50", "memory.low 50"]
        ) { $0.memory = .init(limit: 100, swap: 150, reservation: 50) }
        try both(
            v1: ["memory.limit_in_bytes -1", "memory.memsw.limit_in_bytes -1"],
            v2: ["memory.max max", "memory.swap.max max"]
        ) { $0.memory = .init(limit: -1, swap: -1) }
        try both(v1: ["memory.swappiness 0", "memory.oom_control 1"], v2: []) {
            $0.memory = .init()
            $0.memory?.swappiness = 0
            $0.memory?.disableOOMKiller = true
        }
    }

    @Test func processorsAreWrittenForBothVersions() throws {
        try both(
            v1: ["cpu.shares 1024", "cpu.cfs_period_us 50000", "cpu.cfs_quota_us 150000", "cpuset.cpus 0-1"],
            v2: ["cpu.weight 39", "cpu.max 150000 50000", "cpuset.cpus 0-1"]
        ) { $0.cpu = .init(shares: 1024, quota: 150_000, period: 50_000, cpus: "0-1") }
        try both(v1: ["cpu.cfs_quota_us -1"], v2: ["cpu.max max 100000"]) { $0.cpu = .init(quota: -1) }
        try both(v1: ["cpu.rt_period_us 1000000", "cpu.rt_runtime_us 9000"], v2: []) {
            $0.cpu = .init()
            $0.cpu?.realtimePeriod = 1_000_000
            $0.cpu?.realtimeRuntime = 9000
        }
        try both(v1: ["cpu.cfs_burst_us 7", "cpuset.mems 0"], v2: ["cpu.max.burst 7", "cpuset.mems 0"]) {
            $0.cpu = .init()
            $0.cpu?.burst = 7
            $0.cpu?.mems = "0"
        }
    }

    @Test func processesAreWrittenForBothVersions() throws {
        try both(v1: ["pids.max 9"], v2: ["pids.max 9"]) { $0.pids = .init(limit: 9) }
        try both(v1: ["pids.max max"], v2: ["pids.max max"]) { $0.pids = .init(limit: -1) }
    }

    @Test func blockDevicesAreWrittenForBothVersions() throws {
        try both(
            v1: [
                "blkio.weight 300", "blkio.weight_device 8:0 400", "blkio.throttle.read_bps_device 8:0 1000",
                "blkio.throttle.write_iops_device 8:16 0",
            ],
            v2: ["io.bfq.weight 300", "io.bfq.weight 8:0 400", "io.max 8:0 rbps=1000", "io.max 8:16 wiops=max"]
        ) {
            $0.blockIO = .init()
            $0.blockIO?.weight = 300
            $0.blockIO?.weightDevice = [.init(major: 8, minor: 0, weight: 400)]
            $0.blockIO?.throttleReadBpsDevice = [.init(major: 8, minor: 0, rate: 1000)]
            $0.blockIO?.throttleWriteIOPSDevice = [.init(major: 8, minor: 16, rate: 0)]
        }
    }

    @Test func theRestIsWrittenForBothVersions() throws {
        try both(
            v1: ["hugetlb.2MB.limit_in_bytes 4194304", "rdma.max mlx hca_handle=2 hca_object=9"],
            v2: ["hugetlb.2MB.max 4194304", "rdma.max mlx hca_handle=2 hca_object=9"]
        ) {
            $0.hugepageLimits = [.init(pageSize: "2MB", limit: 4 << 20)]
            $0.rdma = ["mlx": .init(hcaHandles: 2, hcaObjects: 9)]
        }
        #expect(
            try writes(Self.legacy) {
                $0.network = .init(classID: 7, priorities: [.init(name: "lo", priority: 3)])
            } == ["net_cls.classid 7", "net_prio.ifpriomap lo 3"])
        #expect(
            try writes(Self.unified) { $0.unified = ["memory.high": "max", "cgroup.max.depth": "3"] }
                == ["cgroup.max.depth 3", "memory.high max"])
    }

    @Test func controllersAreHandedOnOnlyWhereTheyAreNeeded() throws {
        var resources = Resources()
        resources.memory = .init(limit: 100)
        resources.unified = ["io.max": "8:0 rbps=1"]
        let unified = try CgroupCompiler(Self.unified).program("roost/c", resources)
        #expect(unified.directories.map(\.controllers) == [["memory", "io"]])
        // Mounted together, they are in one directory.
        resources.cpu = .init(shares: 100)
        let legacy = try CgroupCompiler(Self.hybrid).program("roost/c", resources)
        #expect(legacy.directories.map(\.controllers) == [[], ["memory"], ["cpu", "cpuacct"]])
        let all = try CgroupCompiler(Self.legacy, everywhere: true).program("roost/c", nil)
        #expect(all.directories.count == Self.legacy.legacyPoints.count)
    }

    @Test func missingControllerIsNamed() throws {
        let bare = CgroupHierarchies(unified: "/cg", legacy: [:])
        var resources = Resources()
        resources.memory = .init(limit: 1 << 20)
        let error = #expect(throws: LaunchCompilerError.self) {
            try CgroupCompiler(bare).program("roost/c", resources)
        }
        #expect(error?.description.contains("memory can't be limited: this host has no memory cgroup") == true)
    }

    @Test func aLiveChangeLiftsTheTwoMemoryLimitsBeforeItSetsThem() throws {
        var resources = Resources()
        resources.memory = .init(limit: 100, swap: 200)
        resources.devices = [.init(allow: false)]
        let program = try CgroupCompiler(Self.hybrid).update("roost/c", resources)
        #expect(
            program.directories.flatMap(\.writes).map { "\($0.file) \($0.value)" } == [
                "memory.memsw.limit_in_bytes -1", "memory.limit_in_bytes 100", "memory.memsw.limit_in_bytes 200",
            ])
        #expect(program.directories[0].deviceFilter.isEmpty)
    }

    @Test(arguments: [(0, 1), (2, 1), (1024, 39), (262_144, 10_000), (UInt64.max, 10_000)] as [(UInt64, UInt64)])
    func sharesBecomeWeights(_ shares: UInt64, _ weight: UInt64) {
        #expect(CgroupFile.weight(shares) == weight)
    }
}
