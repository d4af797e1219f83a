import Planning
import StackModel
import Testing

/// What registries are asked before there is a plan.
private struct LookUpCase: CustomTestStringConvertible {
    var testDescription: String
    var stack: Stack
    var change: (inout ObservedStack) -> Void
    var options: (inout PlanOptions) -> Void
    var expected: [String]

    init(
        _ name: String, _ stack: Stack, change: @escaping (inout ObservedStack) -> Void = { _ in },
        options: @escaping (inout PlanOptions) -> Void = { _ in }, _ expected: String...
    ) {
        testDescription = name
        self.stack = stack
        self.change = change
        self.options = options
        self.expected = expected
    }

    /// - Parameter isRunning: everything exists as it was.
    func check(isRunning: Bool) throws {
        var observed = isRunning ? try ObservedStack(running: stack) : ObservedStack(nothingOf: stack)
        change(&observed)
        var asked = PlanOptions()
        options(&asked)
        let found = try Plan.lookUps(stack, observed: observed, options: asked)
        #expect(found.map(\.key) == expected, "\(testDescription)")
    }
}

private func pulling(_ policy: PullPolicy) -> Stack {
    var made = stack(service("web"))
    made.services["web"]?.pullPolicy = policy
    return made
}

private let pair = stack(service("db"), service("web", after: ["db": Dependency()]))

extension ObservedStack {
    /// The store loses an image.
    fileprivate mutating func lose(_ image: String) { images[image]?.stored = nil }
}

@Suite struct LookUpTests {
    @Test func whatHasToBeMadeAndIsNotThere() throws {
        let twins = stack(service("a", image: "x"), service("b", image: "x"))
        let cases = [
            LookUpCase("everything is stored", pair),
            LookUpCase("nothing is stored", pair, change: { $0.images = [:] }, "db", "web"),
            LookUpCase("one is stored", pair, change: { $0.lose("web") }, "web"),
            LookUpCase("an image of two services is asked for once", twins, change: { $0.images = [:] }, "x"),
            LookUpCase(
                "a service without containers needs none", pair, change: { $0.images = [:] },
                options: { $0.scale = ["web": 0] }, "db"),
            LookUpCase(
                "services that take no part", pair, change: { $0.images = [:] },
                options: {
                    $0.services = ["web"]
                    $0.noDeps = true
                }, "web"),
        ]
        for one in cases { try one.check(isRunning: false) }
    }

    @Test func whatStaysNeedsNoImage() throws {
        let cases = [
            LookUpCase("everything runs", pair, change: { $0.images = [:] }),
            LookUpCase(
                "one is gone", pair,
                change: {
                    $0.images = [:]
                    $0.containers.removeAll { $0.service == "db" }
                }, "db"),
            LookUpCase(
                "one is only started", pair,
                change: {
                    $0.images = [:]
                    $0 = $0.changing("demo-db-1") { $0.state = .exited(code: 1) }
                }),
            LookUpCase(
                "one has other settings", pair,
                change: {
                    $0.images = [:]
                    $0 = $0.changing("demo-db-1") { $0.settings.tty = true }
                }, "db"),
            LookUpCase(
                "all are made anew", pair, change: { $0.images = [:] }, options: { $0.forceRecreate = true }, "db",
                "web"),
            LookUpCase(
                "a removed one", pair, change: { $0.images = [:] }, options: { $0.scale = ["web": 0] }),
        ]
        for one in cases { try one.check(isRunning: true) }
    }

    @Test(
        arguments: [
            (PullPolicy.missing, nil, []), (.never, nil, []), (.build, nil, []), (.always, .seconds(0), ["web"]),
            (.daily, nil, ["web"]), (.daily, .seconds(86_399), []), (.weekly, .seconds(604_800), ["web"]),
            (.every(.seconds(60)), .seconds(60), ["web"]), (.every(.seconds(60)), .seconds(59), []),
        ] as [(PullPolicy, TimeSpan?, [String])])
    func policies(_ policy: PullPolicy, _ age: TimeSpan?, _ expected: [String]) throws {
        var observed = try ObservedStack(running: pulling(policy))
        observed.images["web"]?.age = age
        #expect(try Plan.lookUps(pulling(policy), observed: observed).map(\.key) == expected)
        var options = PlanOptions()
        options.pull = .missing
        #expect(try Plan.lookUps(pulling(policy), observed: observed, options: options).isEmpty)
        options.pull = .always
        #expect(try Plan.lookUps(pulling(policy), observed: observed, options: options).map(\.key) == ["web"])
    }

    @Test(arguments: [PullPolicy.never, .build])
    func aMissingImageThatMustNotBePulled(_ policy: PullPolicy) throws {
        var observed = ObservedStack(nothingOf: pulling(policy))
        #expect(try Plan.lookUps(pulling(policy), observed: observed).isEmpty)
        observed.images = [:]
        #expect(throws: PlanError.imageMissing(service: "web", reference: "web", policy: policy.rawValue)) {
            try Plan.lookUps(pulling(policy), observed: observed)
        }
        // Nothing is made of it.
        var options = PlanOptions()
        options.scale = ["web": 0]
        #expect(try Plan.lookUps(pulling(policy), observed: observed, options: options).isEmpty)
    }

    @Test func aPlatformIsAskedForWithItsName() throws {
        var wanted = stack(service("web", image: "app"))
        wanted.services["web"]?.platform = "linux/arm64"
        let found = try Plan.lookUps(wanted, observed: ObservedStack(name: "demo"))
        #expect(found.map(\.key) == ["app linux/arm64"])
        #expect(found.map(\.reference) == ["app"])
        #expect(found.map(\.platform) == ["linux/arm64"])
    }

    // MARK: Answers

    @Test func theSameImageIsNoReason() throws {
        var observed = try ObservedStack(running: pulling(.always))
        observed.images["web"]?.registry = registry("web")
        #expect(try Plan.up(pulling(.always), observed: observed).isEmpty)
    }

    @Test func theDigestOfTheAnswerIsFetched() throws {
        var observed = ObservedStack(name: "demo")
        observed.images["web"] = ObservedImage(registry: registry("web"))
        let plan = try Plan.up(pulling(.missing), observed: observed)
        #expect(
            plan.steps.first?.action
                == .pullImage(reference: "web", platform: nil, digest: "sha256:index of web"))
        #expect(plan.createdSpecs.map(\.imageID) == ["sha256:web"])
        #expect(plan.orders("pull web", before: "create web-1"))
    }

    @Test func withoutAnAnswerThereIsNoPlan() {
        #expect(throws: PlanError.imageNotLookedUp(service: "web", reference: "web")) {
            try Plan.up(pulling(.missing), observed: ObservedStack(name: "demo"))
        }
    }

    /// A new image of one service can mean a new container of another one.
    @Test func anAnswerMayLeadToFurtherQuestions() throws {
        var sharing = stack(
            service("vpn"),
            service("app") {
                $0.networkMode = .service("vpn")
                $0.networks = [:]
            })
        sharing.services["vpn"]?.pullPolicy = .always
        var observed = try ObservedStack(running: sharing)
        observed.images["app"] = nil
        #expect(try Plan.lookUps(sharing, observed: observed).map(\.key) == ["vpn"])
        observed.images["vpn"]?.registry = RegistryImage(imageID: "sha256:new", digest: "sha256:m")
        #expect(try Plan.lookUps(sharing, observed: observed).map(\.key).contains("app"))
        observed.images["app"] = ObservedImage(registry: registry("app"))
        #expect(try Plan.up(sharing, observed: observed).createdSpecs.map(\.imageID) == ["sha256:new", "sha256:app"])
    }
}
