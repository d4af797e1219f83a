import Foundation
import Testing

@Suite("Bad input and bad luck", .asRoot, .reported)
struct BadInputTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let file: String
        let words: [String]

        init(_ name: String, _ file: String, says words: String...) {
            (testDescription, self.file, self.words) = (name, file, words)
        }
    }

    static let broken = [
        Bad("a YAML error", "services:\n  web: [\n", says: "compose.yaml:3:1"),
        Bad("a tab", "services:\n\tweb: {}\n", says: "compose.yaml:2:"),
        Bad("a wrong type", "services:\n  web:\n    image: [x]\n", says: "compose.yaml:3:12", "services.web.image"),
        Bad("services that are a list", "services: [web]\n", says: "compose.yaml:1:11", "services"),
        Bad(
            "an unknown key", "services:\n  web:\n    image: x\n    imagine: y\n", says: "compose.yaml:4:5",
            "services.web", "imagine"),
        Bad("an unknown key at the top", "service:\n  web: {image: x}\n", says: "compose.yaml:1:1", "service"),
        Bad(
            "a bad port", "services:\n  web:\n    image: x\n    ports:\n      - \"99999:1\"\n",
            says: "compose.yaml:5:9", "services.web.ports[0]"),
        Bad("a duplicate key", "services:\n  web:\n    image: x\n    image: y\n", says: "compose.yaml:4:5", "image"),
        Bad(
            "a duration", "services:\n  web:\n    image: x\n    stop_grace_period: soon\n", says: "compose.yaml:4:24",
            "soon"),
        Bad("a size", "services:\n  web:\n    image: x\n    mem_limit: much\n", says: "compose.yaml:4:16", "much"),
        Bad(
            "a network that isn't declared", "services:\n  web:\n    image: x\n    networks: [none]\n",
            says: "compose.yaml:4:16", "none"),
        Bad(
            "a volume that isn't declared", "services:\n  web:\n    image: x\n    volumes: [\"none:/x\"]\n",
            says: "compose.yaml:4:15", "none"),
        Bad(
            "a secret that isn't declared", "services:\n  web:\n    image: x\n    secrets: [none]\n",
            says: "compose.yaml:4:15", "none"),
        Bad("neither image nor build", "services:\n  web:\n    command: x\n", says: "compose.yaml:2:", "web", "image"),
        Bad(
            "a variable that is required", "services:\n  web:\n    image: ${NONE:?tell me}\n",
            says: "compose.yaml:3:12", "NONE", "tell me"),
        Bad("an interpolation that doesn't end", "services:\n  web:\n    image: ${NONE\n", says: "compose.yaml:3:12"),
        Bad("an alias that isn't there", "services:\n  web: *none\n", says: "compose.yaml:2:", "none"),
        Bad(
            "an env_file that isn't there", "services:\n  web:\n    image: x\n    env_file: none.env\n",
            says: "compose.yaml:4:15", "none.env"),
        Bad("an empty file", "", says: "compose.yaml"),
    ]

    @Test("A file with a fault ends in one clear message with its place", arguments: broken)
    func file(bad: Bad) async throws {
        try await onHost { host in
            try host.compose(bad.file)
            for arguments in [["config"], ["up", "-d"]] {
                let outcome = try await host.start(roost: arguments).outcome()
                for word in bad.words { outcome.fails(saying: word) }
            }
            #expect(try await host.processes("roost-shim").isEmpty)
        }
    }

    static let unstartable = [
        Bad("a capability", "services:\n  web:\n    image: x\n    cap_add: [FLY]\n", says: "compose.yaml:4:15", "FLY"),
        Bad(
            "a signal", "services:\n  web:\n    image: x\n    stop_signal: SIGNONE\n", says: "compose.yaml:4:18",
            "SIGNONE"),
        Bad(
            "an address", "services:\n  web:\n    image: x\n    extra_hosts: [\"a:b\"]\n", says: "compose.yaml:4:19",
            "extra_hosts"),
        Bad(
            "a restart policy", "services:\n  web:\n    image: x\n    restart: sometimes\n", says: "compose.yaml:4:14",
            "sometimes"),
        // With a slash after it, UPPER would be a registry.
        Bad("an image's name that is none", ImageTests.service("UPPER:v1"), says: "compose.yaml:3:12", "UPPER"),
        Bad("a limit", ImageTests.service("x", "    ulimits: {files: 3}\n"), says: "compose.yaml:5:15", "files"),
        Bad("a kernel parameter", ImageTests.service("x", "    sysctls: {a b: 3}\n"), says: "compose.yaml:5:15", "a b"),
        Bad(
            "several faults", ImageTests.service("X", "    user: a:b:c\n    cap_drop: [FLY]\n"),
            says: "compose.yaml:3:12",
            "compose.yaml:5:11", "compose.yaml:6:16"),
    ]

    @Test(
        "A fault that only a start would show is a warning of config and ends up before it begins",
        arguments: unstartable)
    func fault(bad: Bad) async throws {
        try await onHost { host in
            try host.compose(bad.file)
            let config = try await host.start(roost: ["config"]).outcome().succeeds()
            config.says("warning")
            let up = try await host.start(roost: ["up", "-d"]).outcome().ends(with: 1)
            for word in bad.words {
                config.says(word)
                up.fails(saying: word)
            }
            #expect(try await host.processes("roost-supervisor ").isEmpty)
        }
    }

    @Test("A file that isn't there", arguments: [[], ["-f", "none.yaml"]])
    func missing(flags: [String]) async throws {
        try await onHost { host in
            let outcome = try await host.start(roost: flags + ["up", "-d"]).outcome()
            outcome.fails(saying: flags.last ?? "compose.yaml")
        }
    }

    @Test(
        "A service that isn't in the file", arguments: ["up", "stop", "start", "restart", "kill", "logs", "ps", "pull"])
    func unknownService(command: String) async throws {
        try await onHost { host in
            try await host.up(compose: ImageTests.service(busybox()))
            try await host.roost(command, "nowhere").fails(saying: "no such service", "nowhere")
        }
    }

    static let luck = [
        Bad("an image that isn't there", ImageTests.service("127.0.0.1:5000/none:v1"), says: "127.0.0.1:5000/none:v1"),
        Bad("a layout that isn't there", ImageTests.service("oci:./none:latest"), says: "none"),
        Bad("a tag that isn't in the layout", ImageTests.service(busybox("none")), says: "none"),
        Bad(
            "a bind source that isn't there",
            ImageTests.service(busybox(), "    volumes: [{type: bind, source: ./none, target: /x}]\n"), says: "it",
            "none"),
        Bad(
            "an OCI hook that fails",
            ImageTests.service(
                busybox(),
                "    x-oci-hooks: {createRuntime: [{path: /bin/sh, args: [sh, -c, 'echo no luck >&2; exit 3']}]}\n"),
            says: "hook", "3", "no luck"),
        Bad(
            "a command that isn't in the image",
            "services:\n  it: {image: '\(busybox())', command: [no-such-command]}\n", says: "it", "no-such-command"),
        Bad(
            "a command that can't be run", "services:\n  it: {image: '\(busybox())', command: [/etc/passwd]}\n",
            says: "it", "/etc/passwd"),
        Bad(
            "a user that isn't in the image", ImageTests.service(busybox(), "    user: nobody-here\n"), says: "it",
            "nobody-here"),
        Bad(
            "a sysctl that isn't there", ImageTests.service(busybox(), "    sysctls: {net.none: 1}\n"), says: "it",
            "net.none"),
        Bad(
            "an external network that isn't there",
            ImageTests.service(busybox()) + "networks: {default: {external: true, name: none}}\n",
            says: "none"),
        Bad(
            "an external volume that isn't there",
            ImageTests.service(busybox(), "    volumes: [\"vol:/v\"]\n")
                + "volumes: {vol: {external: true, name: none}}\n",
            says: "none"),
        Bad(
            "a secret's file that isn't there",
            ImageTests.service(busybox(), "    secrets: [s]\n") + "secrets: {s: {file: ./none}}\n", says: "none"),
    ]

    @Test("What goes wrong while starting ends in one clear message, and the next up mends it", arguments: luck)
    func starting(bad: Bad) async throws {
        try await onHost { host in
            try host.compose(bad.file)
            let outcome = try await host.roost("up", "-d")
            for word in bad.words { outcome.fails(saying: word) }
            try await host.up(compose: ImageTests.service(busybox()))
            #expect(try await host.states() == ["it-1": "running"])
        }
    }

    @Test("A port that is already taken is named, and up works once it is free", arguments: ["program", "stack"])
    func port(by taker: String) async throws {
        try await onHost { host in
            host.own(stack: "other")
            let file = ImageTests.service(busybox(), "    ports: [\"8080:80\"]\n")
            if taker == "program" {
                _ = try host.start(["busybox", "nc", "-l", "-p", "8080"])
                try await eventually("the port is taken") {
                    try await host.shell("ss -Hltn 'sport = 8080'").output.isEmpty == false
                }
            } else {
                try host.write("other.yaml", file)
                try await host.roost("-p", "other", "-f", "other.yaml", "up", "-d").succeeds()
            }
            try host.compose(file)
            try await host.roost("up", "-d").fails(saying: "8080")
            if taker == "program" {
                for process in try await host.processes("busybox nc") { try await host.kill(process) }
            } else {
                try await host.roost("-p", "other", "down", "-t", "0").succeeds()
            }
            try await host.up()
            #expect(try await host.states() == ["it-1": "running"])
        }
    }

    @Test("A full disk ends in a message that says so, and down works on it")
    func fullDisk() async throws {
        try await onHost { host in
            try FileManager.default.createDirectory(atPath: host.root, withIntermediateDirectories: true)
            try await host.shell("mount -t tmpfs -o size=1m tmpfs \(host.root)").succeeds()
            try host.compose(ImageTests.service(busybox()))
            try await host.roost("up", "-d").fails(saying: "space")
            try await host.roost("down").succeeds()
            try await eventually("the supervisor left") { try await host.processes("roost-supervisor ").isEmpty }
            try await host.shell("umount \(host.root)").succeeds()
            try await host.up()
        }
    }

    @Test("An edit with a fault changes nothing of what runs")
    func editWithFault() async throws {
        try await onHost { host in
            try await host.up(compose: ImageTests.service(busybox()))
            let before = try await host.inspect("it")
            try host.compose("services:\n  it: [\n")
            try await host.roost("up", "-d").fails(saying: "compose.yaml:")
            try host.compose(ImageTests.service(busybox()))
            let after = try await host.inspect("it")
            #expect(after.Id == before.Id && after.State == before.State)
        }
    }

    @Test("A damaged file of state is reported, and down still cleans up")
    func damagedState() async throws {
        try await onHost { host in
            try await host.up(compose: ImageTests.service(busybox()))
            let supervisor = try await host.supervisor()
            try await host.shell("find \(host.root) \(host.runRoot) -name state.json -exec sh -c ': >{}' ';'")
                .succeeds()
            try await host.kill(supervisor)
            _ = try await host.roost("ps")
            try await host.roost("down", "-t", "0").succeeds()
        }
    }
}
