import Testing

@Suite("What containers share with each other and the host", .asRoot, .reported)
struct SharingTests {
    @Test("A service in another one's pid namespace sees and signals its processes, and starts after it")
    func sharesProcesses() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      watcher: {image: \(busybox()), pid: "service:watched", command: [sleep, "1000001"]}
                      watched: {image: \(busybox()), command: [sleep, "1000000"]}
                    """)
            #expect(try await host.inside("watcher", "tr '\\0' ' ' </proc/1/cmdline") == "sleep 1000000 ")
            #expect(try await host.inside("watched", "pidof sleep | wc -w") == "2")
            try await host.roost("stop", "watcher").succeeds()
            #expect(try await host.inside("watched", "pidof sleep | wc -w") == "1")
        }
    }

    @Test("Every process of a container in the host's pid namespace ends with it")
    func endsInTheHostsNamespace() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        pid: host
                        command: [sh, -c, "sleep 1000000 & exec sleep 1000001"]
                    """)
            try await host.roost("stop", "-t", "5", "it").succeeds()
            #expect(try await host.states() == ["it-1": "exited(143)"])
        }
    }

    @Test("A link is a name for a service that only the linking container sees; the linked one starts first")
    func links() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      app: {image: \(busybox()), links: ["db:database", other], command: [sleep, "1000000"]}
                      db: {image: \(busybox()), command: [sleep, "1000000"]}
                      other: {image: \(busybox()), command: [sleep, "1000000"]}
                    """)
            #expect(try await host.inside("app", "ping -c 1 -W 2 database >/dev/null && echo there") == "there")
            #expect(try await host.inside("app", "ping -c 1 -W 2 other >/dev/null && echo there") == "there")
            let stranger = try await host.inside("other", "ping -c 1 -W 2 database >/dev/null 2>&1 || echo unknown")
            #expect(stranger == "unknown")
        }
    }

    @Test("What can't be carried out here is refused by up with the reason, and by no other command")
    func refusals() async throws {
        try await onHost { host in
            try host.compose(
                """
                services:
                  it:
                    image: \(busybox())
                    gpus: all
                    use_api_socket: true
                    cgroup_parent: /custom
                """)
            let up = try await host.roost("up", "-d")
            #expect(up.status != 0)
            for word in ["services.it.gpus", "services.it.use_api_socket", "services.it.cgroup_parent"] {
                #expect(up.errors.contains(word))
            }
            try await host.roost("config", "-q").succeeds()
            #expect(try await host.roost("ps").succeeds().errors.isEmpty)
        }
    }

    @Test("A service with attach: false runs with the others and isn't shown")
    func attachFalse() async throws {
        try await onHost { host in
            try host.compose(
                """
                services:
                  loud: {image: \(busybox()), command: [echo, loud]}
                  quiet: {image: \(busybox()), command: [echo, quiet], attach: false}
                """)
            let up = try await host.roost("up").succeeds()
            #expect(up.output.contains("loud"))
            #expect(!up.output.contains("quiet-1  |"))
            #expect(try await host.roost("logs", "quiet").succeeds().output.contains("quiet"))
        }
    }

    @Test("volumes_from shows a container's volumes, named, anonymous and bound, to another one")
    func volumesFrom() async throws {
        try await onHost { host in
            try host.write("bound/file", "bound\n")
            try await host.up(
                compose: """
                    services:
                      reader:
                        image: \(busybox())
                        volumes_from: ["owner:ro"]
                        volumes: [other:/own]
                        command: [sleep, "1000000"]
                      owner:
                        image: \(busybox())
                        volumes: [data:/data, /anonymous, ./bound:/bound, data:/own]
                        command: [sleep, "1000000"]
                    volumes: {data: {}, other: {}}
                    """)
            _ = try await host.inside("owner", "echo one >/data/a; echo two >/anonymous/b")
            #expect(try await host.inside("reader", "cat /data/a /anonymous/b /bound/file") == "one\ntwo\nbound")
            #expect(try await host.inside("reader", "echo x 2>/dev/null >/data/x || echo read-only") == "read-only")
            #expect(try await host.inside("reader", "ls /own; echo x >/own/x && echo writable") == "writable")
        }
    }
}
