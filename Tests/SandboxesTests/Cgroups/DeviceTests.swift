import Cgroups
import Glibc
import Kernel
import Launching
import OCI
import Testing

@testable import Sandboxes

@Suite struct DeviceTests {
    private static let rules = [
        Rule(allow: false), Rule(allow: true, type: "c", access: "m"), Rule(allow: true, type: "b", access: "m"),
        Rule(allow: true, type: "c", major: 1, minor: 3),
        Rule(allow: true, type: "c", major: 1, minor: 5, access: "rm"),
    ]
    private typealias Rule = RuntimeConfiguration.DeviceRule

    @Test func rulesBeforeOneForAllCountForNothing() throws {
        let policy = DevicePolicy([DeviceRule(allow: true, .block), DeviceRule(allow: false), DeviceRule(allow: true)])
        #expect(policy.allowsEverything)
        #expect(DevicePolicy([DeviceRule]()).allowsEverything)
        #expect(try !DevicePolicy(Self.rules).allowsEverything)
        #expect(try DevicePolicy(Self.rules).exceptions.count == 4)
        #expect(!DevicePolicy([DeviceRule(allow: false, .block, major: 8)]).allowsEverything)
    }

    @Test func firstVersionsFilesNameBothKinds() {
        let policy = DevicePolicy([DeviceRule(allow: false), DeviceRule(allow: true, major: 10, access: 6)])
        #expect(policy.legacyWrites.map(\.file) == ["devices.deny", "devices.allow", "devices.allow"])
        // "a 10:* rw" would allow everything.
        #expect(policy.legacyWrites.map(\.value) == ["a", "b 10:* rw", "c 10:* rw"])
    }

    /// What a process in a group can do with nodes, with the filter of version 2 and the controller of version 1.
    @Test(.enabled(if: geteuid() == 0, "needs root"), arguments: [true, false])
    func rulesHold(_ isUnified: Bool) throws {
        let found = try CgroupHierarchies.discover()
        let hierarchies = CgroupHierarchies(
            unified: isUnified ? found.unified : nil,
            legacy: isUnified ? [:] : found.legacy.filter { $0.key == .devices }, filtersDevices: isUnified)
        guard hierarchies.unified != nil || !hierarchies.legacy.isEmpty else { return }
        #expect(
            try attempts(hierarchies, Self.rules)
                == ["c 1 3 r", "c 1 3 w", "c 1 5 r", "c 1 3 m", "c 1 5 m", "c 1 7 m", "b 7 0 m"])
        let denying = [Rule(allow: true), Rule(allow: false, type: "c", major: 1, minor: 7)]
        #expect(
            try attempts(hierarchies, denying)
                == ["c 1 3 r", "c 1 3 w", "c 1 5 r", "c 1 5 w", "c 1 3 m", "c 1 5 m", "b 7 0 m"])
        #expect(try attempts(hierarchies, [Rule(allow: true)]).count == 10)
    }

    /// Those of ten attempts that succeed.
    private func attempts(_ hierarchies: CgroupHierarchies, _ rules: [Rule]) throws -> [String] {
        let name = "roost-test-devices-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let directory = "/dev/\(name)"
        mkdir(directory, 0o700)
        defer {
            for entry in (try? Directory.names(in: directory)) ?? [] { unlink("\(directory)/\(entry)") }
            rmdir(directory)
        }
        for (path, minor) in [("null", 3), ("zero", 5), ("full", 7)] {
            mknod("\(directory)/\(path)", S_IFCHR | 0o600, dev_t(1 << 8 | minor))
        }
        var limits = RuntimeConfiguration.Resources()
        limits.devices = rules
        var program = try CgroupCompiler(hierarchies).program("\(name)/group", limits)
        // A host without v2 has a group in any case, for the freezer.
        program.directories.removeAll { $0.controllers == ["freezer"] }
        let group = try Cgroup.make(program)
        defer { try? group.remove() }
        let script = """
            read go
            try() { shift; "$@" 2>/dev/null && echo "$name" >> \(directory)/result; }
            cd \(directory); : > result
            for t in "null 3" "zero 5" "full 7"; do set -- $t
              name="c 1 $2 r"; (exec 3< $1) 2>/dev/null && echo "$name" >> result
              name="c 1 $2 w"; (exec 3>> $1) 2>/dev/null && echo "$name" >> result
            done
            for minor in 3 5 7; do name="c 1 $minor m"; mknod m$minor c 1 $minor 2>/dev/null && echo "$name" >> result; done
            name="b 7 0 m"; mknod b b 7 0 2>/dev/null && echo "$name" >> result
            cat result
            """
        let input = try OwnedDescriptor.pipe()
        let output = try OwnedDescriptor.pipe()
        var spawn = Spawn("/bin/sh", ["sh", "-c", script])
        spawn.standardStreams = (input.reading.number, output.writing.number, nil)
        let pid = try spawn.start()
        let child = try ProcessDescriptor(pid: pid)
        try group.attach(pid)
        try input.intoWriting().writeAll(Array("go\n".utf8))
        let text = String(decoding: try output.intoReading().readAll(), as: UTF8.self)
        _ = try child.reap(blocking: true)
        return text.split(separator: "\n").map(String.init)
    }
}
