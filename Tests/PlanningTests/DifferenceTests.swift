import Addressing
import Planning
import StackModel
import Testing

private func web(_ change: (inout ContainerSettings) -> Void = { _ in }) -> Stack {
    stack(service("web", change))
}

@Suite struct DifferenceTests {
    @Test func differencesAreSpelledAsTheFileIs() throws {
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
            ({ $0.stopGracePeriod = .seconds(90) }, "stop_grace_period: none → 1m30s"),
            ({ $0.networkMode = .host }, #"network_mode: networks → "host""#),
            ({ $0.networks["default"]?.priority = 1 }, "networks.default.priority: 0 → 1"),
            ({ $0.logging.maximumFiles = 3 }, "logging.options.max-file: 1 → 3"),
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
            let verb = expected.hasPrefix("networks.") ? "update" : "recreate"
            try DecisionCase(expected, web(), to: web(change), "web-1: \(verb) (\(expected))").check()
        }
    }

    @Test func whatHoldsForARunningContainerIsUpdated() throws {
        let changes: [((inout ContainerSettings) -> Void, String)] = [
            ({ $0.restart = .onFailure(maximumRetries: 3) }, "restart: no → on-failure:3"),
            ({ $0.resources.memLimit = 5 }, "mem_limit: none → 5"),
            ({ $0.resources.milliCPUs = 500 }, "cpus (thousandths): none → 500"),
            ({ $0.healthcheck = HealthCheck(retries: 2) }, "healthcheck.retries: none → 2"),
            ({ $0.labels = ["a.b": "c"] }, #"labels.a.b: none → "c""#),
        ]
        for (change, expected) in changes {
            try DecisionCase(expected, web(), to: web(change), "web-1: update (\(expected))").check()
        }
    }

    @Test func longValuesAreShortened() throws {
        let changed = web { $0.command = [String(repeating: "x", count: 500)] }
        let plan = try Plan.up(changed, observed: ObservedStack(running: web()))
        #expect((plan.changes.first?.cause.count ?? 0) < 80)
    }

    // MARK: Effects

    /// What becomes of a running container by a change.
    private static func effect(_ old: Stack, _ new: Stack) throws -> Difference.Effect? {
        let plan = try Plan.up(new, observed: ObservedStack(running: old).storing(new))
        try #require(plan.changes.count <= 1)
        switch plan.changes.first?.verb {
        case .update: return .live
        case .restart: return .restart
        case .recreate: return .recreate
        default: return nil
        }
    }

    /// One change of each property.
    private static let changes: [(String, Difference.Effect, @Sendable (inout ContainerSettings) -> Void)] = [
        ("command", .recreate, { $0.command = ["a"] }),
        ("entrypoint", .recreate, { $0.entrypoint = ["a"] }),
        ("environment", .recreate, { $0.environment["A"] = "1" }),
        ("workingDir", .recreate, { $0.workingDir = "/a" }),
        ("user", .recreate, { $0.user = "1" }),
        ("groupAdd", .recreate, { $0.groupAdd = ["1"] }),
        ("hostname", .recreate, { $0.hostname = "a" }),
        ("domainname", .recreate, { $0.domainname = "a" }),
        ("containerName", .recreate, { $0.containerName = "a" }),
        ("ports", .recreate, { $0.ports = [PublishedPort(published: nil, target: 80)] }),
        ("expose", .recreate, { $0.expose = [Port(80)] }),
        ("volumes", .recreate, { $0.volumes = [VolumeMount(source: .anonymous, target: "/a")] }),
        ("networkMode", .recreate, { $0.networkMode = .none }),
        ("networks", .live, { $0.networks["default"]?.aliases = ["a"] }),
        ("healthcheck", .live, { $0.healthcheck = HealthCheck(test: ["CMD", "a"]) }),
        ("restart", .live, { $0.restart = .always }),
        ("probes", .live, { $0.probes = Probes(liveness: Probe(.exec(["a"])), onUnhealthy: .stop) }),
        ("capAdd", .recreate, { $0.capAdd = ["NET_ADMIN"] }),
        ("capDrop", .recreate, { $0.capDrop = ["ALL"] }),
        ("privileged", .recreate, { $0.privileged = true }),
        ("readOnly", .recreate, { $0.readOnly = true }),
        ("securityOpt", .recreate, { $0.securityOpt = [.noNewPrivileges(true)] }),
        ("runInit", .recreate, { $0.runInit = true }),
        ("stopSignal", .recreate, { $0.stopSignal = .interrupt }),
        ("stopGracePeriod", .recreate, { $0.stopGracePeriod = .seconds(1) }),
        ("labels", .live, { $0.labels["a"] = "1" }),
        ("ulimits", .recreate, { $0.ulimits["core"] = ResourceLimitRange(soft: 0, hard: 0) }),
        ("sysctls", .recreate, { $0.sysctls["a"] = "1" }),
        ("shmSize", .recreate, { $0.shmSize = 1 }),
        ("extraHosts", .recreate, { $0.extraHosts = [ExtraHost(name: "a", address: .hostGateway)] }),
        ("dns", .recreate, { $0.dns = [.v4(.loopback)] }),
        ("dnsSearch", .recreate, { $0.dnsSearch = ["a"] }),
        ("dnsOpt", .recreate, { $0.dnsOpt = ["a"] }),
        ("tty", .recreate, { $0.tty = true }),
        ("stdinOpen", .recreate, { $0.stdinOpen = true }),
        ("secrets", .recreate, { $0.secrets = [FileGrant(source: "a", content: .inline("a"), target: "/a")] }),
        ("configs", .recreate, { $0.configs = [FileGrant(source: "a", content: .inline("a"), target: "/a")] }),
        ("logging", .recreate, { $0.logging.driver = "none" }),
        ("hooks", .recreate, { $0.hooks = [LifecycleHook(stage: .poststop, path: "/a")] }),
        ("annotations", .recreate, { $0.annotations = ["a": "b"] }),
        ("pid", .recreate, { $0.pid = .host }),
        ("ipc", .recreate, { $0.ipc = .host }),
        ("uts", .recreate, { $0.uts = .host }),
        ("cgroup", .recreate, { $0.cgroup = .host }),
        ("links", .recreate, { $0.links = ["a": .service("b")] }),
        ("volumesFrom", .recreate, { $0.volumesFrom = [.init("service:a")].compactMap { $0 } }),
        ("postStart", .recreate, { $0.postStart = [ServiceHook(command: ["a"])] }),
        ("preStop", .live, { $0.preStop = [ServiceHook(command: ["a"])] }),
        ("memLimit", .live, { $0.resources.memLimit = 1 }),
        ("memswapLimit", .live, { $0.resources.memswapLimit = 1 }),
        ("memReservation", .live, { $0.resources.memReservation = 1 }),
        ("milliCPUs", .live, { $0.resources.milliCPUs = 1 }),
        ("cpuShares", .live, { $0.resources.cpuShares = 1 }),
        ("cpuQuota", .live, { $0.resources.cpuQuota = 1 }),
        ("cpuPeriod", .live, { $0.resources.cpuPeriod = 1 }),
        ("cpuset", .live, { $0.resources.cpuset = "0" }),
        ("pidsLimit", .live, { $0.resources.pidsLimit = 1 }),
        ("oomScoreAdj", .recreate, { $0.resources.oomScoreAdj = 1 }),
        ("oomKillDisable", .recreate, { $0.resources.oomKillDisable = true }),
        ("memSwappiness", .live, { $0.resources.memSwappiness = 1 }),
        ("cpuRtRuntime", .live, { $0.resources.cpuRtRuntime = 1 }),
        ("cpuRtPeriod", .live, { $0.resources.cpuRtPeriod = 1 }),
        ("blkioConfig", .recreate, { $0.resources.blkioConfig = BlockIOLimits() }),
        ("devices", .recreate, { $0.devices = [DeviceMapping(source: "/dev/a", target: "/dev/a")] }),
        ("deviceCgroupRules", .recreate, { $0.deviceCgroupRules = [DeviceCgroupRule("c 1:3 r")].compactMap { $0 } }),
    ]

    @Test func eachPropertyHasItsEffect() throws {
        for (name, expected, change) in Self.changes {
            #expect(try Self.effect(web(), web(change)) == expected, "\(name)")
        }
    }

    /// A new property of the model belongs into the table above.
    @Test func noPropertyIsForgotten() {
        func names(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }
        let all = names(ContainerSettings()).filter { $0 != "resources" } + names(Resources())
        #expect(Set(Self.changes.map(\.0)) == Set(all))
    }

    /// A control group keeps the last limit: without one, a container is made anew.
    @Test func aRemovedLimitNeedsANewContainer() throws {
        let limits: Set = [
            "memLimit", "memswapLimit", "memReservation", "milliCPUs", "cpuShares", "cpuQuota", "cpuPeriod", "cpuset",
            "pidsLimit", "memSwappiness", "cpuRtRuntime", "cpuRtPeriod",
        ]
        for (name, expected, change) in Self.changes where expected == .live {
            let effect = try Self.effect(web(change), web())
            #expect(effect == (limits.contains(name) ? .recreate : .live), "\(name)")
        }
        #expect(try Self.effect(web { $0.resources.memLimit = 1 }, web { $0.resources.memLimit = 2 }) == .live)
    }

    @Test func theWorstDifferenceDecides() throws {
        try DecisionCase(
            "live and baked in", web(),
            to: web {
                $0.restart = .always
                $0.tty = true
            }, "web-1: recreate (restart: no → always, tty: false → true)"
        ).check()
        let effects: [Difference.Effect] = [.recreate, .live, .restart]
        #expect(effects.sorted() == [.live, .restart, .recreate])
    }

    /// The new settings are in force before the process is.
    @Test func whatStartsAnywayIsUpdatedBefore() throws {
        let observed = try ObservedStack(running: web()).changing("demo-web-1") { $0.state = .exited(code: 1) }
        let plan = try Plan.up(web { $0.restart = .always }, observed: observed)
        #expect(
            plan.text == """
                1  update web-1           (start: exited 1)
                2  start web-1   after 1  (start: exited 1)

                """)
        #expect(plan.updatedSpecs.map(\.settings.restart) == [.always])
        #expect(plan.updatedSpecs.map(\.imageID) == ["sha256:web"])
    }

    @Test func aNewImageUnderTheSameNameIsADifference() throws {
        var observed = try ObservedStack(running: web())
        observed.images["web"]?.registry = RegistryImage(imageID: "sha256:0123456789abcdef", digest: "sha256:m")
        let plan = try Plan.up(web(), observed: observed)
        #expect(
            plan.text == """
                1  pull web                         (pull: another image by now)
                2  stop web-1 10s        after 1    (recreate: image: sha256:web → sha256:0123456789ab…)
                3  create web-1 for id1  after 1,2  (recreate: image: sha256:web → sha256:0123456789ab…)
                4  remove web-1 id1      after 3    (recreate: image: sha256:web → sha256:0123456789ab…)
                5  start web-1           after 3,4  (recreate: image: sha256:web → sha256:0123456789ab…)

                """)
    }
}
