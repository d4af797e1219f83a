extension ComposeCase {
    static let furtherFlags: [ComposeCase] = [
        ComposeCase(
            "a stack",
            #"\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {args: [X, "Y=$Y"], ssh: [default]}\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    label_file: l\#n    volumes: ["./v:/v", "nn:/n/", {type: bind, source: ./b, target: /b/}]\#n    depends_on: [b]\#n    secrets: [s]\#n    configs: [c]\#n    pull_policy: if_not_present\#n    scale: 2\#n    deploy: {resources: {limits: {memory: 1g}}}\#n    develop: {watch: [{path: ./w, action: sync, target: /t}]}\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z, networks: []}\#nnetworks: {x: , }\#nvolumes: {nn: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1", "l": "ll=1"], environment: ["C": "1", "N": "2"]),
        ComposeCase(
            "a stack --no-normalize",
            #"\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {args: [X, "Y=$Y"], ssh: [default]}\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    label_file: l\#n    volumes: ["./v:/v", "nn:/n/", {type: bind, source: ./b, target: /b/}]\#n    depends_on: [b]\#n    secrets: [s]\#n    configs: [c]\#n    pull_policy: if_not_present\#n    scale: 2\#n    deploy: {resources: {limits: {memory: 1g}}}\#n    develop: {watch: [{path: ./w, action: sync, target: /t}]}\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z, networks: []}\#nnetworks: {x: , }\#nvolumes: {nn: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1", "l": "ll=1"], environment: ["C": "1", "N": "2"], flags: ["--no-normalize"]),
        ComposeCase(
            "a stack --no-path-resolution",
            #"\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {args: [X, "Y=$Y"], ssh: [default]}\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    label_file: l\#n    volumes: ["./v:/v", "nn:/n/", {type: bind, source: ./b, target: /b/}]\#n    depends_on: [b]\#n    secrets: [s]\#n    configs: [c]\#n    pull_policy: if_not_present\#n    scale: 2\#n    deploy: {resources: {limits: {memory: 1g}}}\#n    develop: {watch: [{path: ./w, action: sync, target: /t}]}\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z, networks: []}\#nnetworks: {x: , }\#nvolumes: {nn: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1", "l": "ll=1"], environment: ["C": "1", "N": "2"], flags: ["--no-path-resolution"]),
        ComposeCase(
            "a stack --no-env-resolution",
            #"\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {args: [X, "Y=$Y"], ssh: [default]}\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    label_file: l\#n    volumes: ["./v:/v", "nn:/n/", {type: bind, source: ./b, target: /b/}]\#n    depends_on: [b]\#n    secrets: [s]\#n    configs: [c]\#n    pull_policy: if_not_present\#n    scale: 2\#n    deploy: {resources: {limits: {memory: 1g}}}\#n    develop: {watch: [{path: ./w, action: sync, target: /t}]}\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z, networks: []}\#nnetworks: {x: , }\#nvolumes: {nn: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1", "l": "ll=1"], environment: ["C": "1", "N": "2"], flags: ["--no-env-resolution"]),
        ComposeCase(
            "a stack --no-consistency",
            #"\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {args: [X, "Y=$Y"], ssh: [default]}\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    label_file: l\#n    volumes: ["./v:/v", "nn:/n/", {type: bind, source: ./b, target: /b/}]\#n    depends_on: [b]\#n    secrets: [s]\#n    configs: [c]\#n    pull_policy: if_not_present\#n    scale: 2\#n    deploy: {resources: {limits: {memory: 1g}}}\#n    develop: {watch: [{path: ./w, action: sync, target: /t}]}\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z, networks: []}\#nnetworks: {x: , }\#nvolumes: {nn: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1", "l": "ll=1"], environment: ["C": "1", "N": "2"], flags: ["--no-consistency"]),
        ComposeCase(
            "a stack --no-normalize --no-env-resolution",
            #"\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {args: [X, "Y=$Y"], ssh: [default]}\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    label_file: l\#n    volumes: ["./v:/v", "nn:/n/", {type: bind, source: ./b, target: /b/}]\#n    depends_on: [b]\#n    secrets: [s]\#n    configs: [c]\#n    pull_policy: if_not_present\#n    scale: 2\#n    deploy: {resources: {limits: {memory: 1g}}}\#n    develop: {watch: [{path: ./w, action: sync, target: /t}]}\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z, networks: []}\#nnetworks: {x: , }\#nvolumes: {nn: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1", "l": "ll=1"], environment: ["C": "1", "N": "2"],
            flags: ["--no-normalize", "--no-env-resolution"]),
        ComposeCase(
            "a stack --no-normalize --no-path-resolution",
            #"\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {args: [X, "Y=$Y"], ssh: [default]}\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    label_file: l\#n    volumes: ["./v:/v", "nn:/n/", {type: bind, source: ./b, target: /b/}]\#n    depends_on: [b]\#n    secrets: [s]\#n    configs: [c]\#n    pull_policy: if_not_present\#n    scale: 2\#n    deploy: {resources: {limits: {memory: 1g}}}\#n    develop: {watch: [{path: ./w, action: sync, target: /t}]}\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z, networks: []}\#nnetworks: {x: , }\#nvolumes: {nn: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1", "l": "ll=1"], environment: ["C": "1", "N": "2"],
            flags: ["--no-normalize", "--no-path-resolution"]),
        ComposeCase(
            "nested includes without path resolution",
            #"include: [s/b.yaml]\#nservices: {b: {image: x, volumes: ["./v:/v"]}}"#,
            files: [
                "s/b.yaml": "include: [t/c.yaml]\n",
                "s/t/c.yaml": #"services: {a: {image: x, volumes: ["./v:/v","../w:/w"], build: {}}}"#,
            ], flags: ["--no-path-resolution"]),
        ComposeCase(
            "extends without path resolution",
            #"services: {b: {extends: {file: s/b.yaml, service: b}, volumes: ["./v:/v"]}}"#,
            files: [
                "s/b.yaml": #"services: {b: {image: x, volumes: ["./w:/w", "../z:/z"], build: {context: ./c}}}\#n"#
            ], flags: ["--no-path-resolution"]),
        ComposeCase(
            "env files are kept",
            "services: {a: {image: x, env_file: [e, {path: f, required: false}, {path: e, format: raw}], environment: {A: , HOME: }}}",
            files: ["e": "A=1"], flags: ["--no-env-resolution"]),
        ComposeCase(
            "missing env file is not looked for", "services: {a: {image: x, env_file: nope}}",
            flags: ["--no-env-resolution"]),
        ComposeCase(
            "no consistency: undefined", "services: {a: {image: x, networks: [n], volumes: ['v:/v'], depends_on: [z]}}",
            flags: ["--no-consistency"]),
        ComposeCase(
            "no consistency: a circle", "services: {a: {image: x, depends_on: [b]}, b: {image: y, depends_on: [a]}}",
            flags: ["--no-consistency"]),
        ComposeCase("no consistency: no image", "services: {a: {}}", flags: ["--no-consistency"]),
        ComposeCase("no normalization: name", "name: A_b.C\nservices: {a: {image: x}}", flags: ["--no-normalize"]),
        ComposeCase(
            "as written --no-interpolate",
            #"name: n\#nx-top: {a: "${A:-d}", b: 1}\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {context: ./ctx, args: [X, "Y=$Y"], ssh: [default]}\#n    command: echo $A b\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    labels: [l, "m=$M"]\#n    ports: ["${P:-80}:80", "81:81", "82"]\#n    volumes: ["./v:/v", "n:/n", "$V:/q", {type: bind, source: ./b, target: /b/}]\#n    mem_limit: 64m\#n    stop_grace_period: 1m\#n    cpus: "${C}"\#n    scale: ${N}\#n    privileged: "true"\#n    tty: true\#n    depends_on: [b]\#n    networks: [x]\#n    extra_hosts: {h: 1.1.1.1}\#n    healthcheck: {test: curl, interval: 1m}\#n    deploy: {resources: {limits: {memory: 1g, cpus: 0.5}}, replicas: 2}\#n    ulimits: {nofile: 5}\#n    tmpfs: /t\#n    dns: 1.1.1.1\#n    devices: ["/dev/a:/dev/b"]\#n    secrets: [s]\#n    configs: [c]\#n    logging: {driver: x, options: {a: 1}}\#n    profiles: [p]\#n    sysctls: {a: 1}\#n    x-s: 1\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z}\#nnetworks: {x: {driver: "$D"}, unused: }\#nvolumes: {n: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1"], environment: ["C": "1", "N": "2"], flags: ["--no-interpolate"]),
        ComposeCase(
            "as written --no-interpolate --no-normalize",
            #"name: n\#nx-top: {a: "${A:-d}", b: 1}\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {context: ./ctx, args: [X, "Y=$Y"], ssh: [default]}\#n    command: echo $A b\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    labels: [l, "m=$M"]\#n    ports: ["${P:-80}:80", "81:81", "82"]\#n    volumes: ["./v:/v", "n:/n", "$V:/q", {type: bind, source: ./b, target: /b/}]\#n    mem_limit: 64m\#n    stop_grace_period: 1m\#n    cpus: "${C}"\#n    scale: ${N}\#n    privileged: "true"\#n    tty: true\#n    depends_on: [b]\#n    networks: [x]\#n    extra_hosts: {h: 1.1.1.1}\#n    healthcheck: {test: curl, interval: 1m}\#n    deploy: {resources: {limits: {memory: 1g, cpus: 0.5}}, replicas: 2}\#n    ulimits: {nofile: 5}\#n    tmpfs: /t\#n    dns: 1.1.1.1\#n    devices: ["/dev/a:/dev/b"]\#n    secrets: [s]\#n    configs: [c]\#n    logging: {driver: x, options: {a: 1}}\#n    profiles: [p]\#n    sysctls: {a: 1}\#n    x-s: 1\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z}\#nnetworks: {x: {driver: "$D"}, unused: }\#nvolumes: {n: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1"], environment: ["C": "1", "N": "2"], flags: ["--no-interpolate", "--no-normalize"]),
        ComposeCase(
            "as written --no-interpolate --no-path-resolution",
            #"name: n\#nx-top: {a: "${A:-d}", b: 1}\#nservices:\#n  a:\#n    image: "img:${TAG:-1}"\#n    build: {context: ./ctx, args: [X, "Y=$Y"], ssh: [default]}\#n    command: echo $A b\#n    environment: [A, "B=$B", HOME]\#n    env_file: e.env\#n    labels: [l, "m=$M"]\#n    ports: ["${P:-80}:80", "81:81", "82"]\#n    volumes: ["./v:/v", "n:/n", "$V:/q", {type: bind, source: ./b, target: /b/}]\#n    mem_limit: 64m\#n    stop_grace_period: 1m\#n    cpus: "${C}"\#n    scale: ${N}\#n    privileged: "true"\#n    tty: true\#n    depends_on: [b]\#n    networks: [x]\#n    extra_hosts: {h: 1.1.1.1}\#n    healthcheck: {test: curl, interval: 1m}\#n    deploy: {resources: {limits: {memory: 1g, cpus: 0.5}}, replicas: 2}\#n    ulimits: {nofile: 5}\#n    tmpfs: /t\#n    dns: 1.1.1.1\#n    devices: ["/dev/a:/dev/b"]\#n    secrets: [s]\#n    configs: [c]\#n    logging: {driver: x, options: {a: 1}}\#n    profiles: [p]\#n    sysctls: {a: 1}\#n    x-s: 1\#n  b: {image: y, links: [c], network_mode: "service:c"}\#n  c: {image: z}\#nnetworks: {x: {driver: "$D"}, unused: }\#nvolumes: {n: , u: {external: true}}\#nsecrets: {s: {file: ./s}, s2: {environment: E}}\#nconfigs: {c: {content: "$A"}}\#n"#,
            files: ["e.env": "E=1"], environment: ["C": "1", "N": "2"],
            flags: ["--no-interpolate", "--no-path-resolution"]),
        ComposeCase(
            "as written: two files",
            #"services: {a: {image: "x$A", environment: [A=1, "B=$B"], labels: {l: 1}, ports: ["80:80"], volumes: ["./v:/v"], dns: 1.1.1.1, command: [a], logging: {driver: x, options: {a: b}}}}"#,
            files: [
                "two.yaml":
                    #"services: {a: {environment: {C: 3, A: $A}, labels: [m=2], ports: ["$P:81"], volumes: ["./w:/v"], dns: [2.2.2.2], command: [b], logging: {driver: y}, hostname: $H}}"#
            ], order: ["compose.yaml", "two.yaml"], flags: ["--no-interpolate"]),
        ComposeCase(
            "as written: include and extends",
            "include: [s/b.yaml]\nservices: {a: {extends: {file: s/c.yaml, service: c}, hostname: $H}}",
            files: [
                "s/b.yaml": #"services: {b: {image: "y$Y", volumes: ["./v:/v"], build: ./x}}"#,
                "s/c.yaml": #"services: {c: {image: "z${Z:-1}", env_file: e, environment: {A: $A}}}"#,
            ], flags: ["--no-interpolate"]),
        ComposeCase(
            "as written: reset", #"services: {a: {image: "x$A", ports: ["80:80"], environment: {A: 1, B: $B}}}"#,
            files: [
                "two.yaml": #"services: {a: {ports: !reset [], environment: {A: !reset null}, image: !override "$I"}}"#
            ], order: ["compose.yaml", "two.yaml"], flags: ["--no-interpolate"]),
        ComposeCase("as written: a name", #"name: "n-$X"\#nservices: {a: {image: x}}"#, flags: ["--no-interpolate"]),
        ComposeCase(
            "as written: no normalization and no name", "services: {a: {image: x}}",
            flags: ["--no-interpolate", "--no-normalize"]),
        ComposeCase(
            "as written: profiles", #"services: {a: {image: x}, b: {image: "$B", profiles: [p]}}\#nversion: "3""#,
            flags: ["--no-interpolate"]),
        ComposeCase("as written: bad variable", #"services: {a: {image: "${"}}"#, flags: ["--no-interpolate"]),
    ]

    static let furtherFlagsRejected: [ComposeCase] = [
        ComposeCase(
            "no consistency: short name",
            "services: {a: {container_name: q, image: x}, b: {image: y, container_name: q}}",
            flags: ["--no-consistency"]),
        ComposeCase(
            "no consistency: scale", "services: {a: {scale: 2, container_name: b}}", flags: ["--no-consistency"]),
        ComposeCase(
            "no consistency: empty secret", "services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {}}",
            flags: ["--no-consistency"]),
        ComposeCase("as written: unknown key", #"services: {a: {image: "$A", foo: 1}}"#, flags: ["--no-interpolate"]),
        ComposeCase("as written: an empty file", "", flags: ["--no-interpolate"]),
    ]
}
