import Testing

@testable import Cgroups

@Suite struct CgroupLimitsTests {
    private func limits(_ change: (inout CgroupLimits) -> Void) -> CgroupLimits {
        var limits = CgroupLimits()
        change(&limits)
        return limits
    }

    private func texts(_ settings: [CgroupLimits.Setting]) -> [String] { settings.map { "\($0.file) \($0.value)" } }

    @Test func nothingIsWrittenWithoutLimits() {
        #expect(CgroupLimits().controllers.isEmpty)
    }

    @Test func memoryIsWrittenForBothVersions() {
        let memory = limits {
            $0.memory = 100
            $0.memorySwap = 150
            $0.memoryReservation = 50
        }
        #expect(memory.controllers == [.memory])
        #expect(
            texts(memory.legacySettings(.memory)) == [
                "memory.limit_in_bytes 100", "memory.memsw.limit_in_bytes 150", "memory.soft_limit_in_bytes 50",
            ])
        #expect(texts(memory.unifiedSettings(.memory)) == ["memory.max 100", "memory.swap.max 50", "memory.low 50"])
    }

    @Test func cpuIsWrittenForBothVersions() {
        let cpu = limits {
            $0.cpuQuota = 150_000
            $0.cpuShares = 1024
            $0.cpus = "0-1"
            $0.pids = 9
        }
        #expect(cpu.controllers == [.cpu, .cpuset, .pids])
        #expect(
            texts(cpu.legacySettings(.cpu)) == [
                "cpu.shares 1024", "cpu.cfs_period_us 100000", "cpu.cfs_quota_us 150000",
            ])
        #expect(texts(cpu.unifiedSettings(.cpu)) == ["cpu.weight 39", "cpu.max 150000 100000"])
        #expect(texts(cpu.unifiedSettings(.cpuset)) == ["cpuset.cpus 0-1"])
        #expect(texts(cpu.unifiedSettings(.pids)) == ["pids.max 9"])
    }

    @Test(arguments: [(0, 1), (2, 1), (1024, 39), (262_144, 10_000), (UInt64.max, 10_000)] as [(UInt64, UInt64)])
    func sharesBecomeWeights(_ shares: UInt64, _ weight: UInt64) {
        #expect(CgroupLimits.weight(shares) == weight)
    }

    @Test(arguments: ["", "/", "/a", "a/", "a//b", "../a", "a/../b", "."])
    func pathsThatLeadElsewhereAreRefused(_ path: String) {
        #expect(throws: CgroupError.badPath(path)) { try CgroupDriver.validate(path) }
    }

    @Test(arguments: [
        ("31 23 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n", "/sys/fs/cgroup", [:]),
        (
            """
            35 31 0:32 / /cg/memory rw,relatime shared:5 - cgroup cgroup rw,memory
            36 31 0:33 / /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            37 31 0:37 / /cg/systemd rw - cgroup cgroup rw,name=systemd
            38 31 0:38 / /cg/unified rw - cgroup2 none rw
            39 31 0:39 / /data rw - ext4 /dev/vda rw,memory
            """, "/cg/unified", [CgroupController.memory: "/cg/memory", .cpu: "/cg/cpu,cpuacct"]
        ),
        ("nonsense\n\n - \n", nil, [:]),
    ])
    func mountPointsAreFound(_ text: String, _ unified: String?, _ legacy: [CgroupController: String]) {
        let found = CgroupHierarchies(mountInfo: Array(text.utf8))
        #expect(found == CgroupHierarchies(unified: unified, legacy: legacy))
    }
}
