import Addressing
import StackModel
import Testing

@testable import StackFile

/// The values that the rest of Roost works with.
struct ResolutionTests {
    private func service(_ attributes: String, top: String = "", files: [String: String] = [:]) throws -> Service {
        let example = ComposeCase.service("", attributes, files: files)
        var all = example.files
        all["compose.yaml"] = (all["compose.yaml"] ?? "") + top
        let directory = try ProjectDirectory(all)
        let stack = try StackLoader.load(example.request(in: directory.path)).stack
        return try #require(stack.services["a"])
    }

    @Test func ports() throws {
        let container = try service(
            #"ports: ["80", "8080:80", "127.0.0.1:5000-5001:5000-5001/udp", "6000-6005:6000", "0:90"]"#
        ).container
        #expect(
            container.ports == [
                PublishedPort(published: nil, target: 80), PublishedPort(published: 8080...8080, target: 80),
                PublishedPort(hostIP: .v4(.loopback), published: 5000...5000, target: 5000, protocol: .udp),
                PublishedPort(hostIP: .v4(.loopback), published: 5001...5001, target: 5001, protocol: .udp),
                PublishedPort(published: 6000...6005, target: 6000), PublishedPort(published: nil, target: 90),
            ])
    }

    @Test func mounts() throws {
        let container = try service(
            """
            volumes: ["data:/d:ro,nocopy", /anonymous, "/etc:/e:rslave"]
            tmpfs: ["/run:size=1m,mode=1777,noexec"]
            """, top: "volumes: {data: }"
        ).container
        #expect(
            container.volumes == [
                VolumeMount(source: .named("data"), target: "/d", readOnly: true, noCopy: true),
                VolumeMount(source: .anonymous, target: "/anonymous"),
                VolumeMount(source: .bind(path: "/etc", create: true, propagation: "rslave"), target: "/e"),
                VolumeMount(source: .tmpfs(size: 1 << 20, mode: 0o1777), target: "/run", options: ["noexec"]),
            ])
    }

    @Test(arguments: [
        ("./s:/t", true), ("{type: bind, source: ./s, target: /t}", false),
        ("{type: bind, source: ./s, target: /t, bind: {}}", true),
        ("{type: bind, source: ./s, target: /t, bind: {create_host_path: true}}", true),
        ("{type: bind, source: ./s, target: /t, bind: {create_host_path: false}}", false),
        ("{type: bind, source: ./s, target: /t, bind: {propagation: rslave}}", true),
    ])
    func missingBindSources(volume: String, isMade: Bool) throws {
        let directory = try ProjectDirectory([
            "compose.yaml": "services:\n  a:\n    image: x\n    volumes:\n      - \(volume)\n"
        ])
        let example = ComposeCase("", "")
        let loaded = try StackLoader.load(example.request(in: directory.path))
        func makes(_ stack: Stack) -> Bool? {
            guard case .bind(_, let create, _) = stack.services["a"]?.container.volumes.first?.source else {
                return nil
            }
            return create
        }
        #expect(makes(loaded.stack) == isMade)
        // What `config` prints means the same.
        try directory.write(loaded.canonical.yaml(), to: "compose.yaml")
        #expect(makes(try StackLoader.load(example.request(in: directory.path)).stack) == isMade)
    }

    @Test func resources() throws {
        let short = try service("mem_limit: 64m\ncpus: 0.5\npids_limit: -1\nmemswap_limit: -1").container.resources
        #expect(short.memLimit == 64 << 20 && short.milliCPUs == 500 && short.pidsLimit == nil)
        #expect(short.memswapLimit == -1)
        let parts = try service("cpu_period: 50000\ncpu_quota: 20000").container.resources
        #expect(parts.cpuPeriod == 50_000 && parts.cpuQuota == 20_000)
        #expect(try service("cpu_quota: -1").container.resources.cpuQuota == nil)
        let long = try service(
            "deploy: {replicas: 2, resources: {limits: {cpus: '1.5', memory: 1g, pids: 7}, reservations: {memory: 1k}}}"
        )
        #expect(long.scale == 2 && long.container.resources.milliCPUs == 1500)
        #expect(long.container.resources.memLimit == 1 << 30 && long.container.resources.memReservation == 1024)
        #expect(long.container.resources.pidsLimit == 7)
    }

    @Test(arguments: [
        ("restart: always", RestartPolicy.always), ("restart: \"no\"", .no),
        ("restart: on-failure", .onFailure(maximumRetries: nil)),
        ("restart: on-failure:3", .onFailure(maximumRetries: 3)), ("restart: unless-stopped", .unlessStopped),
        ("deploy: {restart_policy: {condition: none}}", .no), ("deploy: {restart_policy: {condition: any}}", .always),
        ("deploy: {restart_policy: {condition: on-failure, max_attempts: 2}}", .onFailure(maximumRetries: 2)),
        ("tty: true", .no),
    ])
    func restart(attributes: String, expected: RestartPolicy) throws {
        #expect(try service(attributes).container.restart == expected)
    }

    @Test func processes() throws {
        let container = try service("command: a 'b c'\nentrypoint: []\nstop_grace_period: 1m30s").container
        #expect(container.command == ["a", "b c"] && container.entrypoint == [])
        #expect(container.stopGracePeriod == .seconds(90))
        #expect(try service("tty: true").container.command == nil)
    }

    @Test func variables() throws {
        let container = try service(
            "env_file: e\nenvironment: {B: own, HOME: , NOPE: }", files: ["e": "A=file\nB=file\n"]
        ).container
        #expect(container.environment == ["A": "file", "B": "own", "HOME": "/root"])
    }

    @Test func health() throws {
        #expect(try service("healthcheck: {disable: true}").container.healthcheck?.test == ["NONE"])
        let check = try service("healthcheck: {test: curl x, interval: 5s, retries: 2}").container.healthcheck
        #expect(check == HealthCheck(test: ["CMD-SHELL", "curl x"], interval: .seconds(5), retries: 2))
    }

    @Test func grants() throws {
        let container = try service(
            "secrets: [s, {source: s, target: t, mode: 0400, uid: '5'}]\nconfigs: [c]",
            top: "secrets: {s: {file: ./s}}\nconfigs: {c: {content: hi}}"
        ).container
        #expect(container.secrets.map(\.target) == ["/run/secrets/s", "/run/secrets/t"])
        #expect(container.secrets[1].mode == 0o400 && container.secrets[1].uid == 5)
        #expect(container.configs == [FileGrant(source: "c", content: .inline("hi"), target: "/c")])
    }

    @Test func modesAndHooks() throws {
        #expect(try service("network_mode: host").container.networkMode == .host)
        #expect(try service("network_mode: none").container.networks.isEmpty)
        #expect(try service("network_mode: bridge").container.networks["default"] != nil)
        let hooks = try service("x-oci-hooks: {poststop: [{path: /bin/x, args: [x, y], timeout: 5}]}").container.hooks
        #expect(hooks == [LifecycleHook(stage: .poststop, path: "/bin/x", args: ["x", "y"], timeout: 5)])
    }

    @Test func hooksOfTheSpecification() throws {
        let container = try service(
            """
            post_start: [{command: prepare --all, user: root, privileged: true, working_dir: /w, environment: [A=b]}]
            pre_stop: [{command: [save, "the state"]}, {command: leave}]
            """
        ).container
        #expect(
            container.postStart == [
                ServiceHook(
                    command: ["prepare", "--all"], user: "root", privileged: true, workingDir: "/w",
                    environment: ["A": "b"])
            ])
        #expect(container.preStop?.map(\.command) == [["save", "the state"], ["leave"]])
    }

    @Test(arguments: [
        ("tty: true", "default"), ("networks: [b, a]", "a"), ("networks: {a: {}, b: {priority: 5}}", "b"),
        ("networks: {a: {}, b: {priority: 5}, c: {priority: 5}}", "b"), ("network_mode: bridge", "default"),
    ])
    func theServicesMACAddressIsThatOfItsMainNetwork(attributes: String, network: String) throws {
        let container = try service(
            "mac_address: 02:42:ac:11:00:02\n\(attributes)", top: "networks: {a: , b: , c: }"
        ).container
        let addresses = container.networks.compactMapValues(\.macAddress)
        #expect(addresses == [network: MACAddress("02:42:ac:11:00:02")])
    }

    @Test(arguments: [
        ("always", PullPolicy.always), ("if_not_present", .missing), ("refresh", .every(.seconds(86_400))),
        ("refresh\npull_refresh_after: 12h", .every(.seconds(43_200))), ("weekly\npull_refresh_after: 12h", .weekly),
        ("every_1d", .every(.seconds(86_400))),
    ])
    func pullPolicies(text: String, policy: PullPolicy) throws {
        #expect(try service("pull_policy: \(text)").pullPolicy == policy)
    }

    @Test func networksAndVolumes() throws {
        let text = """
            services: {a: {image: x, networks: [n, e], volumes: [data:/v]}}
            networks:
              n: {internal: true, labels: [A=b], ipam: {config: [{subnet: 10.1.0.0/16}, {subnet: "fd00::/64"}]}}
              e: {external: true, name: other}
            volumes: {data: {driver_opts: {type: tmpfs}}}
            """
        let directory = try ProjectDirectory(["compose.yaml": text])
        let stack = try StackLoader.load(ComposeCase("", "").request(in: directory.path)).stack
        let name = stack.name
        let ranges = ["10.1.0.0/16", "fd00::/64"].map { AddressRange(subnet: Prefix($0)) }
        #expect(
            stack.networks == [
                "n": StackNetwork(
                    name: "\(name)_n", isInternal: true, ipam: ranges,
                    labels: ["A": "b"]), "e": StackNetwork(name: "other", external: true),
            ])
        #expect(stack.volumes == ["data": StackVolume(name: "\(name)_data", driverOpts: ["type": "tmpfs"])])
    }

    @Test func imagesOnDisk() throws {
        let image = try service("hostname: h").image
        #expect(image == "busybox")
        let directory = try ProjectDirectory(["compose.yaml": "services: {a: {image: \"oci:./img:v1\"}}"])
        let stack = try StackLoader.load(ComposeCase("", "").request(in: directory.path)).stack
        #expect(stack.services["a"]?.image == "oci:\(directory.path)/img:v1")
        try directory.write("services: {a: {image: \"docker-archive:img.tar\"}}", to: "compose.yaml")
        let archived = try StackLoader.load(ComposeCase("", "").request(in: directory.path)).stack
        #expect(archived.services["a"]?.image == "docker-archive:\(directory.path)/img.tar")
    }

    @Test(arguments: [
        ("scale: 2", true), ("depends_on: [b]", true), ("profiles: []", true), ("pull_policy: never", true),
        ("hostname: h", false), ("environment: {A: b}", false),
    ])
    func hashInputs(attribute: String, isSame: Bool) throws {
        func input(_ attribute: String) throws -> String? {
            let text = "services:\n  a:\n    image: x\n    \(attribute)\n  b: {image: y}\n"
            let directory = try ProjectDirectory(["compose.yaml": text])
            return try StackLoader.load(ComposeCase("", "").request(in: directory.path))
                .canonical.hashInput(service: "a")
        }
        let plain = try #require(try input("tty: false"))
        #expect(try (input(attribute) == plain) == isSame)
    }

    @Test func logging() throws {
        let settings = try service("logging: {options: {max-size: 10m, max-file: 3}}").container.logging
        #expect(settings == LogSettings(maximumSize: 10 << 20, maximumFiles: 3))
    }
}
