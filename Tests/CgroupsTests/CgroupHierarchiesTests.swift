import Kernel
import Testing

@testable import Cgroups

@Suite struct CgroupHierarchiesTests {
    @Test(arguments: ["", "/", "/a", "a/", "a//b", "../a", "a/../b", "."])
    func pathsThatLeadElsewhereAreRefused(_ path: String) {
        #expect(throws: CgroupError.badPath(path)) { try Cgroup.validate(path) }
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
            """, "/cg/unified",
            [CgroupController.memory: "/cg/memory", .cpu: "/cg/cpu,cpuacct", .cpuacct: "/cg/cpu,cpuacct"]
        ),
        ("nonsense\n\n - \n", nil, [:]),
    ])
    func mountPointsAreFound(_ text: String, _ unified: String?, _ legacy: [CgroupController: String]) {
        let found = CgroupHierarchies(mountInfo: Array(text.utf8))
        #expect(found == CgroupHierarchies(unified: unified, legacy: legacy))
        #expect(found.legacyPoints.count == Set(legacy.values).count)
    }

    @Test func onlyHierarchiesWithSomebodyElsesGroupAreLeft() {
        let mounts = """
            35 31 0:32 / /cg/memory rw,relatime shared:5 - cgroup cgroup rw,memory
            36 31 0:33 / /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            37 31 0:37 / /cg/systemd rw - cgroup cgroup rw,xattr,release_agent=/a,name=systemd
            38 31 0:38 / /cg/unified rw - cgroup2 none rw,nsdelegate
            39 31 0:39 /part /cg/pids rw - cgroup cgroup rw,pids
            40 31 0:40 / /cg/cpuset rw - cgroup cgroup rw,cpuset
            """
        let groups = """
            9:name=systemd:/system.slice/ci.service
            8:pids:/part/x
            5:cpu,cpuacct:/
            4:memory:/roost/engine
            3:cpuset:/ci
            0::/system.slice/ci.service
            """
        let points = OwnCgroup.mountPoints(Array(mounts.utf8))
        let left = OwnCgroup.foreign(in: groups, to: "roost/engine", points)
        #expect(left.map(\.path) == ["/cg/systemd", "/cg/cpuset", "/cg/unified"])
        #expect(left.map(\.isSet) == [false, true, false])
    }
}
