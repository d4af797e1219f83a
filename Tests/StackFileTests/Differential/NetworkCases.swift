extension ComposeCase {
    /// Networks, ports and dependencies.
    static let networkCases: [ComposeCase] = [
        .service("an empty network mode", #"network_mode: """#),
        ComposeCase(
            "everything of an attachment",
            #"services: {a: {image: x, networks: {n: {x-a: 1, driver_opts: {a: 1, b: 2.5}, priority: 1.7, gw_priority: 3, link_local_ips: [57.123.22.11, 57.123.22.13], interface_name: eth5, ipv6_address: "2001:3984:3989::10", ipv4_address: 172.16.238.10, aliases: [a, a=1], mac_address: "02:42:ac:11:00:02"}}}}\#nnetworks: {n: }"#
        ),
        ComposeCase(
            "addresses that aren't any",
            "services: {a: {image: x, networks: {n: {ipv6_address: zz, ipv4_address: abc, mac_address: q}}}}\nnetworks: {n: }"
        ),
        ComposeCase(
            "everything of a network",
            #"services: {a: {image: x, networks: [n]}}\#nnetworks: {n: {x-b: 2, name: given, ipam: {x-c: 1, driver: foo, options: {a: b}, config: [{subnet: 172.28.0.0/16, gateway: 172.28.5.254, ip_range: 172.28.5.0/24, aux_addresses: {h: 1.2.3.4}, x-d: 1}, {subnet: "2001:db8::/64"}]}, driver: overlay, driver_opts: {a: 1, b: c}, attachable: true, enable_ipv4: false, enable_ipv6: true, internal: true, labels: [a=b, c]}}"#
        ),
        ComposeCase(
            "flags as text",
            #"services: {a: {image: x, networks: [n]}}\#nnetworks: {n: {attachable: "true", enable_ipv4: "true", enable_ipv6: "no", internal: "off"}}"#
        ),
        ComposeCase(
            "subnets that aren't any",
            "services: {a: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {config: [{subnet: abc, gateway: g, ip_range: r}]}}}"
        ),
        ComposeCase(
            "an external network with a driver",
            "services: {a: {image: x, networks: [n]}}\nnetworks: {n: {external: true, driver: x}}"),
        ComposeCase(
            "the old form of external",
            "services: {a: {image: x, networks: [n, m, o]}}\nnetworks: {n: {external: {name: foo}}, m: {external: {}}, o: {external: {name: foo}, name: foo}}"
        ),
        ComposeCase(
            "external as text",
            #"services: {a: {image: x, networks: [n, m]}}\#nnetworks: {n: {external: "true"}, m: {external: "false"}}"#),
        ComposeCase("a null network", "services: {a: {image: x, networks: {n: , m: {}}}}\nnetworks: {n: , m: {}}"),
        ComposeCase(
            "a service on no network", "services: {a: {image: x, networks: []}, b: {image: y, network_mode: none}}"),
        ComposeCase(
            "only other networks", "services: {a: {image: x, networks: [n]}}\nnetworks: {n: , default: {driver: foo}}"),
        .service("a range of ports across tens", #"ports: ["8-11:8-11"]"#),
        .service("ports with protocols", #"ports: ["[::1]::90/UDP", "80/sctp", "::1:90:90", "1.2.3.4:80-82:80-82"]"#),
        .service("long ports out of range", "ports: [{target: 70000, published: 99999, protocol: xyz}]"),
        .service(
            "everything of a long port",
            #"ports: [{target: "80", published: 8080, host_ip: "::1", mode: host, protocol: tcp, name: web, app_protocol: http, x-a: 1}]"#
        ),
        .service("a long port without the host's", #"ports: [{target: 80}, {target: 80, published: ""}]"#),
        .service("ports named twice", #"ports: [80, "80", "8080:80", "8080:80/tcp", "0.0.0.0:8080:80"]"#),
        ComposeCase(
            "name spaces of other services",
            #"services: {a: {image: x, ipc: "service:b", pid: "service:c", uts: "service:b"}, b: {image: y}, c: {image: z}}"#
        ),
        ComposeCase(
            "links and volumes of other services",
            #"services: {a: {image: x, links: ["b:alias", c], volumes_from: [b, "d:ro"]}, b: {image: y}, c: {image: z}, d: {image: z}}"#
        ),
        ComposeCase(
            "dependencies said and implied",
            #"services: {a: {image: x, network_mode: "service:b", links: [c], depends_on: {c: {condition: service_healthy}}}, b: {image: y}, c: {image: z}}"#
        ),
        ComposeCase(
            "a dependency with everything",
            "services: {a: {image: x, depends_on: {b: {condition: service_completed_successfully, restart: true, required: false, x-a: 1}}}, b: {image: y}}"
        ),
        ComposeCase(
            "a dependency with texts",
            #"services: {a: {image: x, depends_on: {b: {condition: service_started, restart: "yes", required: "no"}}}, b: {image: y}}"#
        ),
        .service("no dependencies", "depends_on: []"),
    ]
}
