import Glibc
import Kernel
import Launching
import Testing

@Suite(.enabled(if: ShimFixture.obstacle == nil, Comment(rawValue: ShimFixture.obstacle ?? "")))
struct MonitorTests {
    @Test func logIsRotatedWithoutLoss() throws {
        let fixture = try ShimFixture()
        let program = try fixture.program(["sh", "-c", "seq 1 3000"]) {
            $0.monitor.logMaximumSize = 100_000
            $0.monitor.logMaximumFiles = 4
        }
        let shim = try StartedShim(fixture, program)
        #expect(try shim.exit().code == 0)
        let files = try ["log.3", "log.2", "log.1", "log"].map {
            try StartedShim.records("\(fixture.directory)/run/container.\($0)")
        }
        let numbers = files.joined().map(\.log).joined().split(separator: "\n").compactMap { Int($0) }
        #expect(numbers == Array(1...3000))
        #expect(!files[2].isEmpty)
    }

    @Test func unwritableLogDoesNotStopTheContainer() throws {
        let fixture = try ShimFixture()
        let program = try fixture.program(["sh", "-c", "seq 1 30000; exit 4"]) { $0.monitor.logPath = "/dev/full" }
        #expect(try StartedShim(fixture, program).exit().code == 4)
    }

    @Test func openInputReachesTheCommand() throws {
        let fixture = try ShimFixture()
        let program = try fixture.program(["sh", "-c", "read x; echo got $x"]) { $0.process.openStandardInput = true }
        let shim = try StartedShim(fixture, program)
        try #require(shim.answer.error == nil, "\(shim.answer)")
        try shim.process.descriptor(MonitorSettings.inputDescriptor).writeAll(Array("word\n".utf8))
        #expect(try shim.exit().code == 0)
        #expect(try shim.output() == "got word\n")
    }

    @Test func hooksRunAndTheirFailureEndsTheLaunch() throws {
        let fixture = try ShimFixture()
        let note = "\(fixture.directory)/note"
        func hook(_ script: String) -> HookSettings {
            HookSettings(
                path: "/bin/sh", arguments: ["sh", "-c", script], environment: [], timeout: 5,
                state: #"{"pid":%PID%}"#)
        }
        let good = try fixture.program(["true"]) {
            $0.outside.append(.hook(hook("cat >> \(note)")))
            $0.monitor.poststopHooks = [hook("echo; echo stopped >> \(note)")]
        }
        let shim = try StartedShim(fixture, good)
        try #require(shim.answer.error == nil, "\(shim.answer)")
        _ = try shim.exit()
        #expect(try Files.readText(note) == "{\"pid\":\(try #require(shim.answer.pid))}stopped\n")

        let bad = try fixture.program(["true"]) {
            $0.outside.append(.hook(hook("echo first >&2; echo why >&2; exit 3")))
        }
        let answer = try StartedShim(fixture, bad).answer
        #expect(answer.error == "hook /bin/sh exited with 3: why")
        #expect(answer.step == "outside[1]")
        try expectNothingLeft(fixture)
    }

    /// One shim out of several brings a dead supervisor back, once.
    @Test func deadSupervisorIsStartedOnce() throws {
        let directory = try ShimFixture()
        let fifo = "\(directory.directory)/alive"
        let note = "\(directory.directory)/started"
        #expect(mkfifo(fifo, 0o600) == 0)
        // The new supervisor takes the FIFO and stays until the test ends it.
        let command = ["/bin/sh", "-c", "echo $$ >> \(note); exec sleep 1000 > \(fifo)"]
        let fixtures = try (0..<3).map { _ in try ShimFixture() }
        // Held for reading and writing, so that it can be opened before the shims do.
        let supervisor = try OwnedDescriptor(open: fifo, .readWrite)
        let shims = try fixtures.map { fixture in
            try StartedShim(
                fixture,
                try fixture.program(["sleep", "1000"]) {
                    $0.monitor.supervisorFIFO = fifo
                    $0.monitor.supervisorCommand = command
                    $0.monitor.supervisorLock = "\(directory.directory)/lock"
                })
        }
        for shim in shims { try #require(shim.answer.error == nil, "\(shim.answer)") }
        close(supervisor.release())
        try waitUntil { Files.exists(note) }
        let started = try Files.readText(note).split(separator: "\n")
        #expect(started.count == 1)
        // And again, when that one dies.
        kill(try #require(pid_t(started[0])), SIGKILL)
        try waitUntil { try Files.readText(note).split(separator: "\n").count == 2 }
        for shim in shims {
            try shim.kill()
            #expect(try shim.exit().code == 137)
        }
        for pid in try Files.readText(note).split(separator: "\n") { kill(try #require(pid_t(pid)), SIGKILL) }
    }

    /// A supervisor that died before its shim looked for it is missed all the same.
    @Test func supervisorThatIsGoneAlreadyIsStarted() throws {
        let fixture = try ShimFixture()
        let fifo = "\(fixture.directory)/alive"
        let note = "\(fixture.directory)/started"
        #expect(mkfifo(fifo, 0o600) == 0)
        let shim = try StartedShim(
            fixture,
            try fixture.program(["sleep", "1000"]) {
                $0.monitor.supervisorFIFO = fifo
                $0.monitor.supervisorCommand = ["/bin/sh", "-c", "echo $$ >> \(note); exec sleep 1000 > \(fifo)"]
                $0.monitor.supervisorLock = "\(fixture.directory)/lock"
            })
        try #require(shim.answer.error == nil, "\(shim.answer)")
        try waitUntil { try Files.exists(note) && !Files.readText(note).isEmpty }
        try shim.kill()
        #expect(try shim.exit().code == 137)
        for pid in try Files.readText(note).split(separator: "\n") { kill(try #require(pid_t(pid)), SIGKILL) }
    }
}
