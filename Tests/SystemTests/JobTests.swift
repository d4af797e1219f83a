import Testing

/// What runs to its end, when somebody asks and when its time has come.
@Suite("Jobs and schedules", .asRoot, .reported)
struct JobTests {
    /// The schedule's time doesn't come while the test runs.
    private static let stack = """
        services:
          db:
            image: \(busybox())
            command: [sleep, "1000000"]
            stop_grace_period: 0s
          migrate:
            image: \(busybox())
            command: [sh, -c, "test -e /state/migrated || { touch /state/migrated; exit 3; }; echo migrated"]
            volumes: ["state:/state"]
            deploy: {mode: replicated-job}
          backup:
            image: \(busybox())
            command: [sh, -c, "echo backed up"]
            depends_on: [db]
            x-schedule: "@yearly"
        volumes: {state: {}}
        """

    private func runs(_ host: Host) async throws -> [String: String] {
        try await host.states().filter { $0.key.hasPrefix("backup") }
    }

    @Test("A job is tried until it ends well; a time that was missed is made up for by the next supervisor, once")
    func times() async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            try await host.roost("up", "-d", "--wait").succeeds()
            #expect(try await host.states() == ["db-1": "running", "migrate-1": "exited(0)"])
            try await host.roost("jobs").succeeds().says("@yearly", "succeeded")
            try await host.roost("up", "-d").succeeds()
            // As if it had been a year since.
            let ledger = "\(host.root)/stacks/\(host.name)/ledger.json"
            try await host.shell("sed -i 's/\"since\":[0-9]*/\"since\":1/' '\(ledger)'").succeeds()
            try await host.kill(try await host.supervisor())
            try await eventually("the run has ended well") {
                try await Array(runs(host).values) == ["exited(0)"]
            }
            #expect(try await host.log("backup").contains("backed up"))
            let made = try await runs(host)
            try await host.kill(try await host.supervisor())
            try await host.roost("jobs", "--format", "json").succeeds().says("\"State\":\"succeeded\"")
            #expect(try await runs(host) == made)
        }
    }

    @Test("Who wants a run now gets one, and of those that have ended three are kept")
    func now() async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            try await host.roost("up", "-d").succeeds()
            let run = try await host.roost("run", "--job", "-T", "backup").succeeds()
            #expect(run.output == "backed up\n")
            try await host.roost("run", "--job", "db").fails(saying: "service \"db\" is no job")
            for _ in 0..<4 { try await host.roost("jobs", "run", "backup").succeeds() }
            try await eventually("three are kept") { try await runs(host).count == 3 }
            try await host.roost("up", "-d", "--scale", "backup=2").fails(saying: "can't be scaled")
        }
    }
}
