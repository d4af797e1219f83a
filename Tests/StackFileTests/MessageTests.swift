import Diagnostics
import Testing

@testable import StackFile

/// What a user reads when a file is wrong, as golden text.
struct MessageTests {
    static let errors: [(name: String, text: String, message: String)] = [
        (
            "unknown key", "services:\n  web:\n    image: x\n    enviroment: {}\n",
            #"compose.yaml:4:5: services.web: unknown key "enviroment"; did you mean "environment"?"#
        ),
        (
            "bad port", "services:\n  web:\n    image: x\n    ports:\n      - \"x:80\"\n",
            #"compose.yaml:5:9: services.web.ports[0]: "x:80" is not a port: the host's port must be 0 to 65535; "#
                + #"write it like "8080:80", "127.0.0.1:8080:80/tcp" or "53:53/udp""#
        ),
        (
            "type", "services:\n  web:\n    image: [x]\n",
            "compose.yaml:3:12: services.web.image: must be a string, not a list"
        ),
        (
            "undefined network", "services:\n  web:\n    image: x\n    networks: [frnt]\nnetworks: {front: }\n",
            #"compose.yaml:4:16: services.web.networks: refers to undefined network "frnt""#
                + #"; define it under "networks:" at the top of the file"#
        ),
        (
            "cycle",
            "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, depends_on: [a]}\n",
            "compose.yaml:2:30: services.a.depends_on: the services wait for each other: a → b → c → a"
        ),
        (
            "duplicate key", "services:\n  a: {image: x}\n  a: {image: y}\n",
            #"compose.yaml:3:3: the key "a" is already in line 2"#
        ),
        (
            "required variable", "services:\n  a:\n    image: ${TAG:?say which}\n",
            "compose.yaml:3:12: services.a.image: required variable TAG is missing a value: say which; "
                + "set TAG in the shell or in the .env file"
        ),
        ("empty", "", "compose.yaml: empty compose file"),
        ("only a comment", "# nothing\n", "compose.yaml: empty compose file"),
        ("an empty mapping", "{}\n", "compose.yaml: empty compose file"),
        ("a list", "- a\n", "compose.yaml:1:1: the top of the file must be a mapping, not a list"),
    ]

    @Test(arguments: errors)
    func error(example: (name: String, text: String, message: String)) throws {
        let directory = try ProjectDirectory(["compose.yaml": example.text])
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(ComposeCase("", "").request(in: directory.path))
        }
        #expect(error?.description == example.message, "\(example.name)")
    }

    @Test func allErrorsOfAFileAtOnce() throws {
        let text = "services:\n  a: {image: 1, prots: []}\n  b: {image: x, tty: maybe}\n"
        let directory = try ProjectDirectory(["compose.yaml": text])
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(ComposeCase("", "").request(in: directory.path))
        }
        #expect(error?.diagnostics.count == 3)
    }

    /// What one stage finds doesn't hide what a later one would, and all of it is in the order of the lines.
    @Test func errorsOfSeveralStagesAtOnce() throws {
        let text = """
            services:
              a: {image: x, networks: [frnt], volumes: ["dat:/d"], depends_on: [bb]}
              b: {image: x, prots: [], secrets: [token]}
            networks: {front: {driver: [1]}}
            volumes: {data: }
            secrets: {token: {file: a, environment: B}}

            """
        let directory = try ProjectDirectory(["compose.yaml": text])
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(ComposeCase("", "").request(in: directory.path))
        }
        #expect(
            error?.description == """
                compose.yaml:2:28: services.a.networks: refers to undefined network "frnt"; did you mean "front"?
                compose.yaml:2:45: services.a.volumes[0]: refers to undefined volume "dat"; did you mean "data"?
                compose.yaml:2:69: services.a.depends_on: depends on undefined service "bb"; did you mean "b"?
                compose.yaml:3:17: services.b: unknown key "prots"; did you mean "ports"?
                compose.yaml:4:28: networks.front.driver: must be a string, not a list
                """)
    }

    @Test func emptyFilesAreNamed() throws {
        let directory = try ProjectDirectory(["a.yaml": "", "b.yaml": "{}"])
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(ComposeCase("", "", order: ["a.yaml", "b.yaml"]).request(in: directory.path))
        }
        #expect(error?.description == "a.yaml, b.yaml: empty compose file")
    }

    static let warnings: [(text: String, messages: [String])] = [
        (
            "services:\n  web:\n    image: x\n    deploy: {endpoint_mode: vip}\n",
            ["compose.yaml:4:14: services.web.deploy.endpoint_mode: is not supported at run time yet and is ignored"]
        ),
        (
            "services:\n  web:\n    image: x$NOPE\n    hostname: $NOPE\n",
            [
                "compose.yaml:3:12: services.web.image: The \"NOPE\" variable is not set. Defaulting to a blank string."
            ]
        ),
        (
            "services: {web: {image: x, networks: [n]}}\nnetworks:\n  n:\n    enable_ipv6: true\n    attachable: false\n",
            ["compose.yaml:4:5: networks.n.enable_ipv6: is not supported at run time yet and is ignored"]
        ),
        ("services: {web: {image: x, x-own: 1}}\nx-more: [2]\n", []),
    ]

    @Test(arguments: warnings)
    func warning(example: (text: String, messages: [String])) throws {
        let directory = try ProjectDirectory(["compose.yaml": example.text])
        let loaded = try StackLoader.load(ComposeCase("", "").request(in: directory.path))
        #expect(loaded.warnings.map(\.description) == example.messages)
    }
}
