extension ComposeCase {
    static let processes: [ComposeCase] = [
        .service("command as text", #"command: sh -c 'echo "hi there"' x\ y"#),
        .service("command as list", #"command: [echo, "a b", ""]"#),
        .service("empty command resets the image's", "command: []\nentrypoint: []"),
        .service("entrypoint as text", #"entrypoint: /bin/sh -e "two words""#),
        .service("empty text", #"entrypoint: """#),
        .service("a shell operator ends the command", "command: echo a; echo b"),
        .service("substitutions stay", "command: echo $$(date x) `a b` x"),
        .service("nothing said", "deploy:\nlogging: {}\nrestart: \"\"\ndns: \"\"\nmem_limit: 0"),
        .service("user, directory, names", "user: \"1000:1000\"\nworking_dir: /srv\nhostname: h\ndomainname: d.e"),
        .service("container name", "container_name: my-box.1"),
        .service(
            "what only a start would refuse",
            "cap_add: [FLY, \"\"]\ncap_drop: [net_raw]\nstop_signal: NOPE\nuser: \"a b:c:d\"\nsysctls: {\"a b\": 1}\n"
                + "ulimits: {frobs: 3, nofile: {soft: 10, hard: 5}}"),
        ComposeCase("an image's name that is none", "services: {a: {image: \"UPPER:v1\"}, b: {image: \"::::\"}}"),
        .service("terminal", "tty: true\nstdin_open: true"),
        .service("switched off", "tty: false\nprivileged: false\nread_only: false\ninit: false"),
        .service("stop", "stop_signal: SIGUSR1\nstop_grace_period: 1m30s"),
        .service("no grace", "stop_grace_period: 0s"),
        .service("hours", "stop_grace_period: 1h\nhealthcheck: {interval: 1d, timeout: 1w, test: [CMD, x]}"),
        .service("small times", "healthcheck: {test: x, interval: 1.5s, timeout: 250ms, start_interval: 10us}"),
        .service("groups", "group_add: [adm, 12]"),
        .service("booleans of YAML 1.1", "privileged: yes\ntty: on\nread_only: \"true\"\ninit: n"),
        .service("pull policy", "pull_policy: if_not_present"),
        .service("runtime extension", "x-anything: {a: [1, 2.5, ~], b: text}"),
    ]

    static let environments: [ComposeCase] = [
        .service("variables as list", #"environment: [A=1, "B=x=y", C=, D]"#),
        .service(
            "variables as mapping", #"environment: {A: 1, B: "", C: , D: true, E: 1.50, F: 010, G: 0x1F, H: 1e3}"#),
        .service(
            "numbers as text", "environment: {A: 1_000, B: .5, C: 1e22, D: 0o17, E: 1234567.5, F: 0.00001, G: -0}"),
        .service("from the shell", "environment: [A, B]", environment: ["A": "outer"]),
        .service("words that look like booleans", "environment: {A: yes, B: on, C: NO, D: \"true\", E: ~x}"),
        .service(
            "an env file", "env_file: one.env", files: ["one.env": "A=1\nB='x $Y'\nC=\"a\\nb\"\n# c\n\nD=a # b\n"]),
        .service(
            "several env files",
            "env_file: [one.env, {path: two.env, required: false}, {path: none.env, required: false}]",
            files: ["one.env": "A=1\nB=1\n", "two.env": "export B=2\nC=${A}3\n"]),
        .service(
            "environment wins", "env_file: one.env\nenvironment: {A: own}", files: ["one.env": "A=1\nB=${X:-d}\n"]),
        .service(
            "raw env file", "env_file: [{path: one.env, format: raw}]", files: ["one.env": "A='1'\nB=$X # y\nC=\"z\"\n"]
        ),
        .service("env file with shell variables", "env_file: one.env", files: ["one.env": "A=$HOME/x\nB=${NO-d}\n"]),
        .service("a null over an env file", "env_file: one.env\nenvironment: {A: }", files: ["one.env": "A=1\n"]),
        .service("names alone in an env file", "env_file: one.env", files: ["one.env": "HOME\nNOPE\n"]),
        .service("labels as list", "labels: [a=b, c, \"d=e=f\"]"),
        .service("labels as mapping", "labels: {a: b, c: , d: 1, e: true}"),
        .service("sysctls", "sysctls: {net.core.somaxconn: 1024, net.ipv4.tcp_syncookies: \"0\"}"),
        .service("sysctls as list", "sysctls: [net.core.somaxconn=1024]"),
        .service("a dollar in a value", #"environment: {A: "a$$b"}"#),
        .service("several lines", "environment:\n  A: |\n    one\n    two\n  B: >-\n    folded\n    text"),
    ]

    static let portsAndNames: [ComposeCase] = [
        .service("short ports", #"ports: ["80", "8080:80", "127.0.0.1:8081:81", "53:53/udp", 90]"#),
        .service(
            "port ranges",
            #"ports: ["3000-3002", "9090-9091:8080-8081", "6000-6005:6000", "127.0.0.1:5000-5001:5000-5001/udp"]"#),
        .service("IPv6 ports", #"ports: ["[::1]:80:80", "[::]:81:81/tcp"]"#),
        .service("ephemeral ports", #"ports: ["127.0.0.1::80", "0:90"]"#),
        .service(
            "long ports",
            "ports: [{target: 80, published: 8080}, {target: \"81\", published: \"8081-8083\", protocol: udp, host_ip: 127.0.0.1, mode: host, name: web}]"
        ),
        .service("the same port twice", #"ports: ["8080:80", {target: 80, published: "8080"}]"#),
        .service("expose", #"expose: [80, "90/udp", "3000-3005"]"#),
        .service("hosts as list", #"extra_hosts: ["b:10.0.0.2", "a=10.0.0.1", "c=[::1]", "d:::2", "e=host-gateway"]"#),
        .service("hosts as mapping", "extra_hosts: {b: [10.0.0.2, 10.0.0.3], a: \"::1\"}"),
        .service("name servers", "dns: 1.1.1.1\ndns_search: [a.b, c.d]\ndns_opt: [ndots:2]"),
    ]

    static let limits: [ComposeCase] = [
        .service("sizes", "mem_limit: 64m\nmemswap_limit: 1gb\nmem_reservation: 1k\nshm_size: 2MiB"),
        .service("sizes with fractions and blanks", #"mem_limit: "1.5 GB""# + "\nshm_size: 1048576"),
        .service("no swap limit", "memswap_limit: -1"),
        .service("cpus", "cpus: 0.5\ncpu_shares: 512\ncpuset: 0-1\npids_limit: 100"),
        .service("cpus as text", #"cpus: "1.5""#),
        .service(
            "deploy limits",
            "deploy: {resources: {limits: {cpus: \"0.25\", memory: 50M, pids: 20}, reservations: {memory: 20M}}}"),
        .service("replicas", "deploy: {replicas: 3, mode: replicated}"),
        .service("no replicas", "deploy: {replicas: 0}"),
        .service("scale", "scale: 2"),
        .service(
            "restart policy",
            "deploy: {restart_policy: {condition: on-failure, max_attempts: 3, delay: 5s, window: 1m}}"),
        .service("an empty deploy", "deploy: {}"),
        .service("restart", "restart: on-failure:5"),
        .service("restart never", "restart: \"no\""),
        .service("ulimits", "ulimits: {nproc: 65535, nofile: {soft: 20000, hard: 40000}, core: \"1\"}"),
        .service("capabilities", "cap_add: [NET_ADMIN, SYS_TIME]\ncap_drop: [ALL]"),
        .service(
            "security",
            "privileged: true\nread_only: true\nsecurity_opt: [\"no-new-privileges:true\", seccomp=unconfined]\ninit: true"
        ),
        .service("out of memory score", "oom_score_adj: -500"),
        .service("logging", "logging: {driver: json-file, options: {max-size: 10m, max-file: 3, compress: \"true\"}}"),
        .service("no logging", "logging: {driver: none}"),
    ]

    static let health: [ComposeCase] = [
        .service(
            "a test as text", "healthcheck: {test: curl -f http://localhost, interval: 30s, timeout: 10s, retries: 3}"),
        .service("a test as list", #"healthcheck: {test: [CMD, curl, -f], start_period: 40s, start_interval: 5s}"#),
        .service("a shell test", #"healthcheck: {test: ["CMD-SHELL", "a | b"]}"#),
        .service("no test", #"healthcheck: {test: [NONE]}"#),
        .service("disabled", "healthcheck: {disable: true}"),
        .service("retries as text", "healthcheck: {test: x, retries: \"5\"}"),
    ]
}
