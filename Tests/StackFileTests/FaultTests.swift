import Diagnostics
import Testing

@testable import StackFile

/// What Compose's `config` takes and a start could not carry out.
struct FaultTests {
    private func load(_ text: String) throws -> LoadedStack {
        let directory = try ProjectDirectory(["compose.yaml": text])
        return try StackLoader.load(ComposeCase("", "").request(in: directory.path))
    }

    static let faults: [(attribute: String, messages: [String])] = [
        (
            "cap_add: [FLY]",
            ["compose.yaml:4:15: services.web.cap_add[0]: \"FLY\" is no capability; `man 7 capabilities` lists them"]
        ),
        (
            "restart: foo",
            [
                "compose.yaml:4:14: services.web.restart: \"foo\" is not a restart policy: use no, always, on-failure[:N] or unless-stopped"
            ]
        ),
        (
            "network_mode: n",
            [
                "compose.yaml:4:19: services.web.network_mode: \"n\" is not a network mode: use none, host, service:NAME or container:NAME"
            ]
        ),
        ("cpus: -1", ["compose.yaml:4:11: services.web.cpus: -1 is less than nothing"]),
        ("mem_limit: -1", ["compose.yaml:4:16: services.web.mem_limit: -1 is less than nothing"]),
        ("stop_grace_period: -5s", ["compose.yaml:4:24: services.web.stop_grace_period: -5s is less than no time"]),
        (
            "ports: [{target: 70000}]",
            ["compose.yaml:4:22: services.web.ports[0].target: 70000 is not a port: those are 1 to 65535"]
        ),
        (
            "ports: [{target: 80, published: a, protocol: x}]",
            [
                "compose.yaml:4:37: services.web.ports[0].published: \"a\" is not a port or a range of ports",
                "compose.yaml:4:50: services.web.ports[0].protocol: \"x\" is no protocol: use tcp or udp",
            ]
        ),
        ("extra_hosts: [\"a=b\"]", ["compose.yaml:4:19: services.web.extra_hosts[0]: \"b\" is not an IP address"]),
        (
            "network_mode: none\n    ports: [\"80\"]",
            ["compose.yaml:5:12: services.web.ports: can't be published with network_mode: none"]
        ),
        (
            "deploy: {restart_policy: {condition: foo}}",
            [
                "compose.yaml:4:42: services.web.deploy.restart_policy.condition: \"foo\" must be one of none, on-failure, any"
            ]
        ),
        (
            "container_name: a b1",
            [
                "compose.yaml:4:21: services.web.container_name: \"a b1\" is not a container name: two or more letters, digits, \"_\", \".\" and \"-\", the first a letter or digit"
            ]
        ),
        (
            "cap_drop: [ALL, CAP_NET_ADMN]",
            [
                "compose.yaml:4:21: services.web.cap_drop[1]: \"CAP_NET_ADMN\" is no capability; "
                    + "did you mean \"CAP_NET_ADMIN\"?"
            ]
        ),
        (
            "stop_signal: SIGTREM",
            [
                "compose.yaml:4:18: services.web.stop_signal: \"SIGTREM\" is no signal; did you mean \"SIGTERM\"?"
            ]
        ),
        (
            "stop_signal: \"65\"",
            ["compose.yaml:4:18: services.web.stop_signal: \"65\" is no signal; use a name like SIGTERM, or a number"]
        ),
        (
            "ulimits: {nofiles: 3}",
            [
                "compose.yaml:4:15: services.web.ulimits: \"nofiles\" is no resource limit; did you mean \"nofile\"?"
            ]
        ),
        (
            "ulimits: {core: {soft: -1, hard: 5}}",
            ["compose.yaml:4:28: services.web.ulimits.core: the soft limit -1 is above the hard one, 5"]
        ),
        (
            "sysctls: [\"a b=1\"]",
            [
                "compose.yaml:4:15: services.web.sysctls: \"a b\" is no kernel parameter; "
                    + "write it like net.core.somaxconn"
            ]
        ),
        (
            "sysctls: {net/../../x: 1}",
            [
                "compose.yaml:4:15: services.web.sysctls: \"net/../../x\" is no kernel parameter; "
                    + "write it like net.core.somaxconn"
            ]
        ),
        (
            "networks: {default: {mac_address: \"02:42:ac:11:00\", ipv4_address: 10.0.0}}",
            [
                "compose.yaml:4:39: services.web.networks.default.mac_address: \"02:42:ac:11:00\" is not a MAC address like 02:42:ac:11:00:02",
                "compose.yaml:4:71: services.web.networks.default.ipv4_address: \"10.0.0\" is not an IPv4 address",
            ]
        ),
        ("dns: [1.1.1.1, here]", ["compose.yaml:4:20: services.web.dns[1]: \"here\" is not an IP address"]),
        (
            "expose: [80, \"9-8\"]",
            ["compose.yaml:4:18: services.web.expose[1]: \"9-8\" is not a port or a range of ports"]
        ),
        (
            "security_opt: [\"no-new-privilege:true\"]",
            [
                "compose.yaml:4:20: services.web.security_opt[0]: \"no-new-privilege:true\" is no security option; "
                    + "there are no-new-privileges, seccomp=unconfined, seccomp=FILE and systempaths=unconfined"
            ]
        ),
        ("user: a:b:c", ["compose.yaml:4:11: services.web.user: \"a:b:c\" is not USER or USER:GROUP"]),
        (
            "user: \"0:99999999999\"",
            ["compose.yaml:4:11: services.web.user: \"99999999999\" is no id: the largest is 4294967294"]
        ),
        (
            "user: \"0:\"\n    cap_add: [A]\n    cap_drop: [B]",
            [
                "compose.yaml:4:11: services.web.user: \"0:\" is not USER or USER:GROUP",
                "compose.yaml:5:15: services.web.cap_add[0]: \"A\" is no capability; `man 7 capabilities` lists them",
                "compose.yaml:6:16: services.web.cap_drop[0]: \"B\" is no capability; `man 7 capabilities` lists them",
            ]
        ),
        (
            "mac_address: here",
            ["compose.yaml:4:18: services.web.mac_address: \"here\" is not a MAC address like 02:42:ac:11:00:02"]
        ),
        (
            "mac_address: \"02:42:ac:11:00:02\"\n    networks: {default: {mac_address: \"02:42:ac:11:00:03\"}}",
            [
                "compose.yaml:4:5: services.web.mac_address: must be the one of network \"default\", 02:42:ac:11:00:03"
            ]
        ),
        (
            "cpu_period: 999\n    cpu_quota: 999",
            [
                "compose.yaml:4:17: services.web.cpu_period: 999 is no period: those are 1000 to 1000000 microseconds",
                "compose.yaml:5:16: services.web.cpu_quota: 999 is less than the 1000 microseconds that are given at least",
            ]
        ),
        (
            "cpus: 1\n    cpu_quota: 5000",
            ["compose.yaml:5:16: services.web.cpu_quota: and cpus exclude each other"]
        ),
        (
            "pull_policy: refresh\n    pull_refresh_after: soon",
            [
                "compose.yaml:5:25: services.web.pull_refresh_after: \"soon\" is not a duration; write it like 12h or 7d"
            ]
        ),
        (
            "logging: {options: {max-size: big, max-file: none}}",
            [
                "compose.yaml:4:35: services.web.logging.options.max-size: \"big\" is not a size; write it like 10m",
                "compose.yaml:4:50: services.web.logging.options.max-file: \"none\" is no number of files",
            ]
        ),
        (
            "user: \"4294967295\"",
            ["compose.yaml:4:11: services.web.user: \"4294967295\" is no id: the largest is 4294967294"]
        ),
    ]

    @Test(arguments: faults)
    func fault(example: (attribute: String, messages: [String])) throws {
        let loaded = try load("services:\n  web:\n    image: x\n    \(example.attribute)\n")
        #expect(loaded.faults.map(\.description) == example.messages)
        #expect(loaded.faults.allSatisfy { $0.severity == .error })
        #expect(loaded.warnings.isEmpty)
    }

    static let wholeFiles: [(text: String, message: String)] = [
        (
            "services:\n  web:\n    provider: {type: x}\n",
            "compose.yaml:2:3: services.web: has no image, and providers are not supported yet; name one with \"image:\""
        ),
        (
            "services: {web: {image: x, secrets: [s]}}\nsecrets: {s: {environment: NOPE}}",
            "compose.yaml:2:28: secrets.s.environment: the environment variable \"NOPE\" is not set"
        ),
        (
            "services: {web: {image: x, configs: [s]}}\nconfigs: {s: {external: true}}",
            "compose.yaml:2:14: configs.s: external secrets and configs are not supported yet"
        ),
        (
            "services: {web: {image: x, secrets: [{source: s, uid: me}]}}\nsecrets: {s: {file: x}}",
            "compose.yaml:1:55: services.web.secrets[0].uid: \"me\" is not a numeric id"
        ),
        (
            "services: {web: {image: x}}\nnetworks: {default: {ipam: {config: [{subnet: here}]}}}",
            "compose.yaml:2:47: networks.default.ipam.config[0].subnet: \"here\" is not a subnet like 10.0.0.0/24"
        ),
    ]

    @Test(arguments: wholeFiles)
    func faultOfAFile(example: (text: String, message: String)) throws {
        #expect(try load(example.text).faults.map(\.description) == [example.message])
    }

    @Test(arguments: [
        "cap_add: [net_admin, CAP_SYS_TIME, ALL, Cap_Bpf]", "stop_signal: SIGTERM", "stop_signal: term",
        "stop_signal: \"64\"", "stop_signal: SIGRTMIN+3", "stop_signal: RTMAX-30", "stop_signal: SIGRTMIN",
        "ulimits: {nofile: {soft: 10, hard: -1}, NPROC: 3}", "ulimits: {rtprio: {soft: -1, hard: -1}}",
        "sysctls: {net.core.somaxconn: 1, net/ipv4/conf/eth0.1/forwarding: 1, kernel.shm_rmid_forced: 1}",
        "user: \"1000:1000\"", "user: www-data:adm", "user: \":5\"", "user: \"\"",
    ])
    func noFault(attribute: String) throws {
        #expect(try load("services:\n  web:\n    image: x\n    \(attribute)\n").faults == [])
    }

    @Test(arguments: ["stop_signal: RTMIN+31", "stop_signal: RTMAX+1", "stop_signal: \"0\"", "stop_signal: SIG"])
    func notASignal(attribute: String) throws {
        #expect(try load("services:\n  web:\n    image: x\n    \(attribute)\n").faults.count == 1)
    }

    @Test(arguments: [
        ("UPPER:v1", true), ("example.test/UPPER", true), ("a//b", true), ("::::", true), ("x:-tag", true),
        ("x@sha256:12", true), ("oci:", true), ("docker-archive::v1", true), ("redis", false), ("a/b:c", false),
        ("localhost:5000/x@sha256:\(String(repeating: "0", count: 64))", false), ("oci:./A B", false),
        ("oci-archive:X.tar:Tag", false), ("docker-archive:X.tar", false),
        // Upper case makes the first part a registry's name.
        ("UPPER/case:v1", false),
    ])
    func images(name: String, isFault: Bool) throws {
        let faults = try load("services:\n  web:\n    image: \"\(name)\"\n").faults
        #expect(faults.map(\.position) == (isFault ? [Position(file: "compose.yaml", line: 3, column: 12)] : []))
        #expect(faults.allSatisfy { $0.path == "services.web.image" })
    }

    @Test func whatOtherSecurityModulesAreAskedForIsSaidToHaveNoEffect() throws {
        let loaded = try load(
            """
            services:
              web:
                image: x
                security_opt: [apparmor:strict, "label=user:u", "apparmor=unconfined", "label:disable"]
            """)
        let end = "has no effect: Roost sets neither AppArmor profiles nor SELinux labels"
        #expect(
            loaded.warnings.map(\.description) == [
                "compose.yaml:4:20: services.web.security_opt[0]: \"apparmor=strict\" \(end)",
                "compose.yaml:4:37: services.web.security_opt[1]: \"label=user:u\" \(end)",
            ])
        #expect(loaded.faults == [])
    }

    @Test(arguments: [
        // Nothing is bound to these.
        ("provider: {type: a}", ["4:5: services.web.provider"]),
        ("devices: [vendor.com/device=gpu]", ["4:15: services.web.devices[0]"]),
        // Some values are carried out, or are so anyway.
        (
            "logging: {options: {compress: \"true\", tag: a}}",
            ["4:25: services.web.logging.options.compress", "4:43: services.web.logging.options.tag"]
        ),
        ("deploy: {endpoint_mode: vip}", ["4:14: services.web.deploy.endpoint_mode"]),
        ("volumes: [{type: npipe, source: a, target: b}]", ["4:16: services.web.volumes[0].type"]),
        (
            "logging: {driver: local}\n    deploy: {mode: replicated}\n    ports: [{target: 80, mode: host, name: a}]",
            []
        ),
    ])
    func whatIsBoundToNothingIsWarnedOf(attributes: String, places: [String]) throws {
        let loaded = try load("services:\n  web:\n    image: x\n    \(attributes)\n")
        let warnings = places.map { "compose.yaml:\($0): is not supported at run time yet and is ignored" }
        #expect(loaded.warnings.map(\.description) == warnings)
        #expect(loaded.faults == [])
    }

    @Test(arguments: [
        ("use_api_socket: true", "there is no Docker Engine"), ("cpu_count: 2", "only Windows"),
        ("cpu_percent: 2", "only Windows"), ("isolation: hyperv", "only Windows"), ("gpus: all", "[[gpu]]"),
        ("deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}", "[[gpu]]"),
        ("storage_opt: {size: 1g}", "no size of its own"), ("cgroup_parent: /a", "Roost's own group"),
        ("userns_mode: private", "there is only \"host\""), ("ipc: service:a", "memory that containers share"),
        ("pid: other", "use private, host, service:NAME, container:NAME"), ("uts: none", "use private, host"),
        ("logging: {driver: gelf}", "json-file, local or none"),
        ("logging: {options: {gelf-address: a}}", "unknown log opt"),
        ("logging: {options: {max-size: \"-2\"}}", "is not a size"),
    ])
    func whatCannotBeDoneHereIsRefusedWithItsReason(attribute: String, reason: String) throws {
        let loaded = try load("services:\n  a: {image: x}\n  web:\n    image: x\n    \(attribute)\n")
        #expect(loaded.faults.count == 1)
        #expect(loaded.faults.allSatisfy { $0.description.contains(reason) }, "\(loaded.faults)")
        #expect(loaded.warnings == [])
    }

    @Test(arguments: [
        "use_api_socket: false", "isolation: default", "userns_mode: host", "pid: host", "ipc: shareable",
        "uts: private", "cgroup: private", "deploy: {placement: {constraints: [node.role == manager]}}",
        "deploy: {labels: {a: b}}", "gpus: []",
        "logging: {driver: local, options: {max-size: \"-1\", max-file: \"2\"}}",
    ])
    func whatIsSoAnywayIsNotSpokenOf(attribute: String) throws {
        let loaded = try load("services:\n  web:\n    image: x\n    \(attribute)\n")
        #expect(loaded.faults == [])
        #expect(loaded.warnings == [])
    }

    @Test func aMACAddressWithoutALinkIsSaidToHaveNoEffect() throws {
        let loaded = try load(
            "services: {web: {image: x, network_mode: host, mac_address: \"02:42:ac:11:00:02\"}}")
        #expect(
            loaded.warnings.map(\.description) == [
                "compose.yaml:1:48: services.web.mac_address: has no effect: the container has no link of its own"
            ])
    }

    @Test func onlyEnabledServicesHaveFaults() throws {
        #expect(
            try load("services: {a: {image: x}, b: {image: X, profiles: [p]}}").faults == [])
    }
}
