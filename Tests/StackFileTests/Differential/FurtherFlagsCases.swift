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
            "nocons", "services: {a: {image: x, networks: [n], volumes: ['v:/v'], depends_on: [z]}}",
            flags: ["--no-consistency"]),
        ComposeCase(
            "nocons3", "services: {a: {image: x, depends_on: [b]}, b: {image: y, depends_on: [a]}}",
            flags: ["--no-consistency"]),
        ComposeCase("nocons5", "services: {a: {}}", flags: ["--no-consistency"]),
        ComposeCase("nonorm name", "name: A_b.C\nservices: {a: {image: x}}", flags: ["--no-normalize"]),
    ]

    static let furtherFlagsRejected: [ComposeCase] = [
        ComposeCase(
            "nocons2", "services: {a: {container_name: q, image: x}, b: {image: y, container_name: q}}",
            flags: ["--no-consistency"]),
        ComposeCase("nocons4", "services: {a: {scale: 2, container_name: b}}", flags: ["--no-consistency"]),
        ComposeCase(
            "nocons6", "services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {}}", flags: ["--no-consistency"]),
    ]
}
