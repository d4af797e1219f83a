import FoundationEssentials
import Glibc
import Kernel
import OCI
import Testing

@testable import RuntimeCommands

/// The runtime from outside, as another program uses it.
@Suite(.enabled(if: RuntimeFixture.obstacle == nil, Comment(rawValue: RuntimeFixture.obstacle ?? "")))
struct RuntimeTests {
    @Test func runEndsAsItsCommandDidAndLeavesNothing() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("echo out; echo err >&2; exit 7")
        let outcome = try fixture.make("run")
        #expect(outcome == (7, "out\n", "err\n"))
        #expect(try fixture.run("list", "--quiet").output == "")
        #expect(try Directory.names(in: fixture.directory + "/state").isEmpty)
        try expectNoGroup(fixture)
    }

    @Test func createDoesEverythingButTheCommand() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("echo started > /tmp/mark; sleep 1000") { $0.root.readonly = false }
        let mark = fixture.directory + "/bundle/rootfs/tmp/mark"
        let file = fixture.directory + "/pid"
        #expect(try fixture.make("create", "--pid-file", file).code == 0)
        #expect(try fixture.status() == "created")
        #expect(!Files.exists(mark))
        #expect(ProcessIdentity.isThere(try #require(Int32(try Files.readText(file)))))
        // It can be entered while it waits, and no second one has its id.
        #expect(try fixture.run("exec", fixture.name, "echo", "in").output == "in\n")
        #expect(try fixture.make("create").errors.contains("exists already"))
        #expect(try fixture.run("start", fixture.name).code == 0)
        try waitUntil { Files.exists(mark) }
        #expect(try fixture.status() == "running")
        #expect(try fixture.run("start", fixture.name).errors.contains("it is running"))
        #expect(try fixture.run("delete", fixture.name).errors.contains("it is running"))
        #expect(try fixture.run("kill", fixture.name, "KILL").code == 0)
        try waitUntil { try fixture.status() == "stopped" }
        #expect(try fixture.run("kill", fixture.name).errors.contains("container not running"))
        #expect(try fixture.run("delete", fixture.name).code == 0)
        #expect(try fixture.run("state", fixture.name).errors.contains("does not exist"))
        try expectNoGroup(fixture)
    }

    @Test func furtherProcessesHaveTheirOwnUserDirectoryAndCode() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("sleep 1000")
        try #require(try fixture.make("create").code == 0)
        try #require(try fixture.run("start", fixture.name).code == 0)
        let outcome = try fixture.run(
            "exec", "--user", "7:9", "--cwd", "/tmp", "--env", "A=b", fixture.name, "sh", "-c",
            "id -u; id -g; pwd; echo $A; cat /proc/1/cmdline | tr '\\0' ' '; exit 3")
        #expect(outcome.code == 3)
        #expect(outcome.output.hasPrefix("7\n9\n/tmp\nb\n"), "\(outcome)")
        #expect(try fixture.run("exec", fixture.name, "nonesuch").code == 127)
        let processes = try JSONDecoder().decode(
            [Int32].self, from: Data(try fixture.run("ps", "--format", "json", fixture.name).output.utf8))
        #expect(processes.count == 1)
    }

    @Test func pausedProcessesStandStillAndLimitsChange() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("sleep 1000") {
            $0.linux.resources?.pids = .init(limit: 50)
            $0.linux.cgroupsPath = "/roost-oci-\(fixture.name)"
        }
        try #require(try fixture.make("create").code == 0)
        try #require(try fixture.run("start", fixture.name).code == 0)
        #expect(try fixture.run("pause", fixture.name).code == 0)
        #expect(try fixture.status() == "paused")
        #expect(try fixture.run("exec", fixture.name, "true").errors.contains("it is paused"))
        #expect(try fixture.run("resume", fixture.name).code == 0)
        #expect(try fixture.status() == "running")
        #expect(try fixture.run("update", "--pids-limit", "20", fixture.name).code == 0)
        let files = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].map { "\($0)/roost-oci-\(fixture.name)/pids.max" }
        let file = try #require(files.first { Files.exists($0) })
        #expect(try Files.readText(file) == "20\n")
    }

    @Test(arguments: ["network", "ipc"])
    func settingsOfTheHostAreRefused(_ kind: String) throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("true") {
            $0.linux.namespaces.removeAll { $0.type == kind }
            $0.linux.sysctl = kind == "ipc" ? ["kernel.msgmax": "9000"] : ["net/core/somaxconn": "77"]
        }
        #expect(try fixture.make("run").errors.contains("not the container's own but the host's"))
        try fixture.bundle("true") { $0.linux.sysctl = ["kernel.core_pattern": "x"] }
        #expect(try fixture.make("run").errors.contains("not the container's own but the host's"))
    }

    @Test func whatCannotStartIsToldWhenItIsCreated() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("") { $0.process.args = ["nonesuch"] }
        let log = fixture.directory + "/log"
        let outcome = try fixture.run(
            "--log", log, "--log-format", "json", "create", "--bundle", fixture.directory + "/bundle", fixture.name)
        #expect(outcome.code == 127)
        #expect(outcome.errors.contains("not found in the image's PATH"))
        #expect(try Files.readText(log).contains(#""level":"error""#))
        #expect(try fixture.run("list", "--quiet").output == "")
        try expectNoGroup(fixture)
    }

    @Test func hooksAreRunInTheirOrderWithTheState() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("echo command >> /tmp/order") { configuration in
            let order = fixture.directory + "/bundle/rootfs/tmp/order"
            func hook(_ name: String) -> [RuntimeConfiguration.Hook] {
                let script = "read s; case $s in *\(fixture.name)*) echo \(name) >> \(order);; esac"
                return [.init(path: "/bin/sh", args: ["sh", "-c", "cat | tr -d '\\n' | { \(script); }"])]
            }
            configuration.root.readonly = false
            configuration.hooks = .init()
            configuration.hooks?.prestart = hook("prestart")
            configuration.hooks?.createRuntime = hook("createRuntime")
            configuration.hooks?.startContainer = [
                .init(path: "/bin/sh", args: ["sh", "-c", "echo startContainer >> /tmp/order"])
            ]
            configuration.hooks?.poststop = hook("poststop")
        }
        let outcome = try fixture.make("run")
        #expect(outcome.code == 0, "\(outcome)")
        let order = try Files.readText(fixture.directory + "/bundle/rootfs/tmp/order")
        #expect(order == "prestart\ncreateRuntime\nstartContainer\ncommand\npoststop\n")
    }

    private func expectNoGroup(_ fixture: RuntimeFixture, at location: SourceLocation = #_sourceLocation) throws {
        for line in try Files.readText("/proc/self/mountinfo").split(separator: "\n") where line.contains(" - cgroup") {
            let group = "\(line.split(separator: " ")[4])/\(fixture.name)"
            #expect(!Files.exists(group), "\(group)", sourceLocation: location)
        }
    }
}

extension ProcessIdentity {
    fileprivate static func isThere(_ pid: Int32) -> Bool { Glibc.kill(pid, 0) == 0 }
}

/// Waits until the condition holds, at most ten seconds.
private func waitUntil(_ condition: () throws -> Bool) throws {
    for _ in 0..<1000 {
        if try condition() { return }
        usleep(10_000)
    }
    Issue.record("the condition did not come true within 10 s")
}
