extension ComposeCase {
    static let furtherMerge: [ComposeCase] = [
        ComposeCase(
            "null leaves what was there",
            #"services:\#n  a:\#n    image: x\#n    hostname: h\#n    labels: {a: 1}\#n    ports: ["80:80"]\#n"#,
            files: ["two.yaml": "services:\n  a:\n    hostname:\n    labels:\n    ports:\n    image:\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "a null service", "services: {a: {image: x}}", files: ["two.yaml": "services: {a: }"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "extensions", "x-a: {b: 1, l: [1]}\nservices: {a: {image: x, x-s: {a: [1]}}}",
            files: ["two.yaml": "x-a: {c: 2, l: [2]}\nservices: {a: {x-s: {a: [2], b: 1}}}"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "short and long forms",
            #"services:\#n  a:\#n    image: x\#n    environment: [A=1]\#n    labels: [a=1]\#n    sysctls: [a=1]\#n    extra_hosts: ["h:1.1.1.1"]\#n    annotations: [a=1]\#n"#,
            files: [
                "two.yaml":
                    "services:\n  a:\n    environment: {B: 2}\n    labels: {b: 2}\n    sysctls: {b: 2}\n    extra_hosts: {i: 2.2.2.2}\n    annotations: {b: 2}\n"
            ], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "empty values", "services:\n  a:\n    image: x\n    environment: {A: 1, B: 2}\n",
            files: ["two.yaml": #"services:\#n  a:\#n    environment: {A: "", B: }\#n"#],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "env_file forms", "services:\n  a:\n    image: x\n    env_file: e\n",
            files: [
                "two.yaml": "services:\n  a:\n    env_file: [{path: f, required: false}]\n", "e": "A=1\n", "f": "A=2\n",
            ], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "dns and tmpfs", "services:\n  a:\n    image: x\n    dns: 1.1.1.1\n    dns_search: a\n    tmpfs: /a\n",
            files: ["two.yaml": "services:\n  a:\n    dns: [2.2.2.2, 1.1.1.1]\n    dns_search: [b]\n    tmpfs: [/b]\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "profiles", "services:\n  a:\n    image: x\n    profiles: [p]\n",
            files: ["two.yaml": "services:\n  a:\n    profiles: [q, p]\n"], order: ["compose.yaml", "two.yaml"],
            flags: ["a"]),
        ComposeCase(
            "depends_on forms",
            "services:\n  a:\n    image: x\n    depends_on: [b]\n  b: {image: y}\n  c: {image: z}\n",
            files: [
                "two.yaml":
                    "services:\n  a:\n    depends_on: {b: {condition: service_healthy, restart: true}, c: {condition: service_started, required: false}}\n"
            ], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "entrypoint and healthcheck",
            "services:\n  a:\n    image: x\n    entrypoint: [a]\n    healthcheck: {test: [CMD, a], interval: 1s, timeout: 2s}\n",
            files: ["two.yaml": "services:\n  a:\n    entrypoint: b c\n    healthcheck: {test: d, interval: 3s}\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "healthcheck disabled", "services:\n  a:\n    image: x\n    healthcheck: {test: a}\n",
            files: ["two.yaml": "services:\n  a:\n    healthcheck: {disable: true}\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "healthcheck reset", "services:\n  a:\n    image: x\n    healthcheck: {test: a, interval: 1s}\n",
            files: ["two.yaml": "services:\n  a:\n    healthcheck: {interval: !reset null}\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "override a mapping", "services:\n  a:\n    image: x\n    labels: {a: 1, b: 2}\n    environment: [A=1]\n",
            files: ["two.yaml": "services:\n  a:\n    labels: !override {c: 3}\n    environment: !override {B: 2}\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "reset one list entry",
            "services:\n  a:\n    image: x\n    environment: {A: 1, B: 2}\n    labels: [a=1, b=2]\n",
            files: ["two.yaml": "services:\n  a:\n    environment: {A: !reset null}\n    labels: {a: !reset null}\n"],
            order: ["compose.yaml", "two.yaml"],
            exception:
                "A reset takes the label away, however the earlier file wrote it; Docker's doesn't find it in a list."),
        ComposeCase(
            "reset of what is not there", "services:\n  a:\n    image: x\n",
            files: ["two.yaml": "services:\n  a:\n    ports: !reset []\n    hostname: !reset null\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "reset deep", "services:\n  a:\n    image: x\n    deploy: {resources: {limits: {cpus: 1, memory: 1g}}}\n",
            files: ["two.yaml": "services:\n  a:\n    deploy: {resources: {limits: {cpus: !reset null}}}\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "override deep", "services:\n  a:\n    image: x\n    logging: {driver: a, options: {b: c}}\n",
            files: ["two.yaml": "services:\n  a:\n    logging: !override {driver: d}\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "networks forms", "services:\n  a:\n    image: x\n    networks: [default]\n",
            files: ["two.yaml": "services:\n  a:\n    networks: {default: {aliases: [q]}}\n"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "ports by number", #"services:\#n  a:\#n    image: x\#n    ports: [80, "81:81"]\#n"#,
            files: ["two.yaml": #"services:\#n  a:\#n    ports: ["80", {target: 81, published: "81"}]\#n"#],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "volumes by target", #"services:\#n  a:\#n    image: x\#n    volumes: ["./a:/t", "/b"]\#n"#,
            files: ["two.yaml": #"services:\#n  a:\#n    volumes: [{type: tmpfs, target: /t}, "/b"]\#n"#],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "secrets and configs",
            "services:\n  a:\n    image: x\n    secrets: [s]\n    configs: [c]\nsecrets: {s: {file: ./s}}\nconfigs: {c: {file: ./c}}\n",
            files: [
                "two.yaml":
                    "services:\n  a:\n    secrets: [{source: s, target: t}]\n    configs: [{source: c, target: /t}]\n"
            ], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "three files", "services: {a: {image: x, environment: {A: 1}}}",
            files: [
                "two.yaml": "services: {a: {environment: {A: 2, B: 2}}}",
                "three.yaml": "services: {a: {environment: {A: 3, C: 3}}}",
            ], order: ["compose.yaml", "two.yaml", "three.yaml"]),
        ComposeCase(
            "a document after another",
            #"services: {a: {image: x, ports: ["80:80"]}}\#n---\#nservices: {a: {ports: !override ["81:81"], hostname: h}}\#n---\#nservices: {a: {hostname: i}}"#
        ),
        ComposeCase(
            "top level of two files",
            "services: {a: {image: x, networks: [n], secrets: [s]}}\nnetworks: {n: {driver: bridge, ipam: {config: [{subnet: 10.0.0.0/24}]}}}\nsecrets: {s: {file: a}}",
            files: [
                "two.yaml":
                    "networks: {n: {driver_opts: {a: b}, labels: [x=1], ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.1}]}}}\nsecrets: {s: {file: b}}"
            ], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "an empty second file", "services: {a: {image: x}}", files: ["two.yaml": ""],
            order: ["compose.yaml", "two.yaml"]),
    ]

    static let furtherMergeRejected: [ComposeCase] = [
        ComposeCase(
            "null sections", #"services: {a: {image: x, volumes: ["v:/v"]}}\#nvolumes: {v: {name: q}}"#,
            files: ["two.yaml": "services: {a: {hostname: h}}\nvolumes: {v: }\nnetworks:\nx-a: 1"],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "list over mapping", "services:\n  a:\n    image: x\n    healthcheck: {test: a}\n",
            files: ["two.yaml": "services:\n  a:\n    healthcheck: [a]\n"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "mapping over list", #"services:\#n  a:\#n    image: x\#n    ports: ["80:80"]\#n"#,
            files: ["two.yaml": "services:\n  a:\n    ports: {a: b}\n"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "unknown key in the second", "services:\n  a:\n    image: x\n",
            files: ["two.yaml": "services:\n  a:\n    hostnam: y\n"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "scalar over mapping", "services:\n  a:\n    image: x\n    logging: {driver: a}\n",
            files: ["two.yaml": "services:\n  a:\n    logging: b\n"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "network gone", "services: {a: {image: x, networks: [n]}}\nnetworks: {n: }",
            files: ["two.yaml": "networks: {n: !reset null}"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "second file is no YAML", "services: {a: {image: x}}", files: ["two.yaml": "services: ["],
            order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "second file is a list", "services: {a: {image: x}}", files: ["two.yaml": "- a"],
            order: ["compose.yaml", "two.yaml"]),
    ]
}
