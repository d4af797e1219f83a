extension ComposeCase {
    static let furtherExtends: [ComposeCase] = [
        ComposeCase(
            "extends reset",
            "services: {b: {image: x, hostname: h, ports: ['80:80'], environment: {A: 1, B: 2}}, a: {extends: b, ports: !reset null, environment: {A: !reset null}}}"
        ),
        ComposeCase(
            "extends override",
            "services: {b: {image: x, ports: ['80:80'], command: [a]}, a: {extends: b, ports: !override ['81:81']}}"),
        ComposeCase(
            "extends base reset", "services: {b: {image: x, ports: !reset ['80:80'], hostname: h}, a: {extends: b}}"),
        ComposeCase(
            "extends null base", "services: {a: {extends: {file: b.yaml, service: b}, image: x}}",
            files: ["b.yaml": "services: {b: }"],
            exception:
                "The service that is extended says nothing, so nothing is left to extend; Docker prints extends again."),
        ComposeCase("extends unknown key", "services: {b: {image: x}, a: {extends: {service: b, foo: 1}}}"),
        ComposeCase(
            "extends chain", "services: {a: {extends: {file: s/b.yaml, service: b}}}",
            files: [
                "s/b.yaml": #"services: {b: {extends: {file: t/c.yaml, service: c}, volumes: ["./x:/x"]}}"#,
                "s/t/c.yaml":
                    #"services: {c: {image: q, volumes: ["./y:/y"], env_file: ./e, build: {}, label_file: l, extends: d}, d: {hostname: h, volumes: ["./z:/z"]}}"#,
                "s/t/e": "A=1", "s/t/l": "ll=1",
            ]),
        ComposeCase(
            "extends invalid elsewhere", "services: {a: {extends: {file: b.yaml, service: b}}}",
            files: ["b.yaml": "services: {b: {image: x}, c: {foo: 1, ports: [x]}}\nfoo: 1"],
            exception: "Only the service that is extended matters; the faulty port stands in another one."),
        ComposeCase(
            "extends invalid elsewhere2", "services: {a: {extends: {file: b.yaml, service: b}}}",
            files: ["b.yaml": "services: {b: {image: x}, c: {foo: 1}}\nfoo: 1"]),
        ComposeCase(
            "extends with include in file", "services: {a: {extends: {file: b.yaml, service: b}}}",
            files: ["b.yaml": "include: [c.yaml]\nservices: {b: {image: x}}", "c.yaml": "services: {z: {image: q}}"]),
        ComposeCase(
            "extends dep",
            "services: {z: {image: z}, b: {image: x, depends_on: [z], volumes_from: [z], network_mode: 'service:z', links: [z]}, a: {extends: b, depends_on: {z: {condition: service_healthy}}}}"
        ),
        ComposeCase(
            "extends nets",
            "services: {b: {image: x, networks: {n: {aliases: [q]}}}, a: {extends: b, networks: [m]}}\nnetworks: {n: , m: }"
        ),
        ComposeCase(
            "extends self other", "services: {a: {extends: {file: b.yaml, service: a}, hostname: h}}",
            files: ["b.yaml": "services: {a: {image: x}}"]),
        ComposeCase("extends profiles", "services: {b: {image: x, profiles: [p]}, a: {extends: b}}", profiles: ["p"]),
        ComposeCase(
            "extends profile disabled",
            "services: {b: {image: x, profiles: [p]}, a: {extends: b, profiles: !reset null}}"),
        ComposeCase(
            "extends file interp", "services: {a: {extends: {file: '${F}', service: a}}}",
            files: ["b.yaml": #"services: {a: {image: "x$F"}}"#], environment: ["F": "b.yaml"]),
        ComposeCase(
            "extends multi doc file", "services: {a: {extends: {file: b.yaml, service: a}}}",
            files: ["b.yaml": "services: {a: {image: x}}\n---\nservices: {a: {hostname: h}}"]),
        ComposeCase("extends file same", "services: {a: {extends: {file: compose.yaml, service: b}}, b: {image: x}}"),
        ComposeCase(
            "extends scale",
            "services: {a: {extends: b, container_name: x1}, b: {image: x, container_name: x2, scale: 1}}"),
    ]

    static let furtherExtendsRejected: [ComposeCase] = [
        ComposeCase("extends null base same", "services: {a: {extends: b, image: x}, b: }"),
        ComposeCase("extends num", "services: {b: {image: x}, a: {image: y, extends: 5}}"),
        ComposeCase("extends null", "services: {b: {image: x}, a: {image: y, extends: }}"),
        ComposeCase("extends empty", "services: {b: {image: x}, a: {image: y, extends: {}}}"),
        ComposeCase("extends list", "services: {b: {image: x}, a: {image: y, extends: [b]}}"),
        ComposeCase(
            "extends missing in file", "services: {a: {extends: {file: s/b.yaml, service: b}}}",
            files: ["s/b.yaml": "services: {c: {image: x}}"]),
        ComposeCase(
            "extends no services", "services: {a: {extends: {file: s/b.yaml, service: b}}}",
            files: ["s/b.yaml": "networks: {c: }"]),
        ComposeCase("extends missing file", "services: {a: {extends: {file: s/b.yaml, service: b}}}"),
        ComposeCase("extends remote", "services: {a: {extends: {file: 'https://x.example/y.git', service: b}}}"),
        ComposeCase(
            "extends other file override", "services: {a: {image: x}}",
            files: ["two.yaml": "services: {a: {extends: b}}"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase("extends two docs", "services: {b: {image: x}}\n---\nservices: {a: {extends: b}}"),
        ComposeCase("extends self", "services: {a: {image: x, extends: a}}"),
        ComposeCase(
            "extends secrets missing", "services: {a: {extends: {file: b.yaml, service: a}}}",
            files: ["b.yaml": "services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {file: x}}"]),
    ]
}
