extension ComposeCase {
    static let interpolation: [ComposeCase] = [
        .service("plain", "hostname: $NAME-${NAME}", environment: ["NAME": "n"]),
        .service(
            "default when empty", #"environment: {A: "${E:-d}", B: "${E-d}", C: "${U:-d}", D: "${U-d}", F: "${S:-d}"}"#,
            environment: ["E": "", "S": "s"]),
        .service(
            "alternative", #"environment: {A: "${E:+r}", B: "${E+r}", C: "${U:+r}", D: "${U+r}", F: "${S:+r}"}"#,
            environment: ["E": "", "S": "s"]),
        .service(
            "required and there", #"environment: {A: "${S:?no}", B: "${S?no}", C: "${E?no}"}"#,
            environment: ["E": "", "S": "s"]),
        .service(
            "nested", #"environment: {A: "${U:-${V:-${S}}}", B: "${U:-a${S}b}", C: "${S:+${S}!}", D: "${U:-$S}"}"#,
            environment: ["S": "s"]),
        .service("escapes", #"environment: {A: "$$S", B: "a$$$$b", C: "cost $ 5", D: "$1", E: "end$"}"#),
        .service("missing", "hostname: \"a${U}b\""),
        .service(
            "numbers and booleans", "privileged: ${P}\nscale: ${N}\npids_limit: ${N}\ncpus: ${C}",
            environment: ["P": "true", "N": "3", "C": "0.5"]),
        .service("in ports", #"ports: ["${P:-8080}:80", "$P:81"]"#, environment: ["P": "9000"]),
        .service(
            "in lists and mappings", "labels: {k: $S}\ncommand: [a, $S]\nexpose: [\"$N\"]",
            environment: ["S": "s", "N": "1"]),
        .service(
            "a default with special characters", #"environment: {A: "${U:-http://x:80/?a=b&c={d}", B: "${U:-a:b-c}"}"#),
        .service(
            "a dotenv", "environment: {A: $A, B: $B, C: $C, D: $D}",
            files: [".env": "A=1\nB=\"two $A\"\nC='three $A'\nexport D=x # c\n"]),
        .service(
            "the shell wins over dotenv", "hostname: $A-$B", files: [".env": "A=file\nB=${A}2\n"],
            environment: ["A": "shell"]),
        .service(
            "dotenv in many forms", "environment: [A, B, C, D, E, F, G]",
            files: [".env": "A: yaml\nB = spaced\nC=\nD=\"multi\nline\"\nE='it s'\nF=a#b\nG=\"q\\\"q\"  # c\n"]),
        .service("the project's name", "hostname: h-${COMPOSE_PROJECT_NAME}"),
    ]

    static let yaml: [ComposeCase] = [
        ComposeCase(
            "anchors and merge keys",
            """
            x-base: &base
              image: base
              environment: &env {A: 1, B: 2}
              labels: {l: 1}
            services:
              a:
                <<: *base
                environment: {<<: *env, B: 3}
              b:
                <<: [*base, {image: other, hostname: h}]
            """),
        ComposeCase(
            "two documents",
            "services: {a: {image: x, hostname: one}}\n---\nservices: {a: {hostname: two}, b: {image: y}}"),
        ComposeCase(
            "explicit types", "services: {a: {image: !!str 5, hostname: !!str true, environment: {A: !!str 010}}}"),
        ComposeCase("a name", "name: given\nservices: {a: {image: x}}"),
        ComposeCase("a name with a variable", "name: n-${X}\nservices: {a: {image: x}}", environment: ["X": "1"]),
        ComposeCase(
            "a name from the environment", "name: given\nservices: {a: {image: x}}",
            environment: ["COMPOSE_PROJECT_NAME": "other"]),
        ComposeCase("an old version", "version: \"3.8\"\nservices: {a: {image: x}}"),
        ComposeCase("extensions", "x-a: {b: [1, ~, true]}\nservices: {a: {image: x}}"),
    ]

    static let merging: [ComposeCase] = [
        two("scalars and commands", "image: x\ncommand: [a, b]\nhostname: h", "image: y\ncommand: c d\ntty: true"),
        two("null command", "image: x\ncommand: [a]", "command: null"),
        two("environment", "image: x\nenvironment: [A=1, B=2]", "environment: {B: 3, C: }"),
        two("labels", "image: x\nlabels: {a: 1, b: 2}", "labels: [b=3, c]"),
        two("ports", "image: x\nports: [\"80:80\", \"81:81\"]", "ports: [\"80:80\", \"82:82\"]"),
        two("volumes", "image: x\nvolumes: [\"./a:/a\", \"./b:/b\"]", "volumes: [\"./c:/b:ro\", /d]"),
        two("expose", "image: x\nexpose: [80]", "expose: [\"80\", 90]"),
        two(
            "lists", "image: x\ndns: [1.1.1.1]\ntmpfs: /a\ncap_add: [X]",
            "dns: 2.2.2.2\ntmpfs: [/b, /a]\ncap_add: [Y, X]"),
        two("extra hosts", "image: x\nextra_hosts: [a=1.1.1.1]", "extra_hosts: {b: 2.2.2.2}"),
        two("dependencies", "image: x\ndepends_on: [b]", "depends_on: {b: {condition: service_healthy}}"),
        two("health", "image: x\nhealthcheck: {test: [CMD, a], interval: 5s}", "healthcheck: {test: b, retries: 2}"),
        two(
            "logging of one driver", "image: x\nlogging: {driver: json-file, options: {max-size: 1m, max-file: 2}}",
            "logging: {driver: json-file, options: {max-size: 2m}}"),
        two(
            "logging of two drivers", "image: x\nlogging: {driver: json-file, options: {max-size: 1m}}",
            "logging: {driver: local}"),
        two("ulimits", "image: x\nulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}", "ulimits: {nofile: 5}"),
        two(
            "env files", "image: x\nenv_file: one.env", "env_file: [two.env]",
            ["one.env": "A=1\nB=1\n", "two.env": "B=2\n"]),
        two(
            "deploy", "image: x\ndeploy: {replicas: 2, resources: {limits: {memory: 1m}}}",
            "deploy: {resources: {limits: {cpus: 1}}}"),
        two("off again", "image: x\nprivileged: true\ninit: true", "privileged: false\ninit: false"),
        two(
            "reset", "image: x\nports: [\"80:80\"]\nenvironment: {A: 1, B: 2}\ncommand: a",
            "ports: !reset []\nenvironment: {A: !reset null}\ncommand: !reset null"),
        two(
            "override", "image: x\nports: [\"80:80\"]\ndns: [1.1.1.1]",
            "ports: !override [\"81:81\"]\ndns: !override [2.2.2.2]"),
        two(
            "security options", "image: x\nsecurity_opt: [a=b]\ngroup_add: [x]",
            "security_opt: [a=b, c=d]\ngroup_add: [y]"),
        ComposeCase(
            "networks and volumes of two files",
            "services: {a: {image: x, networks: [n], volumes: [\"vv:/v\"]}}\nnetworks: {n: {labels: {a: 1}}}\nvolumes: {vv: {driver_opts: {a: 1}}}",
            files: [
                "two.yaml":
                    "services: {a: {networks: {n: {aliases: [z]}, m: }}}\nnetworks: {n: {internal: true, labels: [b=2]}, m: }\nvolumes: {vv: {driver_opts: {b: 2}}}"
            ],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "secrets of two files",
            "services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {file: ./a}, t: {file: ./t}}",
            files: ["two.yaml": "services: {a: {secrets: [{source: s, mode: 0400}, t]}}\nsecrets: {s: {file: ./b}}"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "an override file", "services: {a: {image: x}}",
            files: ["compose.override.yaml": "services: {a: {hostname: h}}"]),
        ComposeCase(
            "COMPOSE_FILE", "services: {a: {image: x}}", files: ["two.yaml": "services: {b: {image: y}}"],
            environment: ["COMPOSE_FILE": "compose.yaml:two.yaml"]),
        ComposeCase(
            "COMPOSE_FILE in dotenv", "services: {a: {image: x}}",
            files: ["two.yaml": "services: {b: {image: y}}", ".env": "COMPOSE_FILE=two.yaml\n"]),
        ComposeCase(
            "a file in a directory below", "services: {}",
            files: ["sub/c.yaml": "services: {a: {image: $I, volumes: [\"./x:/x\"]}}", "sub/.env": "I=inner\n"],
            order: ["sub/c.yaml"]),
    ]

    static let extending: [ComposeCase] = [
        ComposeCase(
            "the same file",
            "services: {base: {image: x, environment: {A: 1, B: 1}, ports: [\"80:80\"]}, a: {extends: base, environment: {B: 2}}, b: {extends: {service: a}, command: z}}"
        ),
        ComposeCase(
            "another file", "services: {a: {extends: {file: sub/base.yaml, service: base}, hostname: h}}",
            files: [
                "sub/base.yaml": "services: {base: {image: x, volumes: [\"./v:/v\"], env_file: e.env}}",
                "sub/e.env": "A=1\n",
            ]),
    ]

    /// Service `a` in two files, with `b` beside it.
    private static func two(
        _ name: String, _ first: String, _ second: String, _ files: [String: String] = [:]
    ) -> ComposeCase {
        func file(_ attributes: String) -> String {
            let lines = attributes.split(separator: "\n").map { "    " + $0 }
            return "services:\n  a:\n" + lines.joined(separator: "\n") + "\n"
        }
        let all = files.merging(["two.yaml": file(second)]) { $1 }
        return ComposeCase(
            "merge: " + name, file(first) + "  b: {image: z}\n", files: all, order: ["compose.yaml", "two.yaml"])
    }
}
