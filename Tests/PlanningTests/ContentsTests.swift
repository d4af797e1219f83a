import Planning
import StackModel
import Testing

private func web(_ change: (inout ContainerSettings) -> Void = { _ in }) -> Stack {
    stack(service("web", change))
}

/// Files of the host that containers are started with.
@Suite struct ContentsTests {
    private static let path = "configs.app"

    /// A running container that was made when the file held `made`, and now holds `now`.
    private static func observed(made: String?, now: String?) throws -> ObservedStack {
        var observed = try ObservedStack(running: web()).changing("demo-web-1") {
            if let made { $0.contents = [path: made] }
        }
        observed.contents = ["web": now.map { [path: $0] } ?? [:]]
        return observed
    }

    @Test(
        arguments: [
            ("the same", "a", "a", []), ("another", "a", "b", ["web-1: restart (contents.configs.app: (changed))"]),
            // An earlier version of Roost noted nothing: that is no reason to restart everything.
            ("unknown before", nil, "b", []), ("unknown now", "a", nil, []), ("never known", nil, nil, []),
        ] as [(String, String?, String?, [String])])
    func aChangedFileRestarts(_ name: String, _ made: String?, _ now: String?, _ expected: [String]) throws {
        let plan = try Plan.up(web(), observed: Self.observed(made: made, now: now))
        #expect(plan.changes.map(\.description) == expected, "\(name)")
    }

    /// What the next `up` compares with is what the process was started with.
    @Test func whatTheFileHoldsNowIsNoted() throws {
        let plan = try Plan.up(web { $0.restart = .always }, observed: Self.observed(made: "a", now: "b"))
        let cause = "restart: no → always, contents.configs.app: (changed)"
        #expect(
            plan.text == """
                1  stop web-1 10s           (restart: \(cause))
                2  update web-1    after 1  (restart: \(cause))
                3  start web-1     after 2  (restart: \(cause))

                """)
        #expect(plan.updatedSpecs.map(\.contents) == [[Self.path: "b"]])
    }

    @Test func aNewContainerKnowsItsContents() throws {
        var observed = ObservedStack(nothingOf: web())
        observed.contents = ["web": [Self.path: "a"], "other": ["volumes./x": "b"]]
        let plan = try Plan.up(web(), observed: observed)
        #expect(plan.createdSpecs.map(\.contents) == [[Self.path: "a"]])
    }

    @Test func aContainerThatRestsIsOnlyStarted() throws {
        let observed = try Self.observed(made: "a", now: "b").changing("demo-web-1") { $0.state = .exited(code: 0) }
        let plan = try Plan.up(web(), observed: observed)
        #expect(plan.steps.map(\.action.description) == ["update web-1", "start web-1"])
        #expect(plan.changes.map(\.description) == ["web-1: start (exited 0)"])
    }

    @Test func dependentsFollow() throws {
        let pair = stack(service("web"), service("proxy", after: ["web": Dependency(restart: true)]))
        var observed = try ObservedStack(running: pair).changing("demo-web-1") { $0.contents = [Self.path: "a"] }
        observed.contents = ["web": [Self.path: "b"]]
        #expect(
            try Plan.up(pair, observed: observed).changes.map(\.description) == [
                "web-1: restart (contents.configs.app: (changed))",
                "proxy-1: restart (depends_on.web.restart: web is restarted)",
            ])
    }

    /// `create` starts nothing: what a container that runs was started with is still the old content, and the next `up`
    /// has to see that.
    @Test func withoutAStartNothingIsNoted() throws {
        var options = PlanOptions()
        options.noStart = true
        let plan = try Plan.up(web(), observed: Self.observed(made: "a", now: "b"), options: options)
        #expect(plan.updatedSpecs.allSatisfy { $0.contents == [Self.path: "a"] }, "\(plan.text)")
    }
}
