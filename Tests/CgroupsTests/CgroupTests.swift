import Glibc
import Kernel
import Launching
import Testing

@testable import Cgroups

@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct CgroupTests {
    private let path = "roost-test-cgroups-\(getpid())-\(UInt32.random(in: 0...UInt32.max))/group"

    /// A program for this host that limits processes.
    private func program(_ hierarchies: CgroupHierarchies, _ writes: [CgroupWrite]) throws -> CgroupProgram {
        var program = CgroupProgram(path: path)
        if let unified = hierarchies.unified { program.directories.append(CgroupDirectory(unified, .unified)) }
        if let point = hierarchies.legacy[.pids] {
            program.directories.append(CgroupDirectory(point, .legacy, controllers: ["pids"], writes: writes))
        } else {
            program.directories[0].controllers = ["pids"]
            program.directories[0].writes = writes
        }
        return program
    }

    @Test func groupIsMadeLimitedEmptiedAndRemoved() throws {
        let hierarchies = try CgroupHierarchies.discover()
        let group = try Cgroup.make(try program(hierarchies, [CgroupWrite("pids.max", "20")]))
        defer { try? group.remove() }
        #expect(try hierarchies.existing(path) == group)
        let file = try #require(group.legacy.first ?? group.unified)
        #expect(try Files.readText("\(file)/pids.max") == "20\n")

        let child = try ProcessDescriptor(pid: try Spawn("/bin/sleep", ["sleep", "1000"]).start())
        let pid = try #require(
            try Files.readText("/proc/self/fdinfo/\(child.descriptor.number)").split(separator: "\n")
                .first { $0.hasPrefix("Pid:") }.flatMap { Int32($0.dropFirst(5)) })
        try group.attach(pid)
        #expect(try group.processes() == [pid])
        try group.remove()
        #expect(try child.reap(blocking: true) == .killed(signal: SIGKILL))
        #expect(try hierarchies.existing(path).unified == nil)
        let parent = String(path.prefix { $0 != "/" })
        for point in hierarchies.mountPoints { #expect(!Files.exists("\(point)/\(parent)")) }
        try group.remove()
    }

    @Test func anOptionalFileMayBeMissingAndAnAlternativeTakesItsPlace() throws {
        let hierarchies = try CgroupHierarchies.discover()
        let writes = [
            CgroupWrite("pids.no-such-file", "1", isOptional: true),
            CgroupWrite("pids.of-another-kernel", "21", alternative: "pids.max"),
        ]
        let group = try Cgroup.make(try program(hierarchies, writes))
        defer { try? group.remove() }
        #expect(try Files.readText("\(try #require(group.legacy.first ?? group.unified))/pids.max") == "21\n")
    }

    @Test func nothingIsLeftOfAProgramThatTheKernelRefuses() throws {
        let hierarchies = try CgroupHierarchies.discover()
        #expect(throws: CgroupError.self) {
            try Cgroup.make(try program(hierarchies, [CgroupWrite("pids.max", "many")]))
        }
        let parent = String(path.prefix { $0 != "/" })
        for point in hierarchies.mountPoints { #expect(!Files.exists("\(point)/\(parent)")) }
    }

    @Test func processesAreFrozenAndThawedInBothVersions() throws {
        let found = try CgroupHierarchies.discover()
        for isUnified in [true, false] {
            var program = CgroupProgram(path: path + "-\(isUnified)")
            if isUnified, let point = found.unified {
                program.directories = [CgroupDirectory(point, .unified)]
            } else if !isUnified, let point = found.legacy[.freezer] {
                program.directories = [CgroupDirectory(point, .legacy, controllers: ["freezer"])]
            } else {
                continue
            }
            let group = try Cgroup.make(program)
            defer { try? group.remove() }
            let pid = try Spawn("/bin/sleep", ["sleep", "1000"]).start()
            let child = try ProcessDescriptor(pid: pid)
            try group.attach(pid)
            try group.freeze(true)
            #expect(group.isFrozen)
            try group.freeze(false)
            #expect(!group.isFrozen)
            try group.kill()
            #expect(try child.reap(blocking: true) == .killed(signal: SIGKILL))
        }
    }
}
