extension ComposeCase {
    static let furtherInclude: [ComposeCase] = [
        ComposeCase(
            "conflict same", "include: [b.yaml]\nservices: {a: {image: x}}",
            files: ["b.yaml": "services: {a: {image: y, hostname: h}}"]),
        ComposeCase(
            "two includes", "include: [b.yaml, c.yaml]\nservices: {z: {image: x}}",
            files: [
                "b.yaml": "services: {a: {image: y, hostname: h}}",
                "c.yaml": "services: {a: {image: z, domainname: d}}",
            ]),
        ComposeCase(
            "two includes identical", "include: [b.yaml, c.yaml]\nservices: {z: {image: x}}",
            files: [
                "b.yaml": "include: [d.yaml]\nservices: {b: {image: y}}",
                "c.yaml": "include: [d.yaml]\nservices: {c: {image: z}}",
                "d.yaml": #"services: {d: {image: d, ports: ["80:80"]}}"#,
            ]),
        ComposeCase(
            "dir", "include: [sub/b.yaml]",
            files: [
                "sub/b.yaml":
                    #"services: {a: {image: "$I", volumes: ["./v:/v", "~/x:/y"], env_file: e.env, build: {dockerfile: D}, environment: [I, J], label_file: l}}\#nvolumes: {v: {driver: local, driver_opts: {o: bind, device: ./dev}}}\#nsecrets: {s: {file: ./s}}\#nconfigs: {c: {environment: I}}\#nname: foo\#nx-foo: 1"#,
                "sub/.env": "I=inner\nJ=j", "sub/e.env": "E=$I-$J", "sub/l": "a=1",
            ], exception: "Docker puts the included file's configs in twice and then refuses its own work."),
        ComposeCase(
            "dir list env", "include: [sub/b.yaml]",
            files: [
                "sub/b.yaml":
                    "services: {a: {image: x, environment: {I: }, configs: [c], secrets: [s]}}\nconfigs: {c: {environment: I}}\nsecrets: {s: {environment: I}}",
                "sub/.env": "I=inner\nJ=j",
            ], exception: "Docker puts the included file's configs in twice and then refuses its own work."),
        ComposeCase(
            "long", "include: [{path: [sub/b.yaml, o/c.yaml], env_file: [e1, sub/e2], project_directory: pd}]",
            files: [
                "sub/b.yaml": #"services: {a: {image: "$I$J", volumes: ["./v:/v"]}}"#,
                "o/c.yaml": #"services: {a: {hostname: h, volumes: ["./w:/w"]}}"#, "e1": "I=1", "sub/e2": "J=2\nI=2",
                "pd/x": "", "sub/.env": "I=no",
            ]),
        ComposeCase(
            "pd missing", "include: [{path: sub/b.yaml, project_directory: q/r}]",
            files: ["sub/b.yaml": #"services: {a: {image: "x", volumes: ["./v:/v"]}}"#]),
        ComposeCase(
            "pd abs", "include: [{path: sub/b.yaml, project_directory: /q/r}]",
            files: ["sub/b.yaml": #"services: {a: {image: "x", volumes: ["./v:/v"]}}"#]),
        ComposeCase(
            "env str", "include: [{path: sub/b.yaml, env_file: e1}]",
            files: ["sub/b.yaml": #"services: {a: {image: "$I"}}"#, "e1": "I=1"]),
        ComposeCase(
            "env devnull", "include: [{path: sub/b.yaml, env_file: /dev/null}]",
            files: ["sub/b.yaml": #"services: {a: {image: "x$I"}}"#, "sub/.env": "I=1"]),
        ComposeCase("null", "include:\nservices: {a: {image: x}}\n"),
        ComposeCase("empty", "include: []\nservices: {a: {image: x}}\n"),
        ComposeCase("unknown", "include: [{path: b.yaml, foo: 1}]", files: ["b.yaml": "services: {a: {image: x}}\n"]),
        ComposeCase(
            "nopath", "include: [{env_file: b.yaml}]\nservices: {a: {image: x}}\n",
            files: ["b.yaml": "services: {a: {image: x}}\n"]),
        ComposeCase(
            "interp", #"include: ["${F}.yaml"]"#, files: ["b.yaml": "services: {a: {image: x}}\n"],
            environment: ["F": "b"]),
        ComposeCase(
            "nested", "include: [s/b.yaml]",
            files: [
                "s/b.yaml": "include: [t/c.yaml]\n",
                "s/t/c.yaml": #"services: {a: {image: x, volumes: ["./v:/v","../w:/w"]}}"#,
            ]),
        ComposeCase(
            "nested, without path resolution",
            #"include: [s/b.yaml]\#nservices: {b: {image: x, volumes: ["./v:/v"], env_file: ./e}}"#,
            files: [
                "s/b.yaml": "include: [t/c.yaml]\n",
                "s/t/c.yaml": #"services: {a: {image: x, volumes: ["./v:/v","../w:/w"], env_file: ./e}}"#,
                "s/t/e": "A=1", "e": "",
            ], flags: ["--no-path-resolution"]),
        ComposeCase(
            "extends included", "include: [b.yaml]\nservices: {a: {extends: b, hostname: h}}",
            files: ["b.yaml": #"services: {b: {image: y, ports: ["80:80"]}}"#]),
        ComposeCase(
            "included profile", "include: [b.yaml]\nservices: {a: {image: x}}",
            files: ["b.yaml": "services: {b: {image: y, profiles: [p]}}\nnetworks: {n: }\nvolumes: {v: }"]),
        ComposeCase(
            "override file", "include: [b.yaml]\nservices: {a: {image: x, depends_on: [b]}}",
            files: [
                "b.yaml": #"services: {b: {image: y, ports: ["80:80"]}}"#,
                "compose.override.yaml": #"services: {b: {hostname: q, ports: !override ["81:81"]}}"#,
            ]),
        ComposeCase(
            "reset included", "include: [b.yaml]\nservices: {b: {ports: !reset [], environment: {A: !reset null}}}",
            files: ["b.yaml": #"services: {b: {image: y, ports: ["80:80"], environment: {A: 1, B: 2}}}"#]),
        ComposeCase(
            "in override", "services: {a: {image: x}}\n",
            files: ["compose.override.yaml": "include: [b.yaml]", "b.yaml": "services: {b: {image: y}}"]),
        ComposeCase(
            "undefined net in include", "include: [b.yaml]\nnetworks: {n: }",
            files: ["b.yaml": "services: {b: {image: y, networks: [n]}}"]),
        ComposeCase("empty included", "include: [b.yaml]\nservices: {a: {image: x}}\n", files: ["b.yaml": ""]),
        ComposeCase(
            "override depth", "include: [{path: [b.yaml, c.yaml]}]\nservices: {a: {image: x}}\n",
            files: [
                "b.yaml": "services: {b: {image: y, command: [a]}}", "c.yaml": "services: {b: {command: !reset null}}",
            ]),
        ComposeCase("build ctx", "include: [s/b.yaml]\n", files: ["s/b.yaml": "services: {b: {build: {}}}\n"]),
        ComposeCase(
            "disabled .env", "include: [s/b.yaml]\n",
            files: ["s/b.yaml": #"services: {b: {image: "x$A"}}\#n"#, "s/.env": "A=1"],
            environment: ["COMPOSE_DISABLE_ENV_FILE": "1"]),
        ComposeCase(
            "same file two dirs",
            "include: [{path: s/b.yaml, project_directory: d1},{path: s/b.yaml, project_directory: d2}]\n",
            files: ["s/b.yaml": #"services: {b: {image: "x", volumes: ["./q:/q"]}}\#n"#, "d1/.env": "", "d2/.env": ""]),
    ]

    static let furtherIncludeRejected: [ComposeCase] = [
        ComposeCase(
            "env missing", "include: [{path: sub/b.yaml, env_file: e1}]",
            files: ["sub/b.yaml": #"services: {a: {image: "$I"}}"#]),
        ComposeCase("string", "include: b.yaml", files: ["b.yaml": "services: {a: {image: x}}\n"]),
        ComposeCase("map", "include: {path: b.yaml}", files: ["b.yaml": "services: {a: {image: x}}\n"]),
        ComposeCase(
            "num", "include: [5]\nservices: {a: {image: x}}\n", files: ["b.yaml": "services: {a: {image: x}}\n"]),
        ComposeCase("missing", "include: [n.yaml]\nservices: {a: {image: x}}\n"),
        ComposeCase(
            "isdir", "include: [sub]\nservices: {a: {image: x}}\n",
            files: ["sub/compose.yaml": "services: {a: {image: x}}\n"]),
        ComposeCase("loop", "include: [b.yaml]", files: ["b.yaml": "include: [compose.yaml]"]),
        ComposeCase("self", "include: [compose.yaml]\nservices: {a: {image: x}}\n"),
        ComposeCase(
            "loop3", "include: [b.yaml]",
            files: ["b.yaml": "include: [c.yaml]", "c.yaml": "include: [b.yaml]\nservices: {a: {image: x}}\n"]),
        ComposeCase("remote", #"include: ["https://github.com/x/y.git"]\#nservices: {a: {image: x}}\#n"#),
        ComposeCase("invalid included", "include: [b.yaml]\n", files: ["b.yaml": "services: {b: {image: y, foo: 1}}"]),
        ComposeCase("nulldoc included", "include: [b.yaml]\nservices: {a: {image: x}}\n", files: ["b.yaml": "~"]),
        ComposeCase("disabled bad", "services: {a: {image: x}}\n", environment: ["COMPOSE_DISABLE_ENV_FILE": "maybe"]),
    ]
}
