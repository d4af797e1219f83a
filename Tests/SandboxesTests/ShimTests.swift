import Glibc
import Kernel
import Launching
import OCI
import Testing

@testable import Sandboxes

/// Containers of busybox, launched with the real shim from programs that the compiler made.
///
/// One after the other: a child that another test is just starting has copies of all descriptors until it executes its
/// program, those of locks among them, and a lock lasts as long as its last copy.
@Suite(.serialized, .enabled(if: ShimContainer.obstacle == nil, Comment(rawValue: ShimContainer.obstacle ?? "")))
struct ShimTests {
    /// Waits for the shim, a child of this process, and takes its exit status.
    private func end(of shim: Int32) throws {
        let process = try ProcessDescriptor(pid: shim)
        try #require(try process.waitForEnd(milliseconds: 20_000), "the shim \(shim) doesn't end")
        _ = try process.reap(blocking: true)
    }

    @Test func containerRunsToItsEnd() async throws {
        let container = try ShimContainer()
        let processes = try await container.launch(container.program("echo hello; exit 7"))
        #expect(processes.pid > 0)
        try end(of: processes.shim)
        let exit = try #require(container.directory.exit())
        #expect(exit.code == 7)
        #expect(exit.signal == 0)
        #expect(exit.finishedNanoseconds >= exit.startedNanoseconds)
        #expect(try Files.readText(container.place.path + "/log").contains(#""log":"hello\n""#))
        #expect(try container.isUnlocked())
    }

    @Test func ownFilesCanBeWrittenToButNotWithoutEnd() async throws {
        let container = try ShimContainer()
        let hosts = container.place.path + "/hosts"
        try Files.replace(hosts, with: Array("first\n".utf8))
        let script = """
            echo second >> /etc/hosts; /bin/busybox cat /etc/hosts
            /bin/busybox yes | /bin/busybox head -c 4000000 2>/dev/null >> /etc/hosts
            test $(/bin/busybox wc -c < /etc/hosts) -lt 2000000 && echo bounded
            """
        let program = try container.program(["/bin/busybox", "sh", "-c", script], ownHosts: hosts)
        let processes = try await container.launch(program)
        try end(of: processes.shim)
        let log = try Files.readText(container.place.path + "/log")
        for line in ["first", "second", "bounded"] { #expect(log.contains("\(line)\\n"), "\(log)") }
        #expect(try Files.readText(hosts) == "first\n")
        #expect(try Directory.names(in: container.directory.path + "/own").isEmpty)
    }

    @Test func stateTellsTheProcessesAndTheLockIsHeld() async throws {
        let container = try ShimContainer()
        let processes = try await container.launch(container.program(["/bin/busybox", "sleep", "600"]))
        let state = try #require(container.directory.state())
        #expect(state.process == ProcessIdentity(pid: processes.pid, startTime: processes.startTime))
        #expect(state.shim == ProcessIdentity(pid: processes.shim, startTime: processes.shimStartTime))
        #expect(state.process.isAlive)
        #expect(container.directory.exit() == nil)
        #expect(try container.isLocked())
        try ProcessDescriptor(state.process).signal(SIGKILL)
        try end(of: processes.shim)
        #expect(container.directory.exit()?.code == 137)
        #expect(container.directory.exit()?.signal == SIGKILL)
    }

    @Test(arguments: [(["/bin/missing"], 127), (["missing"], 127), (["/bin"], 126)] as [([String], Int32)])
    func whatCannotBeStartedIsTold(_ arguments: [String], _ code: Int32) async throws {
        let container = try ShimContainer()
        let program = try container.program(arguments)
        let failure = await #expect(throws: LaunchFailure.self) { try await container.launch(program) }
        #expect(failure?.code == code)
        #expect(failure?.message.isEmpty == false)
        #expect(try container.isUnlocked())
    }

    @Test func shimThatEndsWithoutAReportIsAFailure() async throws {
        let container = try ShimContainer()
        let program = try container.program("true")
        let lock = try container.lock()
        let failure = await #expect(throws: LaunchFailure.self) {
            try await Shim(executable: "/bin/true").launch(program, lock: lock)
        }
        #expect(failure?.message == "the shim of shim-test ended before the container started; start it again")
    }

    @Test func standardFilterHoldsInTheContainer() async throws {
        let container = try ShimContainer()
        let processes = try await container.launch(
            container.program("busybox unshare -r busybox true; busybox mount -t tmpfs t /bin; busybox id -u"))
        try end(of: processes.shim)
        let log = try Files.readText(container.place.path + "/log")
        #expect(log.contains("unshare"))
        #expect(log.contains("mount"))
        #expect(log.contains(#""log":"0\n""#))
    }

    @Test func furtherProcessesReportCodeAndOutput() async throws {
        let container = try ShimContainer()
        let program = try container.program(["/bin/busybox", "sleep", "600"])
        let processes = try await container.launch(program)
        let shim = Shim(executable: ShimContainer.executable)
        func run(_ script: String, limit: Int = 1000) async throws -> (code: Int32, output: String) {
            var process = program.process
            process.arguments = ["sh", "-c", script]
            let result = try await shim.run(
                ExecProgram(
                    container: "shim-test", target: processes.pid, targetStartTime: processes.startTime, cgroup: "",
                    process: process, timeout: 10_000), outputLimit: limit)
            return (result.code, String(decoding: result.output, as: UTF8.self))
        }
        #expect(try await run("echo out; echo err >&2; exit 3") == (3, "out\nerr\n"))
        #expect(try await run("busybox seq 1 100000", limit: 8) == (0, "1\n2\n3\n4\n"))
        #expect(try await run("busybox true", limit: 0) == (0, ""))
        #expect(try await run("kill -9 $$").code == 137)
        #expect(try await run("no-such-command").code == 127)
        try ProcessDescriptor(ProcessIdentity(pid: processes.pid, startTime: processes.startTime)).signal(SIGKILL)
        try end(of: processes.shim)
    }

    @Test func furtherProcessOfAnEndedContainerFails() async throws {
        let container = try ShimContainer()
        let program = try container.program("exit 0")
        let processes = try await container.launch(program)
        try end(of: processes.shim)
        let result = try await Shim(executable: ShimContainer.executable).run(
            ExecProgram(
                container: "shim-test", target: processes.pid, targetStartTime: processes.startTime, cgroup: "",
                process: program.process), outputLimit: 1000)
        #expect(result.code == 125)
    }

    @Test func cancelledProcessEnds() async throws {
        let container = try ShimContainer()
        let program = try container.program(["/bin/busybox", "sleep", "600"])
        let processes = try await container.launch(program)
        let shim = Shim(executable: ShimContainer.executable)
        let exec = ExecProgram(
            container: "shim-test", target: processes.pid, targetStartTime: processes.startTime, cgroup: "",
            process: program.process, timeout: 60_000)
        let code = try await withThrowingTaskGroup(of: Int32.self) { group in
            group.addTask { try await shim.run(exec, outputLimit: 10).code }
            group.cancelAll()
            return try await group.next()
        }
        #expect(code == 137)
        try ProcessDescriptor(ProcessIdentity(pid: processes.pid, startTime: processes.startTime)).signal(SIGKILL)
        try end(of: processes.shim)
    }
}
