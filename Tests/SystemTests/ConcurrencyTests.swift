import Glibc
import Testing

@Suite("Two commands at once", .asRoot, .reported)
struct ConcurrencyTests {
    /// A stack whose `up` is held until the file `go` is in the project's directory.
    static let held = """
        services:
          first:
            image: \(busybox())
            command: ["sh", "-c", "until test -e /gate/go; do sleep 0.05; done"]
            volumes: [./gate:/gate]
          second:
            image: \(busybox())
            command: [sleep, "1000000"]
            depends_on: {first: {condition: service_completed_successfully}}
        """

    @Test("A second up waits for the first one on the same stack, and says what it waits for")
    func serialised() async throws {
        try await onHost { host in
            try host.write("gate/closed", "")
            try host.compose(Self.held)
            let first = try host.start(roost: ["up", "-d"])
            try await eventually("the first is in its middle") { try await host.states()["first-1"] == "running" }
            let later = try host.start(roost: ["up", "-d"])
            try await eventually("the second says what it waits for") {
                let text = (later.errors + later.output).lowercased()
                return text.contains("wait") && text.contains("up")
            }
            #expect(later.status == nil && first.status == nil)
            try host.write("gate/go", "")
            try await first.outcome().succeeds()
            try await later.outcome().succeeds()
            #expect(try await host.states() == ["first-1": "exited(0)", "second-1": "running"])
        }
    }

    @Test(
        "An up that only waits gives way to who wants an end, at once, and says to whom",
        arguments: [
            ["down", "-t", "0"], ["kill"], ["stop", "-t", "0"],
        ])
    func givesWay(second: [String]) async throws {
        try await onHost { host in
            try host.write("gate/closed", "")
            try host.compose(Self.held)
            let first = try host.start(roost: ["up", "-d"])
            try await eventually("the first is in its middle") { try await host.states()["first-1"] == "running" }
            // The gate stays closed: what waited for the first would wait for ever.
            try await host.start(roost: second).outcome().succeeds()
            let end = try await first.outcome()
            #expect(end.status == 1 && end.errors.contains("gave way to `\(second[0])"), "\(end.errors)")
            #expect(try await host.states()["first-1"] != "running")
        }
    }

    @Test("A stop that waits for a grace period gives way to kill", arguments: [["kill"], ["down", "-t", "0"]])
    func killInAGracePeriod(second: [String]) async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      deaf:
                        image: \(busybox())
                        command: ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]
                        stop_grace_period: 10m
                    """)
            let stop = try host.start(roost: ["stop"])
            try await eventually("it is being stopped") { (stop.errors + stop.output).contains("Stopping") }
            try await host.start(roost: second).outcome().succeeds()
            #expect(try await stop.outcome().errors.contains("gave way to"))
            #expect(try await host.states().values.allSatisfy { $0 == "exited(137)" })
        }
    }

    @Test("Many ups at once make each container once")
    func manyUps() async throws {
        try await onHost { host in
            try host.compose(ResilienceTests.many)
            let all = try (0..<5).map { _ in try host.start(roost: ["up", "-d"]) }
            for up in all { try await up.outcome().succeeds() }
            #expect(try await host.containers().count == 6)
            try await host.expectOneShimEach(6)
        }
    }

    @Test("Other stacks don't wait, and ps never does")
    func others() async throws {
        try await onHost { host in
            host.own(stack: "other")
            try host.write("gate/closed", "")
            try host.compose(Self.held)
            let first = try host.start(roost: ["up", "-d"])
            try await eventually("the first is in its middle") { try await host.states()["first-1"] == "running" }
            try host.write(
                "other.yaml", "services:\n  web:\n    image: \(busybox())\n    command: [sleep, \"1000000\"]\n")
            try await host.roost("-p", "other", "-f", "other.yaml", "up", "-d").succeeds()
            #expect(first.status == nil)
            try host.write("gate/go", "")
            try await first.outcome().succeeds()
        }
    }

    @Test("Up that is interrupted lets the next command go on")
    func interrupted() async throws {
        try await onHost { host in
            try host.write("gate/closed", "")
            try host.compose(Self.held)
            let first = try host.start(roost: ["up", "-d"])
            try await eventually("it is in its middle") { try await host.states()["first-1"] == "running" }
            try await first.signal(SIGINT)
            #expect(try await first.outcome().status != 0)
            try await host.roost("down", "-t", "0").succeeds()
        }
    }

    @Test("Ups and downs in turn, by several hands, end in one of the two states")
    func stress() async throws {
        try await onHost { host in
            try host.compose(ResilienceTests.many)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for hand in 0..<3 {
                    group.addTask {
                        for turn in 0..<4 {
                            let isUp = (hand + turn).isMultiple(of: 2)
                            let end = try await host.start(roost: isUp ? ["up", "-d"] : ["down", "-t", "0"]).outcome()
                            // An up that only waits gives way to a down.
                            if isUp && end.errors.contains("gave way to `down") { continue }
                            try end.succeeds()
                        }
                    }
                }
                try await group.waitForAll()
            }
            let states = try await host.containers().map(\.State)
            #expect(states.isEmpty || states == Array(repeating: "running", count: 6), "\(states)")
        }
    }
}
