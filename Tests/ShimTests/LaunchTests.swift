import Cgroups
import Glibc
import Kernel
import Launching
import OCI
import Testing

@Suite(.enabled(if: ShimFixture.obstacle == nil, Comment(rawValue: ShimFixture.obstacle ?? "")))
struct LaunchTests {
    /// Launches, waits for the end, and returns the code and the output.
    private func run(
        _ script: String, _ change: (inout LaunchProgram) -> Void = { _ in }
    ) throws -> (code: Int32, output: String, errors: String) {
        let fixture = try ShimFixture()
        let shim = try StartedShim(fixture, try fixture.program(["sh", "-c", script], change))
        try #require(shim.answer.error == nil, "\(shim.answer)")
        let code = try shim.exit().code
        return (code, try shim.output(), try shim.output("stderr"))
    }

    @Test func commandRunsAndItsCodeIsRecorded() throws {
        let result = try run("echo out; echo err >&2; exit 7")
        #expect(result == (7, "out\n", "err\n"))
    }

    @Test func processIsItsContainersFirst() throws {
        let result = try run("echo $$; cat /proc/sys/kernel/hostname; id -u; cat /proc/self/cgroup | grep -c '^0::/$'")
        #expect(result.output == "1\nbox\n0\n1\n")
    }

    @Test func rightsAreAsTold() throws {
        let limited = CapabilitySets(bounding: 0x400, effective: 0, permitted: 0)
        let result = try run(
            "id -u; id -g; id -G; grep -E 'CapEff|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status; umask; ulimit -n"
        ) {
            $0.process.user = 1000
            $0.process.group = 1001
            $0.process.additionalGroups = [1001, 2000]
            $0.process.capabilities = limited
            $0.process.noNewPrivileges = true
            $0.process.limits = [ResourceLimit(kind: 7, soft: 100, hard: 200)]
            // return SECCOMP_RET_ALLOW
            $0.process.seccomp = [0x06, 0, 0, 0, 0, 0, 0xff, 0x7f]
        }
        #expect(
            result.output.split(whereSeparator: \.isWhitespace) == [
                "1000", "1001", "1001", "2000", "CapEff:", "0000000000000000", "CapBnd:", "0000000000000400",
                "NoNewPrivs:", "1", "Seccomp:", "2", "0022", "100",
            ])
    }

    @Test func ambientCapabilitiesReachAUser() throws {
        let result = try run("grep CapEff /proc/self/status; cat /proc/self/oom_score_adj") {
            $0.process.user = 5
            $0.process.capabilities = CapabilitySets(
                bounding: 0x400, effective: 0x400, permitted: 0x400, inheritable: 0x400, ambient: 0x400)
            $0.process.oomScoreAdjustment = 500
        }
        #expect(result.output == "CapEff:\t0000000000000400\n500\n")
    }

    @Test func containerHasNoneOfTheShimsDescriptors() throws {
        #expect(try run("ls /proc/self/fd").output == "0\n1\n2\n3\n")
    }

    @Test func devicesWorkWhereDevicesAreForbidden() throws {
        let result = try run("echo x > /dev/null && mknod /dev/n c 1 3; echo y > /dev/n; echo z > /tmp/t; cat /tmp/t") {
            $0.inside.insert(.device(path: "/dev/full", major: 1, minor: 7, mode: 0o666), at: 9)
        }
        #expect(result.output == "z\n")
        #expect(result.errors.contains("/dev/n: Permission denied"))
    }

    @Test func masksAndReadOnlyPathsHold() throws {
        let result = try run("cat /proc/kcore | wc -c; ls /sys/firmware | wc -l; echo 1 > /proc/sys/vm/swappiness")
        #expect(result.output.split(whereSeparator: \.isWhitespace) == ["0", "0"])
        #expect(result.errors.contains("Read-only file system"))
    }

    @Test func userMayReopenItsOutput() throws {
        #expect(try run("echo again > /dev/stdout") { $0.process.user = 1000 }.output == "again\n")
    }

    @Test func bindsFilesAndLinksStayInside() throws {
        let result = try run("cat /etc/data/hello; cat /etc/note; stat -c %a:%u /var/made; touch /etc/data/x") {
            program in
            let source = program.monitor.bundle + "/source"
            mkdir(source, 0o755)
            try? Files.replace("\(source)/hello", with: Array("hello\n".utf8))
            // Absolute in the image, it must not lead to the host's /etc.
            symlink("/etc/data", program.monitor.bundle + "/lower/link")
            program.inside.insert(
                contentsOf: [
                    .directory(path: "/etc/data", mode: 0o755, user: 0, group: 0),
                    .bind(source: source, target: "/link", flags: .readOnly, recursive: true),
                    .file(path: "/etc/note", content: Array("note\n".utf8), mode: 0o644, user: 0, group: 0),
                    .directory(path: "/var/made", mode: 0o1777, user: 7, group: 7),
                ], at: 2)
        }
        #expect(result.output == "hello\nnote\n1777:7\n")
        #expect(result.errors.contains("Read-only file system"))
    }

    @Test(arguments: [
        (["nonesuch"], 127, "exec: \"nonesuch\": not found in the image's PATH"),
        (["/bin/nonesuch"], 127, "exec: \"/bin/nonesuch\": no such file in the image"),
        (["/bin/plain"], 126, "exec: \"/bin/plain\": permission denied"),
        (["/etc"], 126, "exec: \"/etc\": is a directory"),
        (["orphan"], 127, "exec: \"orphan\": /bin/orphan needs an interpreter"),
    ])
    func failuresToExecuteAreToldApart(_ arguments: [String], _ code: Int32, _ message: String) throws {
        let fixture = try ShimFixture()
        let shim = try StartedShim(fixture, try fixture.program(arguments))
        #expect(shim.answer.code == code)
        #expect(shim.answer.error?.hasPrefix(message) == true, "\(shim.answer)")
        #expect(try shim.process.reap(blocking: true) == .exited(1))
        #expect(!Files.exists("\(fixture.directory)/run/state.json"))
        try expectNothingLeft(fixture)
    }

    @Test func missingBindSourceIsNamedWithItsStep() throws {
        let fixture = try ShimFixture()
        let program = try fixture.program(["true"]) {
            $0.inside.insert(.bind(source: "/no/such", target: "/x", flags: [], recursive: true), at: 2)
        }
        let answer = try StartedShim(fixture, program).answer
        #expect(answer.error == "bind source /no/such does not exist")
        #expect(answer.step == "inside[2]")
        #expect(answer.code == 125)
        try expectNothingLeft(fixture)
    }

    @Test func endOfTheShimIsTheEndOfTheContainer() throws {
        let fixture = try ShimFixture()
        let shim = try StartedShim(fixture, try fixture.program(["sleep", "1000"]))
        let pid = try #require(shim.answer.pid)
        let container = try ProcessDescriptor(pid: pid)
        try shim.process.signal(SIGKILL)
        #expect(try container.waitForEnd(milliseconds: 10_000))
        // The supervisor removes what is left then.
        try CgroupHierarchies.discover().existing(fixture.cgroup).remove()
        try expectNothingLeft(fixture)
    }

    @Test func terminationSignalsDoNotReachTheShim() throws {
        let fixture = try ShimFixture()
        let shim = try StartedShim(fixture, try fixture.program(["sleep", "1000"]))
        for signal in [SIGTERM, SIGINT, SIGHUP] { try shim.process.signal(signal) }
        try shim.kill()
        let exit = try shim.exit()
        #expect(exit.code == 137)
        #expect(exit.signal == 9)
        #expect(exit.finishedNanoseconds > exit.startedNanoseconds)
        try expectNothingLeft(fixture)
    }

    @Test(arguments: [[], ["/usr/bin/unshare", "-n"]])
    func limitsAreSetAndMemoryIsCounted(_ wrapper: [String]) throws {
        let fixture = try ShimFixture()
        let program = try fixture.program([
            "sh", "-c", "x=$(tr '\\0' x < /dev/zero | head -c 100000000); echo survived",
        ]) {
            symlink("busybox", "\($0.monitor.bundle)/lower/bin/tr")
            symlink("busybox", "\($0.monitor.bundle)/lower/bin/head")
            $0.cgroup = try fixture.limits {
                $0.memory = .init(limit: 32 << 20, swap: 32 << 20)
                $0.pids = .init(limit: 50)
                $0.cpu = .init(quota: 50_000)
            }
        }
        let shim = try StartedShim(fixture, program, wrapper: wrapper)
        try #require(shim.answer.error == nil, "\(shim.answer)")
        #expect(try shim.exit().oomKilled)
        try expectNothingLeft(fixture)
    }

    @Test func limitThatCannotBeRaisedIsExplained() throws {
        let fixture = try ShimFixture()
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(7), &limit)
        guard limit.rlim_max < 1 << 30 else { return }
        let program = try fixture.program(["true"]) {
            $0.process.capabilities.bounding = 0
            $0.process.limits = [ResourceLimit(kind: 7, soft: 1 << 31, hard: 1 << 31)]
        }
        let shim = try StartedShim(fixture, program)
        if let error = shim.answer.error { #expect(error.hasPrefix("ulimit nofile 2147483648:2147483648: ")) }
    }

    @Test func terminalIsControllingAndSized() throws {
        let fixture = try ShimFixture()
        let program = try fixture.program(["sh", "-c", "tty; stty size; echo hi > /dev/console; ps | grep -c ps"]) {
            $0.process.terminal = true
        }
        let shim = try StartedShim(fixture, program)
        try #require(shim.answer.error == nil, "\(shim.answer)")
        #expect(try shim.exit().code == 0)
        #expect(try shim.output().hasPrefix("/dev/pts/0\r\n24 80\r\nhi\r\n"))
    }

    @Test func reaperForwardsSignalsAndReaps() throws {
        let fixture = try ShimFixture()
        let script = "trap 'echo got; exit 3' TERM; echo $$; (sleep 0.01 &) ; while :; do sleep 0.05; done"
        let shim = try StartedShim(fixture, try fixture.program(["sh", "-c", script]) { $0.process.reaper = true })
        try #require(shim.answer.error == nil, "\(shim.answer)")
        try waitUntil { try shim.output().contains("2\n") }
        try ProcessDescriptor(pid: try #require(shim.answer.pid)).signal(SIGTERM)
        #expect(try shim.exit().code == 3)
        #expect(try shim.output() == "2\ngot\n")
    }
}

/// Waits until the condition holds, at most ten seconds.
func waitUntil(_ condition: () throws -> Bool) throws {
    for _ in 0..<1000 {
        if try condition() { return }
        usleep(10_000)
    }
    Issue.record("the condition did not come true within 10 s")
}

/// No process, mount, link or control group of the container is left.
func expectNothingLeft(_ fixture: ShimFixture, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let mounts = try Files.readText("/proc/self/mountinfo")
    #expect(!mounts.contains(fixture.directory), sourceLocation: sourceLocation)
    for line in mounts.split(separator: "\n") where line.contains(" - cgroup") {
        let fields = line.split(separator: " ")
        let group = "\(fields[4])/roost-test-\(fixture.name)"
        #expect(!Files.exists(group), "\(group)", sourceLocation: sourceLocation)
    }
}
