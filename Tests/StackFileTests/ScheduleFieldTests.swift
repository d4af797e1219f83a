import StackModel
import Testing

@testable import StackFile

@Suite struct ScheduleFieldTests {
    private func load(_ attributes: String) throws -> LoadedStack {
        let lines = attributes.split(separator: "\n").map { "    \($0)\n" }.joined()
        let directory = try ProjectDirectory([
            "compose.yaml": "services:\n  a:\n    image: x\n\(lines)  b: {image: x, x-schedule: \"@daily\"}\n"
        ])
        return try StackLoader.load(ComposeCase("", "").request(in: directory.path))
    }

    private func service(_ attributes: String) throws -> Service {
        let loaded = try load(attributes)
        #expect(loaded.faults.isEmpty, "\(loaded.faults)")
        return try #require(loaded.stack.services["a"])
    }

    @Test("A line is a schedule with Kubernetes' defaults")
    func line() throws {
        let service = try service("x-schedule: \"*/5 * * * *\"")
        #expect(service.schedule == ScheduleSettings(try CronExpression("*/5 * * * *")))
        #expect(service.container.restart == .onFailure(maximumRetries: 6))
        #expect(try self.service("init: true").schedule == nil)
    }

    @Test("Everything that a schedule can say")
    func everything() throws {
        let service = try service(
            """
            restart: "no"
            x-schedule:
              schedule: 30 2 * * mon-fri
              timeZone: America/Argentina/Buenos_Aires
              concurrencyPolicy: Replace
              startingDeadlineSeconds: 100
              suspend: true
              successfulJobsHistoryLimit: 0
              failedJobsHistoryLimit: 7
            """)
        let expected = ScheduleSettings(
            try CronExpression("30 2 * * mon-fri"), timeZone: "America/Argentina/Buenos_Aires", concurrency: .replace,
            startingDeadlineSeconds: 100, isSuspended: true, successfulHistoryLimit: 0, failedHistoryLimit: 7)
        #expect(service.schedule == expected)
        #expect(service.container.restart == .no)
    }

    @Test(
        "A job's restart policy is on-failure where the file says nothing else",
        arguments: [
            ("deploy: {mode: replicated-job}", RestartPolicy.onFailure(maximumRetries: nil)),
            ("deploy: {mode: global-job}", .onFailure(maximumRetries: nil)),
            ("deploy: {mode: replicated-job, restart_policy: {max_attempts: 2}}", .onFailure(maximumRetries: 2)),
            ("deploy: {mode: replicated-job, restart_policy: {condition: none}}", .no),
            ("deploy: {mode: replicated-job}\nrestart: on-failure:4", .onFailure(maximumRetries: 4)),
        ])
    func jobs(attributes: String, restart: RestartPolicy) throws {
        let service = try service(attributes)
        #expect(service.isJob == true)
        #expect(service.container.restart == restart)
    }

    @Test("What is replicated or global is no job", arguments: ["replicated", "global"])
    func services(mode: String) throws {
        let loaded = try load("deploy: {mode: \(mode)}")
        #expect(loaded.stack.services["a"]?.isJob == nil && loaded.warnings.isEmpty)
        #expect(loaded.stack.services["a"]?.container.restart == .no)
    }

    @Test(
        "What no start could carry out is told with its place",
        arguments: [
            (
                "x-schedule: 61 * * * *", "services.a.x-schedule.schedule: minute \"61\" is not from 0 to 59"
            ),
            (
                "x-schedule: {schedule: \"@daily\", timeZone: ../../etc/passwd}",
                "services.a.x-schedule.timeZone: \"../../etc/passwd\" is not the name of a time zone"
            ),
            (
                "x-schedule: \"@daily\"\nscale: 2",
                "services.a.scale: and x-schedule exclude each other"
            ),
            (
                "x-schedule: \"@daily\"\nrestart: always",
                "services.a.restart: \"always\" is no restart policy of a job"
            ),
            (
                "deploy: {mode: replicated-job, restart_policy: {condition: any}}",
                "services.a.deploy: \"any\" is no restart policy of a job"
            ),
            (
                "depends_on: [b]", "services.a.depends_on.b: runs at its times only"
            ),
        ])
    func faults(attributes: String, message: String) throws {
        let texts = try load(attributes).faults.map { "\($0)" }
        #expect(texts.contains { $0.contains(message) }, "\(texts)")
    }

    @Test(
        "What can't be read is an error",
        arguments: [
            "x-schedule: {suspend: true}", "x-schedule: {schedule: \"@daily\", concurrencyPolicy: Queue}",
            "x-schedule: {schedule: \"@daily\", timezone: UTC}",
            "x-schedule: {schedule: \"@daily\", failedJobsHistoryLimit: -1}", "x-schedule: [\"@daily\"]",
        ])
    func errors(attribute: String) {
        #expect(throws: (any Error).self) { try load(attribute) }
    }
}
