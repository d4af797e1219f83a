import Addressing
import Planning
import StackModel
import Testing

/// What one `up` was asked, on what, and what becomes of each container.
private struct Case: CustomTestStringConvertible {
    var testDescription: String
    var old: Stack
    var new: Stack
    var change: (inout ObservedStack) -> Void
    var options: (inout PlanOptions) -> Void
    var expected: [String]

    init(
        _ name: String, _ old: Stack, to new: Stack? = nil, change: @escaping (inout ObservedStack) -> Void = { _ in },
        options: @escaping (inout PlanOptions) -> Void = { _ in }, _ expected: String...
    ) {
        testDescription = name
        self.old = old
        self.new = new ?? old
        self.change = change
        self.options = options
        self.expected = expected
    }

    func check() throws {
        var observed = try ObservedStack(running: old)
        change(&observed)
        var asked = PlanOptions()
        options(&asked)
        let plan = try Plan.up(new, observed: observed, imageIDs: images(new), options: asked)
        #expect(plan.changes.map(\.description) == expected, "\(plan.text)")
        #expect(plan.isOrdered)
    }
}

private func web(_ change: @escaping (inout ContainerSettings) -> Void = { _ in }) -> Stack {
    stack(service("web", change))
}

private let pair = stack(service("db"), service("web", after: ["db": Dependency()]))
private let sharing = stack(
    service("vpn"),
    service("app") {
        $0.networkMode = .service("vpn"); $0.networks = [:]
    })

extension ObservedStack {
    fileprivate mutating func set(_ name: String, _ state: ContainerState) {
        self = changing(name) { $0.state = state }
    }
}

@Suite struct UpDecisionTests {
    @Test func states() throws {
        let cases = [
            Case("nothing to do", pair),
            Case("exited", pair, change: { $0.set("demo-web-1", .exited(code: 1)) }, "web-1: start (exited 1)"),
            Case("created", pair, change: { $0.set("demo-web-1", .created) }, "web-1: start (never started)"),
            Case("restarting stays", pair, change: { $0.set("demo-web-1", .restarting(exitCode: 1)) }),
            Case(
                "half made", pair, change: { $0.set("demo-web-1", .incomplete) },
                "web-1: recreate (its making was interrupted)"),
            Case(
                "missing", pair, change: { $0.containers.removeAll { $0.service == "web" } },
                "web-1: create (missing)"),
            Case(
                "network gone", pair, change: { $0.networks = [:] },
                "db-1: restart (network demo_default is missing)", "web-1: restart (network demo_default is missing)"),
            Case(
                "image changed", pair, change: { $0 = $0.changing("demo-db-1") { $0.imageID = "sha256:old" } },
                "db-1: recreate (image: sha256:old → sha256:db)"),
            Case(
                "one-off containers are nobody's replica", pair,
                change: { $0 = $0.changing("demo-web-1") { $0.isOneOff = true } }, "web-1: create (missing)"),
        ]
        for one in cases { try one.check() }
    }

    @Test func scaling() throws {
        let three = stack(service("web", scale: 3))
        let one = stack(service("web"))
        let cases = [
            Case(
                "up", one, to: three, "web-2: create (scaled up to 3)", "web-3: create (scaled up to 3)"),
            Case(
                "down, highest first", three, to: one, "web-3: remove (scaled down to 1)",
                "web-2: remove (scaled down to 1)"),
            Case(
                "lowest free number", three, change: { $0.containers.removeAll { $0.number == 2 } },
                "web-2: create (scaled up to 3)"),
            Case("by option", three, options: { $0.scale = ["web": 2] }, "web-3: remove (scaled down to 2)"),
            Case("to nothing", one, options: { $0.scale = ["web": 0] }, "web-1: remove (scaled down to 0)"),
            Case(
                "left over", one,
                change: { observed in
                    observed.containers += observed.containers.map { container in
                        var newer = container
                        newer.id = "newer"
                        newer.created = container.created + .seconds(1)
                        newer.state = .created
                        return newer
                    }
                    observed.set("demo-web-1", .created)
                }, "web-1: start (never started)", "web-1: remove (left over from a recreation)"),
        ]
        for one in cases { try one.check() }
    }

    @Test func options() throws {
        let changed = stack(service("db") { $0.tty = true }, service("web", after: ["db": Dependency()]))
        let cases = [
            Case(
                "named, with dependencies", pair, to: changed, options: { $0.services = ["web"] },
                "db-1: recreate (tty: false → true)"),
            Case(
                "without dependencies", pair, to: changed,
                options: {
                    $0.services = ["web"]; $0.noDeps = true
                }),
            Case("no recreation", pair, to: changed, options: { $0.noRecreate = true }),
            Case(
                "forced", pair,
                options: {
                    $0.services = ["web"]; $0.forceRecreate = true
                },
                "web-1: recreate (forced)"),
            Case(
                "dependencies forced", pair,
                options: {
                    $0.services = ["web"]; $0.forceRecreate = true; $0.alwaysRecreateDeps = true
                },
                "db-1: recreate (forced)", "web-1: recreate (forced)"),
            Case(
                "only made", pair,
                change: { observed in
                    observed.containers.removeAll { $0.service == "web" }
                    observed.set("demo-db-1", .exited(code: 0))
                }, options: { $0.noStart = true }, "web-1: create (missing)"),
        ]
        for one in cases { try one.check() }
    }

    @Test func sharedNetworkNamespace() throws {
        let changed = stack(
            service("vpn") { $0.tty = true },
            service("app") {
                $0.networkMode = .service("vpn"); $0.networks = [:]
            })
        let cases = [
            Case(
                "owner recreated", sharing, to: changed, "vpn-1: recreate (tty: false → true)",
                "app-1: recreate (network_mode: service:vpn is made anew)"),
            Case(
                "owner started", sharing, change: { $0.set("demo-vpn-1", .exited(code: 0)) },
                "vpn-1: start (exited 0)", "app-1: restart (network_mode: service:vpn starts anew)"),
        ]
        for one in cases { try one.check() }
    }

    @Test func differences() throws {
        let changes: [((inout ContainerSettings) -> Void, String)] = [
            ({ $0.command = ["a", "b"] }, #"command: none → ["a", "b"]"#),
            ({ $0.workingDir = "/srv" }, #"working_dir: none → "/srv""#),
            ({ $0.runInit = true }, "init: false → true"),
            (
                { $0.hooks = [LifecycleHook(stage: .poststop, path: "/bin/x", environment: ["A=b"])] },
                "x-oci-hooks.0.args: none → [], x-oci-hooks.0.environment: (changed), "
                    + #"x-oci-hooks.0.path: none → "/bin/x", x-oci-hooks.0.stage: none → poststop"#
            ),
            ({ $0.stopSignal = .interrupt }, #"stop_signal: none → "SIGINT""#),
            ({ $0.dns = [.v4(.loopback)] }, #"dns: [] → ["127.0.0.1"]"#),
            ({ $0.securityOpt = [.systemPathsUnconfined] }, #"security_opt: [] → ["systempaths=unconfined"]"#),
            (
                { $0.networks["default"]?.macAddress = MACAddress(of: .loopback) },
                #"networks.default.mac_address: none → "02:42:7f:00:00:01""#
            ),
            ({ $0.restart = .onFailure(maximumRetries: 3) }, "restart: no → on-failure:3"),
            ({ $0.resources.memLimit = 5 }, "mem_limit: none → 5"),
            ({ $0.resources.milliCPUs = 500 }, "cpus (thousandths): none → 500"),
            ({ $0.stopGracePeriod = .seconds(90) }, "stop_grace_period: none → 1m30s"),
            ({ $0.networkMode = .host }, #"network_mode: networks → "host""#),
            ({ $0.networks["default"]?.priority = 1 }, "networks.default.priority: 0 → 1"),
            ({ $0.logging.maximumFiles = 3 }, "logging.options.max-file: 1 → 3"),
            ({ $0.healthcheck = HealthCheck(retries: 2) }, "healthcheck.retries: none → 2"),
            (
                { $0.ulimits["nofile"] = ResourceLimitRange(soft: 1, hard: 2) },
                "ulimits.nofile.hard: none → 2, ulimits.nofile.soft: none → 1"
            ),
            (
                { $0.ports = [PublishedPort(hostIP: .v4(.loopback), published: 80...80, target: 8080)] },
                "ports.8080/tcp: none → 127.0.0.1:80"
            ),
            (
                { $0.volumes = [VolumeMount(source: .anonymous, target: "/data", readOnly: true)] },
                "volumes./data: none → anonymous volume ro"
            ),
            ({ $0.environment = ["A": "1", "B": ""] }, #"environment.A: none → "1", environment.B: none → """#),
            ({ $0.environment = ["DB_PASSWORD": "hunter2"] }, "environment.DB_PASSWORD: (changed)"),
            (
                { $0.secrets = [FileGrant(source: "key", content: .inline("hunter2"), target: "/run/secrets/key")] },
                "secrets./run/secrets/key: (changed)"
            ),
            (
                { $0.configs = [FileGrant(source: "conf", content: .file("/etc/conf"), target: "/conf")] },
                "configs./conf: none → conf /etc/conf"
            ),
        ]
        for (change, expected) in changes {
            try Case(expected, web(), to: web(change), "web-1: recreate (\(expected))").check()
        }
    }

    @Test func longValuesAreShortened() throws {
        let plan = try Plan.up(
            web { $0.command = [String(repeating: "x", count: 500)] }, observed: ObservedStack(running: web()),
            imageIDs: ["web": "sha256:web"])
        #expect((plan.changes.first?.cause.count ?? 0) < 80)
    }

    @Test func optionalDependencies() throws {
        let missing = stack(service("web", after: ["db": Dependency(required: false)]))
        #expect(try Plan.up(missing, observed: ObservedStack(name: "demo")).changes.count == 1)
    }

    @Test func errors() {
        func failure(_ stack: Stack, _ change: (inout PlanOptions) -> Void = { _ in }) -> String? {
            var options = PlanOptions()
            change(&options)
            do throws(PlanError) {
                _ = try Plan.up(stack, observed: ObservedStack(name: "demo"), options: options)
                return nil
            } catch {
                return error.description
            }
        }
        let circle = stack(
            service("a", after: ["b": Dependency()]), service("b", after: ["c": Dependency()]),
            service("c") { $0.networkMode = .service("a") })
        #expect(
            failure(circle)
                == "services depend on each other in a circle: a → b → c → a: remove one of these dependencies")
        #expect(failure(pair) { $0.services = ["nope"] } == "no such service \"nope\": there are db, web")
        #expect(
            failure(pair) {
                $0.noRecreate = true; $0.forceRecreate = true
            }?.contains("contradict") == true)
        #expect(
            failure(stack(service("a", after: ["x": Dependency()])))?.contains("\"x\", which doesn't exist") == true)
        #expect(failure(web { $0.containerName = "w" }) { $0.scale = ["web": 2] }?.contains("only one") == true)
        #expect(failure(web()) { $0.scale = ["web": -1] }?.contains("0 or more") == true)
        #expect(failure(web()) { $0.pull = .never }?.contains("not in the store") == true)
        var disabled = pair
        disabled.disabledServices = ["debug"]
        #expect(failure(disabled) { $0.services = ["debug"] }?.contains("--profile") == true)
    }
}
