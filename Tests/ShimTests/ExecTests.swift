import Glibc
import Kernel
import Launching
import Testing

@Suite(.enabled(if: ShimFixture.obstacle == nil, Comment(rawValue: ShimFixture.obstacle ?? "")))
struct ExecTests {
    /// A running container, ended with the value.
    private final class Running {
        let fixture: ShimFixture
        let shim: StartedShim

        init(_ change: (inout LaunchProgram) -> Void = { _ in }) throws {
            fixture = try ShimFixture()
            shim = try StartedShim(fixture, fixture.program(["sleep", "1000"], change))
            try #require(shim.answer.error == nil, "\(shim.answer)")
        }

        func end() throws {
            try shim.kill()
            _ = try shim.exit()
            try expectNothingLeft(fixture)
        }

        func execute(
            _ arguments: [String], input: String = "", _ change: (inout ExecProgram) -> Void = { _ in }
        ) throws -> (code: Int32?, output: String, errors: String) {
            var program = ExecProgram(
                container: fixture.name, target: try #require(shim.answer.pid),
                targetStartTime: try #require(shim.answer.startTime), cgroup: fixture.cgroup,
                process: fixture.program(arguments).process)
            change(&program)
            let wire = try OwnedDescriptor.memory("program", content: program.wire)
            let standardInput = try OwnedDescriptor.memory("input", content: Array(input.utf8))
            let output = try OwnedDescriptor.memory("output")
            let errors = try OwnedDescriptor.memory("errors")
            var spawn = Spawn(ShimFixture.shim, [ShimFixture.shim, "exec"])
            spawn.descriptors = [(wire.number, 3)]
            spawn.standardStreams = (standardInput.number, output.number, errors.number)
            let process = try ProcessDescriptor(pid: try spawn.start())
            guard try process.waitForEnd(milliseconds: 20_000) else {
                try process.signal(SIGKILL)
                throw KernelError("wait for", "exec", errno: ETIMEDOUT)
            }
            lseek(output.number, 0, SEEK_SET)
            lseek(errors.number, 0, SEEK_SET)
            return (
                try process.reap(blocking: true)?.code, String(decoding: try output.readAll(), as: UTF8.self),
                String(decoding: try errors.readAll(), as: UTF8.self)
            )
        }
    }

    @Test func joinsTheContainer() throws {
        let running = try Running { $0.cgroup.pids = 40 }
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
        let running = try Running()
        let result = try running.execute(arguments)
        #expect(result.code == code)
        #expect(result.errors.isEmpty == (code == 137))
        try running.end()
    }

    @Test func timeoutEndsIt() throws {
        let running = try Running()
        #expect(try running.execute(["sleep", "1000"]) { $0.timeout = 50 }.code == 137)
        try running.end()
    }

    @Test func terminalIsMadeInTheContainer() throws {
        let running = try Running()
        let result = try running.execute(["sh", "-c", "tty; read x; echo got $x"], input: "line\n") {
            $0.process.terminal = true
        }
        #expect(result.code == 0)
        #expect(result.output.contains("/dev/pts/"))
        #expect(result.output.hasSuffix("got line\r\n"))
        try running.end()
    }

    @Test func otherProcessWithThePidIsNotEntered() throws {
        let running = try Running()
        let result = try running.execute(["true"]) { $0.targetStartTime += 1 }
        #expect(result.code == 125)
        #expect(result.errors == "enter container \(running.fixture.name): it is not running\n")
        try running.end()
    }
}
