import Testing

/// Services that are replaced while somebody uses them.
@Suite("Updates under load") struct UpdateTests {
    /// A web server whose page is the version; it is ready as long as its version isn't `bad`. What it has begun to answer
    /// it answers before it ends.
    private static func web(_ version: String, _ more: String = "") -> String {
        """
        services:
          web:
            image: \(busybox())
            environment: {VERSION: "\(version)"}
            command:
              - sh
              - -c
              - |
                trap 'sleep 1; exit 0' TERM
                echo version $$VERSION; mkdir /page; echo $$VERSION >/page/index.html; httpd -p 80 -h /page
                while :; do sleep 0.1; done
            healthcheck:
              test: "test $$VERSION != bad && wget -qO- http://127.0.0.1/ >/dev/null"
              interval: 100ms
              retries: 3
            ports: ["8080:80"]
            \(more)

        """
    }

    /// Asks without a pause until the file `enough` is there; the answers, or curl's exit codes, with how often.
    private static func answers(
        _ host: Host, during work: () async throws -> Void
    ) async throws -> [String: Int] {
        let ask = "curl -sS -m 20 http://127.0.0.1:8080/ 2>/dev/null || echo failed $?"
        let client = try host.start(["sh", "-c", "while [ ! -e enough ]; do \(ask); done >answers"])
        do {
            try await work()
        } catch {
            try host.write("enough", "")
            _ = try await client.outcome()
            throw error
        }
        try host.write("enough", "")
        try await client.outcome().succeeds()
        let lines = try host.read("answers").split(separator: "\n").map(String.init)
        return Dictionary(lines.map { ($0, 1) }, uniquingKeysWith: +)
    }

    @Test("An update of a published service is noticed by nobody", arguments: [1, 3])
    func update(scale: Int) async throws {
        try await onHost { host in
            try host.compose(Self.web("one", "scale: \(scale)"))
            try await host.roost("up", "-d", "--wait").succeeds()
            let answers = try await Self.answers(host) {
                try host.compose(Self.web("two", "scale: \(scale)"))
                try await host.roost("up", "-d").succeeds()
            }
            #expect(answers.keys.allSatisfy { $0 == "one" || $0 == "two" }, "\(answers)")
            #expect(try await host.shell("curl -sS -m 5 http://127.0.0.1:8080/").succeeds().output == "two\n")
            #expect(try await host.states().count == scale)
            #expect(try await host.roost("plan").status == 0)
        }
    }

    @Test("What never gets ready is taken back: the old container serves on, and the last lines are told")
    func failure() async throws {
        try await onHost { host in
            try host.compose(Self.web("one"))
            try await host.roost("up", "-d", "--wait").succeeds()
            let before = try await host.inspect("web").Id
            let answers = try await Self.answers(host) {
                try host.compose(Self.web("bad"))
                let outcome = try await host.roost("up", "-d")
                outcome.fails(saying: "\(host.name)-web-1 is unhealthy")
                outcome.fails(saying: "version bad")
            }
            #expect(Set(answers.keys) == ["one"])
            #expect(try await host.inspect("web").Id == before)
            #expect(try await host.states() == ["web-1": "running, healthy"])
            // The file as it was is what is there.
            try host.compose(Self.web("one"))
            #expect(try await host.roost("plan").status == 0)
        }
    }

    @Test("What writes to a volume is never there twice, and the plan says why")
    func writer() async throws {
        try await onHost { host in
            try host.compose(Self.web("one", "volumes: [\"data:/data\"]") + "volumes: {data: {}}\n")
            try await host.roost("up", "-d", "--wait").succeeds()
            try host.compose(Self.web("two", "volumes: [\"data:/data\"]") + "volumes: {data: {}}\n")
            let plan = try await host.roost("plan").output
            #expect(plan.contains("stops first: it writes to a volume"), "\(plan)")
            try await host.roost("up", "-d", "--wait").succeeds()
            #expect(try await host.shell("curl -sS -m 5 http://127.0.0.1:8080/").succeeds().output == "two\n")
        }
    }

    @Test("What was wanted before is wanted again by its number, with its images, and nobody notices")
    func rollback() async throws {
        try await onHost { host in
            try host.compose(Self.web("one"))
            try await host.roost("up", "-d", "--wait").succeeds()
            try await host.roost("rollback").fails(saying: "no revision before 1")
            let answers = try await Self.answers(host) {
                try host.compose(Self.web("two", "scale: 2"))
                try await host.roost("up", "-d").succeeds()
                try await host.roost("rollback", "--dry-run").succeeds().says("scaled down to 1")
                try await host.roost("rollback").succeeds()
            }
            #expect(answers.keys.allSatisfy { $0 == "one" || $0 == "two" }, "\(answers)")
            #expect(try await host.states() == ["web-1": "running, healthy"])
            #expect(try await host.shell("curl -sS -m 5 http://127.0.0.1:8080/").succeeds().output == "one\n")
            try await host.roost("rollback", "3").succeeds().says("up to date")
            try await host.roost("rollback", "7").fails(saying: "no revision 7", "1, 2, 3")
            let history = try await host.roost("rollout", "history", "--format", "json").succeeds().lines
            #expect(history.count == 3)
            #expect(history.first?.contains(#"environment.VERSION: \"two\" → \"one\""#) == true, "\(history)")
            // The file says something else, and the next up wants that.
            #expect(try await host.roost("plan").status == 2)
        }
    }

    @Test("Neither scaling nor the end of the supervisor is noticed by who asks")
    func scaling() async throws {
        try await onHost { host in
            try host.compose(Self.web("one"))
            try await host.roost("up", "-d", "--wait").succeeds()
            let answers = try await Self.answers(host) {
                try await host.roost("up", "-d", "--wait", "--scale", "web=4").succeeds()
                try await host.kill(try await host.supervisor())
                try await host.roost("up", "-d", "--wait", "--scale", "web=2").succeeds()
            }
            #expect(Set(answers.keys) == ["one"], "\(answers)")
            #expect(try await host.states().count == 2)
        }
    }
}
