extension ComposeCase {
    static let volumes: [ComposeCase] = [
        .service("binds", #"volumes: ["./src:/src", "/etc:/host/etc:ro", "../up:/up:rw", "~/x:/x", "~:/home"]"#),
        .service("bind options", #"volumes: ["./a:/a:ro,z", "./b:/b:rshared", "./c:/c:Z,rslave"]"#),
        .service("anonymous", "volumes: [/data, /more]"),
        ComposeCase(
            "named",
            "services: {a: {image: x, volumes: [\"data:/data\", \"data:/ro:ro\", \"more:/m:nocopy\"]}}\nvolumes: {data: , more: {}}"
        ),
        ComposeCase(
            "long",
            """
            services:
              a:
                image: x
                volumes:
                  - {type: volume, source: data, target: /data, volume: {nocopy: true, subpath: in}}
                  - {type: bind, source: ./b, target: /b, read_only: true, bind: {propagation: rslave, create_host_path: false}}
                  - {type: bind, source: ./c, target: /c, bind: {create_host_path: true}}
                  - {type: bind, source: ./d, target: /d}
                  - {type: bind, source: ./d2, target: /d2, bind: {}}
                  - {type: bind, source: ./d3, target: /d3, bind: {propagation: rslave}}
                  - {type: tmpfs, target: /t, tmpfs: {size: 64m, mode: 0700}}
                  - {type: tmpfs, target: /u}
                  - {type: volume, target: /anonymous}
            volumes:
              data:
            """),
        ComposeCase(
            "definitions",
            """
            services: {a: {image: x, volumes: ["one:/1", "two:/2", "three:/3", "four:/4"]}}
            volumes:
              one: {name: given, labels: [a=b], driver: local, driver_opts: {type: nfs, n: 3}}
              two: {external: true}
              three: {external: true, name: elsewhere}
              four: {external: {name: old}}
              unused: {}
            """),
        .service("tmpfs", "tmpfs: /run"),
        .service("several tmpfs", "tmpfs: [/run, \"/tmp:size=64m,mode=1770\"]"),
    ]

    static let networks: [ComposeCase] = [
        ComposeCase("the default network", "services: {a: {image: x}}"),
        ComposeCase(
            "a default network with a driver",
            "services: {a: {image: x}}\nnetworks: {default: {driver: bridge, name: own}}"),
        ComposeCase("as list", "services: {a: {image: x, networks: [n, m]}}\nnetworks: {n: , m: {}}"),
        ComposeCase(
            "attachments",
            """
            services:
              a:
                image: x
                networks:
                  n: {aliases: [one, two], ipv4_address: 10.5.0.10, priority: 100, mac_address: "02:42:ac:11:00:02"}
                  m:
                  o: {}
            networks:
              n: {ipam: {driver: default, config: [{subnet: 10.5.0.0/16, ip_range: 10.5.1.0/24, gateway: 10.5.0.1}]}}
              m: {internal: true, labels: {a: 1}, driver_opts: {com.docker.network.bridge.name: br9, x: 1}}
              o: {external: true}
              unused: {}
            """),
        ComposeCase(
            "external", "services: {a: {image: x, networks: [n]}}\nnetworks: {n: {external: true, name: real}}"),
        ComposeCase(
            "attachable",
            "services: {a: {image: x, networks: [n]}}\nnetworks: {n: {attachable: true, enable_ipv6: false, enable_ipv4: true}}"
        ),
        .service("host mode", "network_mode: host"),
        .service("no network", "network_mode: none"),
        ComposeCase("another's network", "services: {a: {image: x, network_mode: \"service:b\"}, b: {image: y}}"),
        ComposeCase(
            "another's network, waited for",
            "services: {a: {image: x, network_mode: \"service:b\", depends_on: {b: {condition: service_healthy}}}, b: {image: y}}"
        ),
        .service("a container's network", "network_mode: \"container:other\""),
        .service("no networks at all", "networks: {}"),
    ]

    static let files: [ComposeCase] = [
        ComposeCase(
            "secrets",
            """
            services:
              a:
                image: x
                secrets: [one, {source: two, target: renamed, uid: "103", gid: "103", mode: 0440}, {source: one, target: /etc/one, mode: "0400"}]
            secrets:
              one: {file: ./one.txt}
              two: {environment: TOKEN}
              unused: {file: ./none}
            """, files: ["one.txt": "1"], environment: ["TOKEN": "t"]),
        ComposeCase(
            "configs",
            """
            services:
              a: {image: x, configs: [one, {source: two, target: /etc/two, mode: 0444}, three]}
            configs:
              one: {file: ./one.txt}
              two: {content: "a=$$b ${X:-y}\\n"}
              three: {environment: TOKEN, name: given, labels: {a: b}}
            """, files: ["one.txt": "1"], environment: ["TOKEN": "t"]),
    ]

    static let dependencies: [ComposeCase] = [
        ComposeCase("as list", "services: {a: {image: x, depends_on: [b, c]}, b: {image: y}, c: {image: z}}"),
        ComposeCase(
            "conditions",
            """
            services:
              a:
                image: x
                depends_on:
                  b: {condition: service_healthy, restart: true}
                  c: {condition: service_completed_successfully, required: false}
                  d: {condition: service_started}
              b: {image: y, healthcheck: {test: x}}
              c: {image: z}
              d: {image: z}
            """),
        ComposeCase(
            "an optional one that is disabled",
            "services: {a: {image: x, depends_on: {b: {condition: service_started, required: false}}}, b: {image: y, profiles: [p]}}"
        ),
        ComposeCase("profiles off", "services: {a: {image: x}, b: {image: y, profiles: [dev]}}"),
        ComposeCase(
            "profiles on", "services: {a: {image: x}, b: {image: y, profiles: [dev, test]}}", profiles: ["dev"]),
        ComposeCase(
            "profiles from the environment",
            "services: {a: {image: x}, b: {image: y, profiles: [dev]}, c: {image: z, profiles: [t]}}",
            environment: ["COMPOSE_PROFILES": "dev,t"]),
        ComposeCase(
            "profiles of the command line alone",
            "services: {a: {image: x}, b: {image: y, profiles: [dev]}, c: {image: z, profiles: [t]}}",
            environment: ["COMPOSE_PROFILES": "dev"], profiles: ["t"]),
        ComposeCase("an empty profile", "services: {a: {image: x, profiles: [\"\"]}, b: {image: y, profiles: [p]}}"),
        ComposeCase("all profiles", "services: {b: {image: y, profiles: [dev]}}", profiles: ["*"]),
    ]
}
