import Foundation
import Glibc
import Testing

@Suite("One-off containers", .asRoot, .reported)
struct RunTests {
    static let stack = """
        services:
          db:
            image: \(busybox())
            command: [sleep, "1000000"]
            healthcheck: {test: ["CMD", "true"], interval: 1s}
          web:
            image: \(busybox())
            command: [sleep, "1000000"]
            depends_on: {db: {condition: service_healthy}}
            ports: ["8080:80"]
            environment: {GREETING: hello}
            volumes: ["data:/data"]
        volumes: {data: {}}
        """

    @Test("run starts what the service depends on, has its own streams and code, and leaves nothing with --rm")
    func streamsAndCode() async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            let run = try await host.roost(
                "run", "--rm", "-T", "web", "sh", "-c", "echo $GREETING; cat; echo err >&2; exit 5", input: "typed\n"
            ).ends(with: 5)
            #expect(run.output == "hello\ntyped\n")
            #expect(run.errors.hasSuffix("err\n"))
            #expect(try await host.containers().map(\.Service) == ["db"])
        }
    }

    @Test("run moves large input and output without losing a byte")
    func large() async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            let text = (0..<200_000).map { "\($0)\n" }.joined()
            let run = try await host.roost("run", "--rm", "-T", "--no-deps", "web", "cat", input: text).succeeds()
            #expect(run.output == text)
            #expect(try await host.containers().isEmpty, "--no-deps starts nothing else")
        }
    }

    @Test("run takes what it is told of the container's settings")
    func settings() async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            try host.write("more.env", "FROM_FILE=1\n")
            let script = "echo $A $FROM_FILE $PWD $(id -u); cat /bound/compose.yaml | head -1; ls -d /data"
            let flags = [
                "run", "--rm", "-T", "--no-deps", "-e", "A=2", "--env-from-file", "more.env", "-w", "/tmp", "-u",
                "1000",
                "-v", "./:/bound:ro", "-l", "mine=1", "--name", "\(host.name)-own", "--entrypoint", "sh -c", "web",
                script,
            ]
            let run = try await host.start(roost: flags).outcome().succeeds()
            #expect(run.lines == ["2 1 /tmp 1000", "services:", "/data"])
        }
    }

    @Test("A detached run says its id, is no replica of its service, and is shown with all")
    func detached() async throws {
        try await onHost { host in
            try await host.up(compose: Self.stack)
            let id = try await host.roost("run", "-d", "-P", "--no-deps", "--rm", "web", "true").fails(saying: "8080")
            #expect(id.output.isEmpty)
            let run = try await host.roost("run", "-d", "web", "sleep", "1000000").succeeds()
            let name = try #require(try await host.containers().first { $0.ID == run.lines[0].prefix(12) }?.Name)
            #expect(name.hasPrefix("\(host.name)-web-run-"))
            #expect(!(try await host.roost("ps").succeeds().output.contains(name)))
            try await host.roost("up", "-d").succeeds().says("up to date")
            let found = try await host.inside("db", "nslookup web 2>/dev/null | grep -c '^Address.*10\\.' || true")
            #expect(found == "1", "its service's name doesn't lead to it")
        }
    }

    @Test("The code of a command that can't be started says so, and a signal reaches the container")
    func failuresAndSignals() async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            try await host.roost("run", "--rm", "--no-deps", "web", "no-such-command").ends(with: 127)
                .says("no-such-command")
            #expect(try await host.containers().isEmpty)
            let script = "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done"
            let run = try host.start(roost: ["run", "--rm", "-T", "--no-deps", "web", "sh", "-c", script])
            try await eventually("its handler is set") { run.output.contains("ready") }
            try await run.signal(SIGTERM)
            let outcome = try await run.outcome().ends(with: 7)
            #expect(outcome.output == "ready\nbye\n")
        }
    }

    @Test("What was to go with its run goes also when nobody waits for it any more")
    func abandoned() async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            let roost = join(Requirements.binaries, "roost")
            let run = try host.start(["sh", "-c", "sleep 1000000 | \(roost) run --rm -T --no-deps web cat"])
            try await eventually("it runs") { try await host.containers().first?.State == "running" }
            kill(-(try await run.process()), SIGKILL)
            _ = try await run.outcome()
            // Its input ends with the one who gave it.
            try await eventually("it is gone") { try await host.containers().isEmpty }
        }
    }

    @Test("run has a real terminal when there is one, of the right size from the beginning")
    func terminal() async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            let roost = join(Requirements.binaries, "roost")
            let typed =
                "stty cols 99 rows 33; \(roost) run --rm --no-deps web sh -c 'test -t 0 && test -t 1 && stty size; exit 4'"
            let outcome = try await host.start(["script", "-qec", typed, "/dev/null"]).outcome()
            #expect(outcome.status == 4 && outcome.output.contains("33 99"), "\(outcome)")
        }
    }

    @Test("attach shows what the main process writes, passes input on, and ends with its code")
    func attach() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      web:
                        image: \(busybox())
                        stdin_open: true
                        command: ["sh", "-c", "read line; echo got $$line; exit 3"]
                      busy: {image: '\(busybox())', command: [sleep, "1000000"]}
                    """)
            let attached = try await host.roost("attach", "web", input: "word\n").ends(with: 3)
            #expect(attached.output == "got word\n")
            try await host.roost("attach", "web").fails(saying: "stopped container")
        }
    }

    @Test("pause freezes, unpause goes on, and ps says so")
    func pause() async throws {
        try await onHost { host in
            try await host.up(compose: Self.stack)
            try await host.roost("pause", "web").succeeds().says("Container \(host.name)-web-1 Paused")
            #expect(try await host.container("web").State == "paused")
            try await host.roost("ps", "web").succeeds().says("(Paused)")
            try await host.roost("unpause").succeeds()
            #expect(try await host.container("web").State == "running")
        }
    }

    @Test("port, top, volumes, wait, create, scale and rm do what Compose's do")
    func others() async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            try await host.roost("create").succeeds()
            #expect(try await host.container("web").State == "created")
            try await host.up()
            #expect(try await host.roost("port", "web", "80").succeeds().output == "0.0.0.0:8080\n")
            try await host.roost("port", "web", "81").fails(saying: "no port 81/tcp")
            try await host.roost("top", "web").succeeds().says("SERVICE", "sleep 1000000")
            #expect(try await host.roost("volumes", "-q").succeeds().output == "\(host.name)_data\n")
            try await host.roost("scale", "db=2").succeeds()
            #expect(try await host.containers().count { $0.Service == "db" } == 2)
            let wait = try host.start(roost: ["wait", "web"])
            try await host.roost("kill", "web").succeeds()
            try await wait.outcome().ends(with: 137).says("exited with status code 137")
            try await host.roost("rm", "-f").succeeds().says("Removed")
            #expect(try await host.containers().allSatisfy { $0.Service == "db" })
            try await host.roost("rm", "-f").succeeds().says("No stopped containers")
        }
    }

    @Test("A directory that only bears the name of a stack has no say about its data")
    func downByName() async throws {
        try await onHost { host in
            try await host.up(compose: Self.stack)
            _ = try await host.inside("web", "echo kept > /data/file")
            let roost = join(Requirements.binaries, "roost")
            let other = "mkdir -p $HOME/other/\(host.name) && cd $HOME/other/\(host.name) && \(roost) down -v -t 0"
            #expect(try await host.shell(other).status != 0)
            #expect(try await host.inside("web", "cat /data/file") == "kept")
            // In its own directory the file may be gone.
            try FileManager.default.removeItem(atPath: join(host.project, "compose.yaml"))
            try await host.roost("down", "-t", "0").succeeds().says("Removed")
        }
    }
}
