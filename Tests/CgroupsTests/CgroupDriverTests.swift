import Glibc
import Kernel
import Testing

@testable import Cgroups

@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct CgroupDriverTests {
    private let path = "roost-test-cgroups-\(getpid())-\(UInt32.random(in: 0...UInt32.max))/group"

    @Test func groupIsMadeLimitedEmptiedAndRemoved() throws {
        let driver = try CgroupDriver()
        var limits = CgroupLimits()
        limits.pids = 20
        let group = try driver.create(path, limits)
        defer { try? group.remove() }
        #expect(try driver.existing(path) == group)
        let file = group.legacy[.pids] ?? group.unified
        #expect(try Files.readText("\(try #require(file))/pids.max") == "20\n")

        let child = try ProcessDescriptor(pid: try Spawn("/bin/sleep", ["sleep", "1000"]).start())
        let pid = try #require(
            try Files.readText("/proc/self/fdinfo/\(child.descriptor.number)").split(separator: "\n")
                .first { $0.hasPrefix("Pid:") }.flatMap { Int32($0.dropFirst(5)) })
        try group.attach(pid)
        #expect(try group.processes() == [pid])
        try group.remove()
        #expect(try child.reap(blocking: true) == .killed(signal: SIGKILL))
        #expect(try driver.existing(path).unified == nil)
        let parent = String(path.prefix { $0 != "/" })
        for point in driver.hierarchies.mountPoints { #expect(!Files.exists("\(point)/\(parent)")) }
        try group.remove()
    }

    @Test func missingControllerIsNamed() throws {
        guard let unified = try CgroupHierarchies.discover().unified else { return }
        guard try !Files.readText("\(unified)/cgroup.controllers").contains("memory") else { return }
        var limits = CgroupLimits()
        limits.memory = 1 << 20
        let driver = CgroupDriver(CgroupHierarchies(unified: unified, legacy: [:]))
        #expect(throws: CgroupError.missingController(.memory, limit: "memory")) { try driver.create(path, limits) }
        #expect(!Files.exists("\(unified)/\(path)"))
    }
}
