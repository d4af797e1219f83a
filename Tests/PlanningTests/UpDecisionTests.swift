import Planning
import StackModel
import Testing

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
            DecisionCase("nothing to do", pair),
            DecisionCase("exited", pair, change: { $0.set("demo-web-1", .exited(code: 1)) }, "web-1: start (exited 1)"),
            DecisionCase("created", pair, change: { $0.set("demo-web-1", .created) }, "web-1: start (never started)"),
            DecisionCase("restarting stays", pair, change: { $0.set("demo-web-1", .restarting(exitCode: 1)) }),
            DecisionCase(
                "missing", pair, change: { $0.containers.removeAll { $0.service == "web" } },
                "web-1: create (missing)"),
            DecisionCase(
                "network gone", pair, change: { $0.networks = [:] },
                "db-1: restart (network demo_default is missing)", "web-1: restart (network demo_default is missing)"),
            DecisionCase(
                "image changed", pair, change: { $0 = $0.changing("demo-db-1") { $0.imageID = "sha256:old" } },
                "db-1: recreate (image: sha256:old → sha256:db)"),
            DecisionCase(
                "one-off containers are nobody's replica", pair,
                change: { observed in
                    observed = observed.changing("demo-web-1") {
                        $0.owner = .oneOff(stack: "demo", service: "web", number: 1)
                    }
                }, "web-1: create (missing)"),
        ]
        for one in cases { try one.check() }
    }

    @Test func scaling() throws {
        let three = stack(service("web", scale: 3))
        let one = stack(service("web"))
        let cases = [
            DecisionCase(
                "up", one, to: three, "web-2: create (scaled up to 3)", "web-3: create (scaled up to 3)"),
            DecisionCase(
                "down, highest first", three, to: one, "web-3: remove (scaled down to 1)",
                "web-2: remove (scaled down to 1)"),
            DecisionCase(
                "lowest free number", three, change: { $0.containers.removeAll { $0.number == 2 } },
                "web-2: create (scaled up to 3)"),
            DecisionCase("by option", three, options: { $0.scale = ["web": 2] }, "web-3: remove (scaled down to 2)"),
            DecisionCase("to nothing", one, options: { $0.scale = ["web": 0] }, "web-1: remove (scaled down to 0)"),
            DecisionCase(
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
            DecisionCase(
                "named, with dependencies", pair, to: changed, options: { $0.services = ["web"] },
                "db-1: recreate (tty: false → true)"),
            DecisionCase(
                "without dependencies", pair, to: changed,
                options: {
                    $0.services = ["web"]; $0.noDeps = true
                }),
            DecisionCase("no recreation", pair, to: changed, options: { $0.noRecreate = true }),
            DecisionCase(
                "forced", pair,
                options: {
                    $0.services = ["web"]; $0.forceRecreate = true
                },
                "web-1: recreate (forced)"),
            DecisionCase(
                "dependencies forced", pair,
                options: {
                    $0.services = ["web"]; $0.forceRecreate = true; $0.alwaysRecreateDeps = true
                },
                "db-1: recreate (forced)", "web-1: recreate (forced)"),
            DecisionCase(
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
            DecisionCase(
                "owner recreated", sharing, to: changed, "vpn-1: recreate (tty: false → true)",
                "app-1: recreate (network_mode: service:vpn is made anew)"),
            DecisionCase(
                "owner started", sharing, change: { $0.set("demo-vpn-1", .exited(code: 0)) },
                "vpn-1: start (exited 0)", "app-1: restart (network_mode: service:vpn starts anew)"),
        ]
        for one in cases { try one.check() }
    }

    @Test func optionalDependencies() throws {
        let missing = stack(service("web", after: ["db": Dependency(required: false)]))
        #expect(try Plan.up(missing, observed: ObservedStack(nothingOf: missing)).changes.count == 1)
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
        // Whoever plans has to look up what isn't there: `Plan.lookUps` tells what that is, and refuses `never`.
        #expect(failure(web())?.contains("nobody looked image \"web\"") == true)
        var disabled = pair
        disabled.disabledServices = ["debug"]
        #expect(failure(disabled) { $0.services = ["debug"] }?.contains("--profile") == true)
    }
}
