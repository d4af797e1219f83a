extension ComposeCase {
    /// Volumes, secrets and configs.
    static let storageCases: [ComposeCase] = [
        ComposeCase(
            "empty names",
            #"""
            services: {a: {image: x, volumes: ["v:/v", "w:/w"], networks: [n, m], secrets: [s], configs: [c]}}
            volumes: {v: {external: true, name: "${NONE}"}, w: {name: ""}}
            networks: {n: {external: true, name: "${NONE}"}, m: {name: ""}}
            secrets: {s: {external: true, name: ""}}
            configs: {c: {file: f, name: ""}}
            """#),
        .service(
            "paths as they are written",
            #"volumes: ["/a/../b/:/c/", "~/:/d", "~x:/q", "./:/e", ".:/f", "../project/./x:/g/../h"]"#),
        .service(
            "bind options",
            #"volumes: ["./a:/a:ro,z", "./b:/b:rshared", "./c:/c:Z,rslave,rw", "./d:/d:ro,rw", "./e:/e:private,unknown", "./f:/f:nocopy"]"#
        ),
        .service("Windows paths", #"volumes: ['C:\a:/b', "c:/d", "/"]"#),
        ComposeCase(
            "options of named volumes",
            #"services: {a: {image: x, volumes: ["data:/x:z,nocopy,foo", "data:/y:ro", "more:/z/:rw"]}}\#nvolumes: {data: , more: {}}"#
        ),
        ComposeCase("names of one letter", #"services: {a: {image: x, volumes: ["v:/v"]}}\#nvolumes: {v: }"#),
        .service("a relative target", #"volumes: [abc, "data", "./x:y"]"#),
        .service(
            "all kinds of mounts",
            #"volumes: [{type: image, source: img, target: /i, image: {subpath: s}}, {type: npipe, source: a, target: /b}, {type: cluster, source: c, target: /c}, {type: bind, source: ./x, target: /y/../z/, consistency: cached, bind: {recursive: enabled, selinux: z, propagation: foo}}, {type: volume, target: /q, volume: {labels: [a=b], subpath: s, nocopy: "true"}}, {type: tmpfs, target: /t, tmpfs: {size: 1m, mode: 01777}}]"#
        ),
        .service(
            "empty details",
            "volumes: [{type: image, source: img, target: /i, image: {}}, {type: volume, target: /q, volume: {}}, {type: tmpfs, target: /t, tmpfs: {}}, {type: bind, source: /x, target: /x, bind: {}}]"
        ),
        .service(
            "zeros in mounts",
            #"volumes: [{type: tmpfs, target: /a, source: q, read_only: false, tmpfs: {size: 0, mode: 0}}, {type: volume, target: /b, volume: {nocopy: false, subpath: "", labels: {}}}]"#
        ),
        .service(
            "making the host's path",
            #"volumes: [{type: bind, source: /x, target: /x, bind: {create_host_path: false}}, {type: bind, source: /y, target: /y, bind: {create_host_path: "true"}}]"#
        ),
        .service("extensions in mounts", "volumes: [{type: bind, source: /x, target: /x, x-a: 1, bind: {x-b: 1}}]"),
        .service("mounts at one place", #"volumes: ["./a:/x", "./b:/x", {type: bind, source: ./c, target: /x}]"#),
        ComposeCase(
            "volumes with everything",
            #"services: {a: {image: x, volumes: ["data:/x", "more:/y", "nfs:/z"]}}\#nvolumes: {data: {driver: local, driver_opts: {type: none, o: bind, device: ./here}, labels: {a: b}, name: given, x-a: 1}, more: {driver: foo, driver_opts: {n: 1, f: 2.5, device: ./there, o: bind}}, nfs: {driver: local, driver_opts: {type: nfs, o: "addr=1.1.1.1,rw", device: ":/x"}}}"#
        ),
        ComposeCase(
            "external volumes",
            #"services: {a: {image: x, volumes: ["data:/x", "more:/y", "none:/z"]}}\#nvolumes: {data: {external: true, name: n}, more: {external: {name: m}}, none: {external: "no"}}"#
        ),
        ComposeCase(
            "external secrets and configs",
            "services: {a: {image: x, secrets: [s, t], configs: [c]}}\nsecrets: {s: {external: true, name: foo}, t: {external: {name: bar}}}\nconfigs: {c: {external: true}}"
        ),
        ComposeCase(
            "an external config with a file",
            "services: {a: {image: x, configs: [c]}}\nconfigs: {c: {external: true, file: ./x}}"),
        ComposeCase(
            "variables that aren't set",
            "services: {a: {image: x, secrets: [s], configs: [c]}}\nsecrets: {s: {environment: NOPE}}\nconfigs: {c: {environment: NOPE}}"
        ),
        ComposeCase(
            "everything of a secret",
            "services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {file: ./x, name: given, labels: {a: 1}, driver: d, driver_opts: {a: 1, b: c}, template_driver: g, x-a: 1}}"
        ),
        ComposeCase(
            "everything of a config",
            #"services: {a: {image: x, configs: [c]}}\#nconfigs: {c: {content: "a $$b", name: given, labels: [a=1], template_driver: g, x-a: 1}}"#
        ),
        ComposeCase("an empty content", #"services: {a: {image: x, configs: [c]}}\#nconfigs: {c: {content: ""}}"#),
        ComposeCase(
            "configs from the environment",
            "services: {a: {image: x, configs: [c]}}\nconfigs: {c: {environment: TOKEN}}", environment: ["TOKEN": "t"]),
        ComposeCase(
            "modes and groups of configs",
            #"services: {a: {image: x, configs: [{source: c, gid: "5", mode: 0440}]}}\#nconfigs: {c: {external: {name: real}}}"#
        ),
        ComposeCase(
            "modes of grants",
            #"services: {a: {image: x, secrets: [{source: s, mode: 0o17777, target: rel}, {source: s, mode: "77", target: b}, {source: s, mode: 256, target: c, uid: me, gid: us, x-a: 1}], configs: [{source: c, uid: "1"}]}}\#nsecrets: {s: {file: ~/x}}\#nconfigs: {c: {file: /a//b}}"#
        ),
        ComposeCase(
            "grants of one target",
            "services: {a: {image: x, secrets: [s, {source: s, target: /run/secrets/s}, s], configs: [c, c]}}\nsecrets: {s: {file: x}}\nconfigs: {c: {file: y}}"
        ),
    ]
}
