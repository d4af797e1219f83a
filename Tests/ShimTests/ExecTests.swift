import Glibc
import Launching
import OCI
import Testing

@Suite(.enabled(if: ShimFixture.obstacle == nil, Comment(rawValue: ShimFixture.obstacle ?? "")))
struct ExecTests {
    @Test func joinsTheContainer() throws {
        let running = try RunningContainer(limits: { $0.pids = .init(limit: 40) })
        let script = "cat /proc/sys/kernel/hostname; id -u; cat; cat /proc/1/cmdline | tr '\\0' ' '; echo; "
        symlink("busybox", "\(running.fixture.directory)/lower/bin/tr")
        let result = try running.execute(["sh", "-c", script + "echo bad >&2; exit 9"], input: "typed\n") {
            $0.process.user = 33
        }
        #expect(result == (9, "box\n33\ntyped\nsleep 1000 \n", "bad\n"))
        // It counts against the container's limits, and sees its own groups as the roots.
        let groups = try running.execute(["cat", "/proc/self/cgroup"]).output.split(separator: "\n")
        #expect(groups.contains("0::/"))
        #expect(groups.contains { $0.hasSuffix(":pids:/") } == groups.contains { $0.contains(":pids:") })
        try running.end()
    }

    @Test(
        arguments: [(["nonesuch"], 127), (["/bin/plain"], 126), (["sh", "-c", "kill -9 $$"], 137)]
            as [([String], Int32)])
    func codesAreAsInAShell(_ arguments: [String], _ code: Int32) throws {
        let running = try RunningContainer()
        let result = try running.execute(arguments)
        #expect(result.code == code)
        #expect(result.errors.isEmpty == (code == 137))
        try running.end()
    }

    @Test func timeoutEndsIt() throws {
        let running = try RunningContainer()
        #expect(try running.execute(["sleep", "1000"]) { $0.timeout = 50 }.code == 137)
        try running.end()
    }

    @Test func terminalIsMadeInTheContainer() throws {
        let running = try RunningContainer()
        let result = try running.execute(["sh", "-c", "tty; read x; echo got $x"], input: "line\n") {
            $0.process.terminal = true
        }
        #expect(result.code == 0)
        #expect(result.output.contains("/dev/pts/"))
        #expect(result.output.hasSuffix("got line\r\n"))
        try running.end()
    }

    @Test func otherProcessWithThePidIsNotEntered() throws {
        let running = try RunningContainer()
        let result = try running.execute(["true"]) { $0.targetStartTime += 1 }
        #expect(result.code == 125)
        #expect(result.errors == "enter container \(running.fixture.name): it is not running\n")
        try running.end()
    }
}
