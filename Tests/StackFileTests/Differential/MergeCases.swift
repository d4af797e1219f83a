extension ComposeCase {
    /// How the attributes of two files combine.
    static let mergeCases: [ComposeCase] = [
        two("annotations", "image: x\nannotations: {a: 1, b: 2}", "annotations: [b=3, c]"),
        two("build: context and mapping", "build: ./d", "build: {args: {A: 1}}"),
        two(
            "build: mappings and lists",
            "build: {context: a, args: {A: 1, B: 2}, labels: [x=1], tags: [t], cache_from: [c], additional_contexts: {a: ./1}, extra_hosts: [a=1.1.1.1], platforms: [p]}",
            #"build: {dockerfile: D, args: [B=3, C=4], labels: {x: 2, y: 3}, tags: [t, u], cache_from: [d], additional_contexts: [a=./2, b=./3], extra_hosts: ["a=1.1.1.1", "b=2.2.2.2"], platforms: [q]}"#
        ),
        two(
            "build: ulimits and secrets", "build: {ulimits: {nofile: 1}, no_cache: true, provenance: a}",
            "build: {ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}, no_cache: false, provenance: b}"),
        two("capabilities", "image: x\ncap_add: [A, B]\ncap_drop: [C]", "cap_add: [B, D]\ncap_drop: [E]"),
        two("commands", "image: x\ncommand: [a, b]\nentrypoint: [c]", "command: [d]\nentrypoint: e f"),
        two(
            "dependencies: list and mapping", "image: x\ndepends_on: [b]",
            "depends_on: {b: {condition: service_healthy}}"),
        two(
            "dependencies: mapping and list",
            "image: x\ndepends_on: {b: {condition: service_healthy, restart: true, required: false}}", "depends_on: [b]"
        ),
        two(
            "dependencies: a detail alone", "image: x\ndepends_on: {b: {condition: service_healthy, required: false}}",
            "depends_on: {b: {restart: true}}"),
        two(
            "deploy",
            #"image: x\#ndeploy: {replicas: 1, labels: {a: 1, b: 2}, resources: {limits: {cpus: "1", memory: 1g}}, placement: {constraints: [c]}}"#,
            "deploy: {replicas: 2, labels: [b=3], resources: {limits: {memory: 2g}, reservations: {memory: 1m}}, placement: {constraints: [c, d]}, restart_policy: {condition: any}}"
        ),
        two(
            "deploy: devices", "image: x\ndeploy: {resources: {reservations: {devices: [{capabilities: [a]}]}}}",
            "deploy: {resources: {reservations: {devices: [{capabilities: [b], count: 1}]}}}"),
        two(
            "develop", "image: x\ndevelop: {watch: [{path: a, action: rebuild}]}",
            "develop: {watch: [{path: b, action: rebuild}]}"),
        two(
            "devices", #"image: x\#ndevices: ["/dev/a:/dev/x", "/dev/b"]"#,
            #"devices: ["/dev/c:/dev/x:r", {source: /dev/d, target: /dev/b}]"#),
        two("device rules", "image: x\ndevice_cgroup_rules: ['c 1:3 mr']", "device_cgroup_rules: ['c 1:4 mr']"),
        two(
            "dns", "image: x\ndns: 1.1.1.1\ndns_opt: [a]\ndns_search: [s]",
            "dns: [1.1.1.1, 2.2.2.2]\ndns_opt: [a, b]\ndns_search: t"),
        two("environment", "image: x\nenvironment: {A: 1, B: 2, C: }", #"environment: [B=3, D, "E="]"#),
        two("environment null by name", "image: x\nenvironment: [A=1, B]", "environment: {A: , C: 3}"),
        two("expose", #"image: x\#nexpose: [80, "81"]"#, #"expose: ["80", 82]"#),
        two(
            "external links and groups", "image: x\nexternal_links: [q]\ngroup_add: [g]",
            "external_links: [r]\ngroup_add: [h]"),
        two(
            "extra hosts", #"image: x\#nextra_hosts: ["a=1.1.1.1", "b=2.2.2.2"]"#,
            #"extra_hosts: ["a=1.1.1.1", "a=3.3.3.3"]"#),
        two(
            "extra hosts: mapping and list", "image: x\nextra_hosts: {a: 1.1.1.1}",
            #"extra_hosts: ["a=1.1.1.1", "b:2.2.2.2"]"#),
        two("gpus", "image: x\ngpus: [{driver: a}]", "gpus: [{driver: b}]"),
        two(
            "healthcheck", "image: x\nhealthcheck: {test: [CMD, a], interval: 1s, retries: 3}",
            "healthcheck: {test: b, timeout: 2s, retries: 0}"),
        two(
            "hooks", "image: x\npost_start: [{command: a}]\npre_stop: [{command: c}]",
            "post_start: [{command: b}]\npre_stop: [{command: d}]"),
        two("labels", "image: x\nlabels: [a=1, b=2]", "labels: {b: 3, c: }"),
        two("label files", "image: x\nlabel_file: one.env", "label_file: [two.env]"),
        two("links", "image: x\nlinks: [b]", #"links: [b, "b:alias"]"#),
        two(
            "logging: one driver", "image: x\nlogging: {driver: d, options: {a: 1, b: 2}}",
            "logging: {driver: d, options: {b: 3}}"),
        two("logging: options alone", "image: x\nlogging: {driver: d, options: {a: 1}}", "logging: {options: {b: 3}}"),
        two(
            "logging: another driver", "image: x\nlogging: {driver: d, options: {a: 1}}",
            "logging: {driver: e, options: {b: 3}}"),
        two(
            "networks: list and mapping", "services: {a: {image: x, networks: [n]}}\nnetworks: {n: }",
            "services: {a: {networks: {n: {aliases: [q]}, m: }}}\nnetworks: {m: {driver: d}, n: {labels: {a: 1}}}"),
        two(
            "networks: aliases",
            "services: {a: {image: x, networks: {n: {aliases: [p, q], priority: 1, driver_opts: {a: 1}}}}}\nnetworks: {n: {labels: [a=1], driver_opts: {a: 1}}}",
            "services: {a: {networks: {n: {aliases: [q, r], priority: 2, driver_opts: {b: 1}, link_local_ips: [l]}}}}\nnetworks: {n: {labels: {a: 2, b: 3}, driver_opts: {b: 2}}}"
        ),
        two(
            "networks: ipam",
            "services: {a: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {driver: d, config: [{subnet: 10.1.0.0/16, gateway: 10.1.0.1}, {subnet: 10.2.0.0/16}]}}}",
            "services: {}\nnetworks: {n: {ipam: {options: {a: b}, config: [{subnet: 10.1.0.0/16, ip_range: 10.1.5.0/24}, {subnet: 10.3.0.0/16}]}}}"
        ),
        two(
            "ports", #"image: x\#nports: ["8080:80", {target: 90, published: 9090}]"#,
            #"ports: ["8080:80", "8081:80", "9090:90"]"#),
        two(
            "ports: a name", #"image: x\#nports: ["8080:80"]"#, #"ports: [{target: 80, published: "8080", name: web}]"#),
        two(
            "ports: a number is no text", "image: x\nports: [{target: 80, published: 8080, name: web}]",
            #"ports: ["8080:80"]"#),
        two("ports on all addresses", #"image: x\#nports: ["8080:80"]"#, #"ports: ["0.0.0.0:8080:80"]"#),
        two("profiles", "image: x\nprofiles: []", "profiles: []"),
        two(
            "provider", "provider: {type: x, options: {a: 1, b: [c]}}",
            "provider: {type: y, options: {a: 2, b: [d], e: f}}"),
        two(
            "secrets and configs",
            "services: {a: {image: x, secrets: [s, {source: s, target: t}], configs: [c]}}\nsecrets: {s: {file: a}}\nconfigs: {c: {content: a}}",
            #"services: {a: {secrets: [{source: s, target: t, mode: 0400}, {source: s, target: u}], configs: [{source: c, target: /c, uid: "1"}]}}\#nsecrets: {s: {file: b, labels: {a: 1}}}\#nconfigs: {c: {content: b}}"#
        ),
        two("security options", "image: x\nsecurity_opt: [a]", "security_opt: [b]"),
        two(
            "lists of which two files have a part",
            "image: x\nsecurity_opt: [b, a]\ndeploy: {placement: {constraints: [c, c, e]}}\nbuild: {cache_from: [x, x], platforms: [p, q]}\npost_start: [{command: a}]\ngpus: [{driver: a}]",
            "security_opt: [a, b, z]\ndeploy: {placement: {constraints: [f, c, d, d]}}\nbuild: {cache_from: [x, y, y], platforms: [q, p, r]}\npost_start: [{command: a}, {command: b}]\ngpus: [{driver: a}]"
        ),
        two(
            "extensions inside", "services: {a: {image: x, healthcheck: {x-l: [1]}}}\nx-a: {b: [1, 2]}",
            "services: {a: {healthcheck: {x-l: [1]}}}\nx-a: {b: [2, 3]}"),
        two(
            "storage options and sysctls", "image: x\nstorage_opt: {a: 1}\nsysctls: {a: 1, b: 2}",
            "storage_opt: {b: 2}\nsysctls: [b=3]"),
        two("tmpfs", "image: x\ntmpfs: /a", "tmpfs: [/b, /a]"),
        two(
            "ulimits", "image: x\nulimits: {nofile: {soft: 1, hard: 2}, nproc: 5, core: 1}",
            "ulimits: {nofile: {soft: 3, hard: 4}, nproc: {soft: 1, hard: 2}, core: 9}"),
        two(
            "volumes of a service", #"image: x\#nvolumes: ["./a:/a", "./b:/b"]"#,
            #"volumes: ["./c:/b:ro", {type: tmpfs, target: /t}]"#),
        two("volumes from", #"image: x\#nvolumes_from: ["container:p"]"#, #"volumes_from: ["container:q"]"#),
        two(
            "volumes at the top",
            #"services: {a: {image: x, volumes: ["data:/x"]}}\#nvolumes: {data: {labels: {a: 1}, driver: d}}"#,
            "services: {}\nvolumes: {data: {labels: [a=2, b=3], driver_opts: {o: p}}}"),
        two(
            "models", "services: {a: {image: x, models: [m]}}\nmodels: {m: {model: a}}",
            "services: {a: {models: {m: {endpoint_var: E}}}}\nmodels: {m: {model: b, context_size: 5}}"),
        two(
            "a model said in two files", "services: {a: {image: x}}\nmodels: {m: {model: a}}",
            "services: {a: {models: [m]}}\nmodels: {m: {context_size: 5}}"),
        two(
            "nulls say nothing",
            #"image: x\#nhostname: h\#nenvironment: {A: 1}\#nports: ["80"]\#nlabels: [a]\#nbuild: ."#,
            "hostname:\nenvironment:\nports:\nlabels:\nbuild:\n"),
        two("null commands say something", "image: x\ncommand: [a]\nentrypoint: [b]", "command:\nentrypoint:"),
        two(
            "block devices", "image: x\nblkio_config: {weight: 1, device_read_bps: [{path: a, rate: 1}]}",
            "blkio_config: {weight: 2, device_read_bps: [{path: b, rate: 2}]}"),
        two("credentials", "image: x\ncredential_spec: {config: a}", "credential_spec: {registry: b}"),
        two(
            "flags and numbers", "image: x\nattach: true\ninit: true\ncpus: 1\nmem_limit: 1m\nscale: 2\nshm_size: 1k",
            "attach: false\ninit: false\ncpus: 2\nmem_limit: 2m\nscale: 0\nshm_size: 0"),
        two("extensions", "services: {a: {image: x}}\nx-a: {b: 1, c: [1]}", "services: {}\nx-a: {b: 2, c: [2], d: 3}"),
        two("security options named in two files", "image: x\nsecurity_opt: [a]", "security_opt: [a]"),
        two("groups named in two files", "image: x\ngroup_add: [g]", "group_add: [g]"),
        two("external links named in two files", "image: x\nexternal_links: [g]", "external_links: [g]"),
    ]

    /// Service `a` in two files, with `b` beside it; or two whole files.
    private static func two(_ name: String, _ first: String, _ second: String) -> ComposeCase {
        func file(_ text: String, _ more: String = "") -> String {
            if text.hasPrefix("services:") { return text }
            let lines = text.split(separator: "\n").map { "    " + $0 }
            return "services:\n  a:\n" + lines.joined(separator: "\n") + "\n" + more
        }
        return ComposeCase(
            name, file(first, "  b: {image: z}\n"), files: labelFiles.merging(["two.yaml": file(second)]) { $1 },
            order: ["compose.yaml", "two.yaml"])
    }

    private static let labelFiles = ["one.env": "A=1\nB=two\n", "two.env": "A=2\nC=\n"]

    /// Two files that both refuse together.
    static let wrongMerges: [ComposeCase] = [
        two("a null that nobody fills", "image: x", "hostname:"),
        two("a null in the first file", "image: x\nhostname:", "hostname: h"),
        two(
            "a condition in no file", "image: x\ndepends_on: {b: {restart: true}}", "depends_on: {b: {required: true}}"),
        two(
            "a null model", "services: {a: {image: x}}\nmodels: {m: {model: a}}", "services: {}\nmodels: {n: {name: a}}"
        ),
        two("a mapping for a list", #"image: x\#nports: ["80"]"#, "ports: {a: b}"),
    ]
}
