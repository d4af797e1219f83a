import Foundation
import Glibc
import Testing

@Suite("Upgrades under running stacks", .asRoot, .reported)
struct UpgradeTests {
    /// Makes another build of the supervisor, and returns the variables by which commands belong to it.
    private static func otherBuild(_ host: Host) async throws -> [String: String] {
        let directory = join(host.directory, "other")
        // By another process: while this one has an executable open for writing, others that it starts may have it open
        // too, and nobody can run it.
        try await host.shell(
            """
            mkdir \(directory) && cd \(directory) && ln -s \(Requirements.binaries)/roost-shim \(Requirements.binaries)/roost-layer .
            cp \(Requirements.binaries)/roost-supervisor . && touch -d @1 roost-supervisor
            """
        ).succeeds()
        return ["ROOST_LIBEXEC": directory]
    }

    /// The builds of the supervisors that run.
    private static func builds(_ host: Host) async throws -> [String] {
        try await host.processes("roost-supervisor ").map { process in
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
        }
    }

    @Test("A command's own supervisor takes over from one of another build; containers and their logs don't notice")
    func handover() async throws {
        try await onHost { host in
            try await host.up(compose: ResilienceTests.talker)
            let before = [try await host.inspect("web"), try await host.inspect("quiet")]
            let follower = try host.start(roost: ["logs", "-f", "--no-log-prefix", "web"])
            try await eventually("lines come") { follower.output.contains("line 5\n") }

            let other = try await Self.otherBuild(host)
            for (build, place) in [(other, host.directory), ([:], Requirements.binaries), (other, host.directory)] {
                try await host.roost("ps", environment: build).succeeds().says("quiet", "web")
                let running = try await eventually("one supervisor runs") {
                    let running = try await Self.builds(host)
                    return running.count == 1 ? running : nil
                }
                #expect(running[0].hasPrefix(place), "\(running)")
            }

            for (service, old) in zip(["web", "quiet"], before) {
                let new = try await host.inspect(service)
                #expect(new.Id == old.Id && new.State.Pid == old.State.Pid)
            }
            let known = follower.output.split(separator: "\n").count
            try await eventually("the follower goes on") {
                follower.output.split(separator: "\n").count > known + 10
            }
            let numbers = follower.output.split(separator: "\n").dropLast().compactMap {
                Int($0.dropFirst("line ".count))
            }
            #expect(numbers == Array(1...max(1, numbers.count)), "no line is lost or doubled")
            try await follower.signal(SIGINT)
            _ = try await follower.outcome()
        }
    }

    /// What that version left in its root, as it was but for the paths in it: `shop` with a database on a named volume, a
    /// web server that waited for its health, and a job that had ended.
    private static let earlier = join(Requirements.repository, "Tests/SystemTests/Fixtures/2821fd1")

    @Test("What the version of before records had one left is taken over after a reboot, with its data")
    func earlierDirectory() async throws {
        try await onHost { host in
            let root = host.root
            try await host.shell(
                """
                mkdir -p \(root) && cp -r \(Self.earlier)/. \(root) && cd \(root)
                for container in containers/*; do mkdir -p $container/upper $container/work; done
                find . -name '*.json' -exec sed -i 's|@ROOT@|\(root)|g; s|@PROJECT@|\(host.project)|g; \
                s|@IMAGE@|\(busybox())|g' {} +
                """
            ).succeeds()
            try host.compose(
                """
                name: shop
                services:
                  db:
                    image: \(busybox())
                    command: [sleep, "1000000"]
                    volumes: [data:/data]
                    healthcheck: {test: [CMD, "true"], interval: 1s}
                    stop_grace_period: 0s
                  web:
                    image: \(busybox())
                    command: [httpd, -f, -p, "80"]
                    depends_on: {db: {condition: service_healthy}}
                    ports: ["127.0.0.1:8080:80"]
                    stop_grace_period: 0s
                volumes: {data: {}}
                """)
            try await host.roost("ps", "-a").succeeds().says("shop-db-1", "shop-web-1", "shop-done-1", "Exited (0)")

            let up = try await host.roost("up", "-d", "--wait", "--remove-orphans").succeeds()
            #expect(up.errors.contains("db: recreate (") && up.errors.contains("shop-done-1 Removed"), "\(up.errors)")
            #expect(try await host.roost("exec", "-T", "db", "cat", "/data/kept").succeeds().output == "one\n")
            #expect(try await host.roost("plan").succeeds().output.isEmpty)
            try await host.roost("down", "-v").succeeds()
        }
    }

    @Test(
        "A command that another supervisor has begun is gone on with, and ends well",
        arguments: ["another build", "SIGTERM", "SIGKILL"])
    func commandInTheMiddle(cause: String) async throws {
        try await onHost { host in
            try host.write("gate/closed", "")
            try host.compose(ConcurrencyTests.held)
            let up = try host.start(roost: ["up", "-d", "--force-recreate"])
            try await eventually("it is in its middle") { try await host.states()["first-1"] == "running" }
            let first = try await host.inspect("first").Id
            let old = try await host.supervisor()
            switch cause {
            case "SIGTERM": kill(old, SIGTERM)
            case "SIGKILL": kill(old, SIGKILL)
            default: try await host.roost("ps", environment: try await Self.otherBuild(host)).succeeds()
            }
            try await eventually("another supervisor runs") {
                let running = try await host.processes("roost-supervisor ")
                return running.count == 1 && running != [old]
            }
            #expect(up.status == nil, "it waits on: \(up.errors)")
            try host.write("gate/go", "")
            try await up.outcome().succeeds()
            #expect(try await host.states() == ["first-1": "exited(0)", "second-1": "running"])
            #expect(try await host.inspect("first").Id == first, "what was done is not done again")
        }
    }

    @Test(
        "A running container whose record is emptied stays in sight: it is restored, or told by name and gets no twin",
        arguments: [true, false])
    func emptiedRecord(hasCopy: Bool) async throws {
        try await onHost { host in
            try await host.up(compose: ResilienceTests.talker)
            let quiet = try await host.inspect("quiet")
            let id = quiet.Id.string ?? ""
            let supervisor = try await host.supervisor()
            let record = join(host.root, "containers", id, "container.json")
            let kept = try host.read(record)
            try host.write(record, "")
            if !hasCopy {
                try FileManager.default.removeItem(atPath: join(host.runRoot, "containers", id, "container.json"))
            }
            try await host.kill(supervisor)
            try await eventually("a supervisor is back") {
                try await host.processes("roost-supervisor ").first { $0 != supervisor }
            }
            #expect(try await host.states()["quiet-1"] == "running")
            if hasCopy {
                #expect(try await host.inspect("quiet").State.Pid == quiet.State.Pid)
                try await host.up()
            } else {
                try await host.roost("ps").succeeds().says("\(host.name)-quiet-1 (it runs)", record, "can't be read")
                try await host.roost("up", "-d").fails(saying: "\(host.name)-quiet-1", record, "already in use")
                try host.write(record, kept, mode: 0o600)
                try await host.kill(try await host.supervisor())
            }
            try await eventually("it is itself again") {
                try await host.inspect("quiet").State.Pid == quiet.State.Pid
            }
            try await host.expectOneShimEach(2)
        }
    }

    @Test("What a supervisor was told to leave undone is done by the next one, though its user has gone")
    func pendingAfterSIGTERM() async throws {
        try await onHost { host in
            try host.write("gate/closed", "")
            try host.compose(ConcurrencyTests.held)
            let up = try host.start(roost: ["up", "-d"])
            try await eventually("it is in its middle") { try await host.states()["first-1"] == "running" }
            let old = try await host.supervisor()
            // The command can't ask once more.
            kill(try await up.process(), SIGSTOP)
            kill(old, SIGTERM)
            try await eventually("the supervisor has left") { !host.isAlive(old) }
            kill(try await up.process(), SIGKILL)
            try host.write("gate/go", "")
            try await eventually("the rest is done") { try await host.states()["second-1"] == "running" }
        }
    }
}
