extension ComposeCase {
    /// `build`.
    static let buildCases: [ComposeCase] = [
        ComposeCase("an empty Dockerfile", #"services: {a: {build: {context: ., dockerfile: "${NONE}"}}}"#),
        ComposeCase("a context", "services: {a: {build: .}}"),
        ComposeCase("a context elsewhere", "services: {a: {build: ./dir/../other/}}"),
        ComposeCase("an absolute context", "services: {a: {build: /dir/../other/}}"),
        ComposeCase("a context at home", "services: {a: {build: ~/x}}"),
        ComposeCase("an URL", #"services: {a: {build: "https://github.com/a/b.git#main:dir"}}"#),
        ComposeCase(
            "a repository",
            #"services: {a: {build: "git@github.com:a/b.git"}, b: {build: "github.com/a/b"}, c: {build: "ssh://x"}}"#),
        ComposeCase("an empty build", "services: {a: {build: {}}}"),
        ComposeCase("a Dockerfile", "services: {a: {build: {context: d, dockerfile: ../D, target: t}}}"),
        ComposeCase(
            "an inline Dockerfile",
            "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM x\n        RUN $$y\n"),
        ComposeCase(
            "arguments as mapping", "services: {a: {build: {args: {A: 1, B: , TOKEN: , NOPE: , C: true, D: 1.5}}}}",
            environment: ["TOKEN": "t"]),
        ComposeCase(
            "arguments as list", #"services: {a: {build: {args: [A, TOKEN, "B=1", "C="]}}}"#,
            environment: ["TOKEN": "t"]),
        ComposeCase(
            "contexts as mapping",
            #"services: {a: {build: {additional_contexts: {a: ./x, b: "docker-image://y", c: "service:b", d: "https://x", e: "oci-layout://z", f: /abs/../p}}}, b: {build: .}}"#
        ),
        ComposeCase(
            "contexts as list", #"services: {a: {build: {additional_contexts: [a=., "b=docker-image://y:z"]}}}"#),
        ComposeCase(
            "caches",
            #"services: {a: {build: {cache_from: [alpine:latest, "type=local,src=path/to/cache"], cache_to: [user/app:cache, "type=inline"]}}}"#
        ),
        ComposeCase("caches named twice", "services: {a: {build: {cache_from: [x, x], cache_to: [y, y]}}}"),
        ComposeCase(
            "no cache",
            #"services: {a: {build: {no_cache: true, pull: "yes", privileged: true, no_cache_filter: stage}}}"#),
        ComposeCase("no cache for some stages", "services: {a: {build: {no_cache_filter: [one, two]}}}"),
        ComposeCase("an agent", "services: {a: {build: {ssh: [default]}}}"),
        ComposeCase("an agent as mapping", "services: {a: {build: {ssh: {default: }}}}"),
        ComposeCase(
            "secrets",
            #"services: {a: {build: {secrets: [s, {source: s, target: t, uid: "103", gid: "103", mode: 0440}]}}}\#nsecrets: {s: {environment: TOKEN}, unused: {file: x}}"#,
            environment: ["TOKEN": "t"]),
        ComposeCase(
            "labels and tags",
            #"services: {a: {build: {labels: [a=b, c], tags: ["myimage:mytag", "registry/username/myrepos:my-other-tag", "myimage:mytag"]}}}"#
        ),
        ComposeCase("labels as mapping", "services: {a: {build: {labels: {a: b, c: , d: 1}}}}"),
        ComposeCase(
            "platforms", "services: {a: {platform: linux/amd64, build: {platforms: [linux/amd64, linux/arm64]}}}"),
        ComposeCase(
            "sizes and limits",
            "services: {a: {build: {shm_size: 2gb, ulimits: {nproc: 65535, nofile: {soft: 20000, hard: 40000}}}}}"),
        ComposeCase("a size as a number", "services: {a: {build: {shm_size: 10000000}}}"),
        ComposeCase(
            "hosts",
            #"services: {a: {build: {extra_hosts: ["somehost:162.242.195.82", "myhostv6=[::1]"], network: host, isolation: default}}}"#
        ),
        ComposeCase("hosts as mapping", "services: {a: {build: {extra_hosts: {b: 1.1.1.2, a: [1.1.1.1]}}}}"),
        ComposeCase(
            "attestations",
            "services: {a: {build: {provenance: true, sbom: false, entitlements: [network.host, security.insecure]}}}"),
        ComposeCase(
            "attestations with details", #"services: {a: {build: {provenance: "mode=max", sbom: "generator=x"}}}"#),
        ComposeCase("with an image", "services: {a: {image: x, build: {context: ., x-a: 1}}}"),
        ComposeCase("with a pull policy", "services: {a: {image: x, pull_policy: build, build: .}}"),
    ]
}
