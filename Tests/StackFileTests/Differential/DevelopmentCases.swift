extension ComposeCase {
    /// `develop`, hooks, providers and models.
    static let developCases: [ComposeCase] = [
        .service(
            "the earlier spelling of initial_sync",
            "develop: {watch: [{path: ., action: sync, target: /a, x-initialSync: true}, {path: ., action: sync, target: /b, initial_sync: false, x-initialSync: true}]}"
        ),
        .service(
            "watching",
            #"develop: {watch: [{path: ., action: rebuild}, {path: ./x, action: sync, target: /x, ignore: [node_modules/, "*.o"], include: src, initial_sync: true}, {path: y, action: restart}, {path: /abs, action: sync+restart, target: /z}]}"#
        ),
        .service(
            "watching with a command",
            #"develop: {watch: [{path: ./x, action: sync+exec, target: /x, exec: {command: a "b c", user: root, privileged: true, working_dir: /w, environment: [A=b, C]}}]}"#
        ),
        .service(
            "watching with a list as command",
            "develop: {watch: [{path: ./x, action: sync+exec, target: /x, exec: {command: [a, b], environment: {A: 1}, x-a: 1}}]}"
        ),
        .service("patterns as text", "develop: {x-a: 1, watch: [{path: ./x, action: rebuild, ignore: a, x-b: 1}]}"),
        .service("nothing to watch", "develop: {}"),
        .service("null", "develop:"),
        .service(
            "after the start",
            "post_start: [{command: ./do_something_on_startup.sh, user: root, privileged: true, environment: [FOO=BAR]}, {command: [a, b], working_dir: /w}]"
        ),
        .service("before the stop", "pre_stop: [{command: ./data_flush.sh}, {command: , environment: {A: , B: 2}}]"),
        .service(
            "hooks with everything",
            #"post_start: [{command: a, user: u, privileged: "true", working_dir: /w, environment: {A: 1}}]\#npre_stop: [{command: [b], user: v, privileged: false, working_dir: /x, environment: [B]}]\#npre_start: [{command: c, user: w, privileged: true, working_dir: /y}]"#
        ),
        .service("hooks with extensions", "post_start: [{command: a, x-b: 1}]"),
        .service(
            "before the start",
            "pre_start: [{command: ls, image: y}, {}, {command: [a], environment: {A: 1, TOKEN: }, per_replica: true}]",
            environment: ["TOKEN": "t"]),
        ComposeCase(
            "before the start with the service's settings",
            #"services: {a: {image: x, environment: {A: 1, B: 2}, hostname: h, extra_hosts: [a=1.1.1.1], dns: 1.1.1.1, labels: {l: 1}, privileged: true, user: u, working_dir: /w, volumes: ["data:/x"], cap_add: [A], pre_start: [{}, {command: ls, environment: {B: 3}, labels: [a=b], volumes: ["data:/x", "./q:/q"], pid: host, cap_add: [B], tmpfs: /x, cpus: 1, secrets: [s], entrypoint: a b, annotations: [a]}]}}\#nvolumes: {data: }\#nsecrets: {s: {environment: TOKEN}}"#,
            environment: ["TOKEN": "t"]),
        ComposeCase(
            "before the start on networks",
            "services: {a: {image: x, networks: [n, m], pre_start: [{command: ls}, {networks: {n: {aliases: [q]}}}]}}\nnetworks: {n: , m: }"
        ),
        ComposeCase(
            "before the start on the host", "services: {a: {image: x, network_mode: host, pre_start: [{command: ls}]}}"),
        ComposeCase(
            "before the start of a build",
            "services: {a: {build: ., pre_start: [{command: ls, devices: [/a], gpus: all, ulimits: {nofile: 1}}]}}"),
        ComposeCase(
            "a provider",
            "services: {a: {provider: {type: awesomecloud, options: {type: mysql, size: 256, b: [x, 2, true], c: true, d: 1.5}}}, b: {image: x, depends_on: [a]}}"
        ),
        ComposeCase("a provider alone", "services: {a: {provider: {type: x, x-a: 1}}}"),
        ComposeCase("a provider with an image and a build", "services: {a: {provider: {type: x}, image: y, build: .}}"),
        ComposeCase(
            "models as list",
            #"services: {a: {image: x, models: [m, n]}}\#nmodels: {m: {model: ai/model, context_size: 1024, runtime_flags: ["--a", "--a"], name: foo, x-a: 1}, n: {model: y}, unused: {model: z}}"#
        ),
        ComposeCase(
            "models as mapping",
            "services: {a: {image: x, models: {m: {endpoint_var: E, model_var: M, x-a: 1}, n: , o: {}}}}\nmodels: {m: {model: ai/x}, n: {model: b}, o: {model: c}}"
        ),
        ComposeCase(
            "jobs",
            #"services: {}\#njobs: {j: {image: y, command: ls, triggers: {manual: "yes", schedule: ["* * * * *", {cron: "1 * * * *", timezone: UTC, concurrency: forbid, missed_fires: one, x-a: 1}]}, ports: ["80"], environment: [TOKEN], build: ., secrets: [s]}, k: {image: z, profiles: [p], triggers: {schedule: []}}}\#nsecrets: {s: {file: x}}"#,
            environment: ["TOKEN": "t"]),
    ]
}
