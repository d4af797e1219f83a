import Foundation
import Testing

/// What a stranger's image can do to the host when its stack is brought up, entered and probed. Each attack worked
/// once; docs/security.md names them. What needs no engine is in the shim's own EscapeTests.
@Suite("A hostile image gets nothing of the host", .asRoot, .reported)
struct EscapeTests {
    static func service(_ image: String, _ more: String = "") -> String {
        "services:\n  it:\n    image: \(image)\n    command: [sleep, \"1000000\"]\n    init: true\n\(more)"
    }

    @Test("No device of the host can be opened by a node that the container makes")
    func devices() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        command: [sleep, "1000000"]
                        volumes: ["data:/data"]
                        tmpfs: [/scratch]
                    volumes: {data: {}}
                    """)
            let places = ["", "/dev", "/dev/shm", "/dev/mqueue", "/data", "/scratch", "/tmp", "/run"]
            for node in ["b 7 7", "c 1 1", "c 1 7", "c 10 237", "b 8 0"] {
                let script = places.map { "mknod \($0)/node \(node); (exec 3<\($0)/node) && echo opened \($0)" }
                let outcome = try await host.roost("exec", "-T", "it", "sh", "-c", script.joined(separator: "; "))
                #expect(!outcome.output.contains("opened"), "\(node): \(outcome)")
            }
            // Its own devices, terminals included, work.
            let own =
                "echo x >/dev/null && head -c 1 /dev/zero >/dev/null && head -c 1 /dev/urandom >/dev/null && echo y"
            #expect(try await host.inside("it", own) == "y")
        }
    }

    @Test("A node that comes with the image opens nothing, in its layers and in a volume filled from them")
    func devicesOfTheImage() async throws {
        try await onHost { host in
            let image = try await host.hostileImage(
                [.directory("content"), .character("content/full", 1, 7), .character("full", 1, 7)],
                configuration: #"{"Volumes": {"/content": {}}}"#)
            try await host.up(compose: Self.service(image))
            for path in ["/full", "/content/full"] {
                let outcome = try await host.roost("exec", "-T", "it", "sh", "-c", "(exec 3<\(path)) && echo opened")
                #expect(!outcome.output.contains("opened"), "\(outcome)")
            }
        }
    }

    @Test(
        "The working directory is never one of the host's, for a container, a further process and a probe",
        arguments: 3...12)
    func workingDirectory(_ number: Int) async throws {
        try await onHost { host in
            let image = try await host.hostileImage([.link("work", "/proc/self/fd/\(number)")])
            try host.compose(Self.service(image, "    working_dir: /work\n"))
            try await host.roost("up", "-d").fails(saying: "working directory")
            try await host.roost("down").succeeds()
            try await host.up(
                compose: Self.service(
                    image,
                    """
                        healthcheck:
                          test: [CMD, ls, /proc/self/cwd/]
                          interval: 1s
                    """))
            for path in ["/work", "/proc/self/fd/\(number)", "/proc/1/root/../..", "/work" + "/../.."] {
                let script =
                    "exec 4</etc 5</etc 6</etc 7</etc 8</etc 9</etc; "
                    + "\(join(Requirements.binaries, "roost")) exec -T -w \(path) it ls . </etc"
                let outcome = try await host.shell(script)
                #expect(!outcome.output.contains("passwd-") && !outcome.output.contains("cgroup.procs"), "\(outcome)")
                if path.contains("fd/") || path == "/work" { #expect(outcome.status != 0, "\(outcome)") }
            }
        }
    }

    @Test("A probe does not run in a directory of the host", arguments: [3, 5, 7, 8, 9, 10])
    func probeDirectory(_ number: Int) async throws {
        try await onHost { host in
            // The container starts in it while it is a plain directory, and then exchanges it.
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        working_dir: /work
                        command: [sh, -c, "cd /; rmdir /work; ln -s /proc/self/fd/\(number) /work; touch /ready; sleep 100000"]
                        healthcheck:
                          test: ["CMD-SHELL", "test -e /ready || exit 0; ls > /listing; exit 1"]
                          interval: 200ms
                          retries: 1
                    """)
            try await eventually("a probe fails") { try await host.container("it").Health == "unhealthy" }
            let listing = try await host.roost("exec", "-T", "-w", "/", "it", "cat", "/listing")
            #expect(listing.output.isEmpty, "\(listing)")
        }
    }

    @Test(
        "System directories that the image made links are refused",
        arguments: [
            ("proc", "/../p"), ("proc", "/"), ("sys", "/tmp"), ("dev", "/srv"), ("dev", "/proc/1/root"),
            ("proc", "proc2"),
        ])
    func systemDirectories(_ name: String, _ target: String) async throws {
        try await onHost { host in
            let image = try await host.hostileImage([
                .directory("p"), .directory("srv"), .directory("proc2"), .link(name, target),
            ])
            try host.compose(Self.service(image))
            try await host.roost("up", "-d").fails(saying: "/\(name), which the image made a symbolic link")
        }
    }

    /// An image's own volume on /dev takes the place of the new /dev, and gets the links as its first content.
    @Test(
        "A link in the image leads no device node to the host, and what is no device isn't taken for one",
        arguments: [
            LayerEntry.link("dev/full", "/srv/.."), .link("dev/null", "/etc/passwd"), .fifo("dev/null"),
            .file("dev/zero", "zeros"), .character("dev/null", 1, 7), .link("dev/full", "/proc/1/root"),
        ])
    func deviceStep(_ entry: LayerEntry) async throws {
        try await onHost { host in
            let image = try await host.hostileImage(
                [.link("srv", "/mnt"), .directory("mnt"), entry], configuration: #"{"Volumes": {"/dev": {}}}"#)
            try host.compose(Self.service(image))
            try await host.roost("up", "-d").fails(saying: "make the device /\(entry.name): something else is there")
        }
    }

    @Test(
        "An image's volume covers nothing of the kernel's file systems, and not the root",
        arguments: ["/", "/proc", "/proc/sys", "/sys", "/x/../proc", "/link/sys", "/link", "/root-link", "/dev-link"])
    func imageVolumes(_ place: String) async throws {
        try await onHost { host in
            let image = try await host.hostileImage(
                [.link("link", "/proc"), .link("root-link", "/"), .link("dev-link", "/dev")],
                configuration: #"{"Volumes": {"\#(place)": {}}}"#)
            try host.compose(Self.service(image))
            let outcome = try await host.roost("up", "-d")
            outcome.fails(saying: "mount on")
        }
    }

    @Test("What tells of the host or could harm it is hidden in every container")
    func masks() async throws {
        try await onHost { host in
            try await host.up(compose: Self.service(busybox()))
            for path in ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/interrupts"] {
                #expect(try await host.inside("it", "cat \(path) 2>/dev/null | wc -c") == "0", "\(path)")
            }
            let outcome = try await host.roost("exec", "-T", "it", "sh", "-c", "echo x > /proc/sys/kernel/core_pattern")
            #expect(outcome.status != 0)
        }
    }

    // MARK: Files that are none

    @Test("An /etc/passwd that is no file stops its container, and nothing else", arguments: ["passwd", "group"])
    func accounts(_ name: String) async throws {
        try await onHost { host in
            let image = try await host.hostileImage([.fifo("etc/\(name)")])
            try host.compose(Self.service(image))
            try await host.roost("up", "-d").fails(saying: "/etc/\(name), which is not a regular file")
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        command: [sh, -c, "rm -f /etc/\(name); mkfifo /etc/\(name); touch /ready; sleep 1000000"]
                        init: true
                    """)
            try await eventually("it is ready") {
                try await host.roost("exec", "-T", "it", "test", "-e", "/ready").status == 0
            }
            try await host.roost("exec", "-T", "-u", "www", "it", "true").fails(saying: "is not a regular file")
            #expect(try await host.inside("it", "echo works") == "works")
        }
    }

    @Test(
        "A part of a volume is in the volume, whatever a neighbour makes of it",
        arguments: ["/", "..", "../../..", "/proc/self/root", "real/../../.."])
    func volumeParts(_ target: String) async throws {
        try await onHost { host in
            try host.compose(
                """
                services:
                  neighbour:
                    image: \(busybox())
                    command: [sh, -c, "mkdir -p /data/real/mine; ln -s \(target) /data/part; sleep 1000000"]
                    init: true
                    volumes: ["data:/data"]
                  it:
                    image: \(busybox())
                    command: [sleep, "1000000"]
                    init: true
                    profiles: [later]
                    volumes:
                      - {type: volume, source: data, target: /part, volume: {subpath: part}}
                  good:
                    image: \(busybox())
                    command: [sleep, "1000000"]
                    init: true
                    profiles: [later]
                    volumes:
                      - {type: volume, source: data, target: /part, volume: {subpath: real}}
                volumes: {data: {}}
                """)
            try await host.roost("up", "-d", "neighbour").succeeds()
            try await eventually("the link is there") {
                try await host.roost("exec", "-T", "neighbour", "test", "-L", "/data/part").status == 0
            }
            try await host.roost("up", "-d", "it").fails(saying: "the subpath \"part\" leads out of the volume")
            try await host.roost("up", "-d", "good").succeeds()
            #expect(try await host.inside("good", "ls /part") == "mine")
        }
    }

    // MARK: Standard streams

    @Test("What a caller or the supervisor has open stays out of a container's reach")
    func streams() async throws {
        try await onHost { host in
            try await host.up(
                compose: Self.service(
                    busybox(),
                    """
                        healthcheck:
                          test: ["CMD-SHELL", "stat -L -c %d:%i /proc/self/fd/0 /dev/null > /null; touch /probed"]
                          interval: 1s
                    """))
            let roost = join(Requirements.binaries, "roost")
            try host.write("input", "content")
            let script = "chmod 777 /dev/stdin; cat; echo x >/proc/self/fd/0"
            _ = try await host.shell("chmod 600 input; \(roost) exec -T it sh -c '\(script)' <input")
            #expect(try await host.shell("stat -c %a input; cat input").output == "600\ncontent")
            // The caller's pipe ends with its command, whoever goes on in the container.
            let daemon = try await host.shell("timeout 20 \(roost) exec -T it sh -c 'sleep 1000 & echo on' | cat")
            #expect(daemon.output == "on\n")
            try await eventually("a probe has run") {
                try await host.roost("exec", "-T", "it", "test", "-e", "/probed").status == 0
            }
            #expect(try await host.inside("it", "uniq /null | wc -l") == "1")
        }
    }

    @Test("A user that is not root writes to its own streams by their names")
    func streamNames() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        user: "1234:5678"
                        init: true
                        command: [sh, -c, "echo out >/dev/stdout; echo error >/dev/stderr; exec sleep 1000000"]
                    """)
            try await eventually("both lines are in the log") {
                let log = try await host.roost("logs", "--no-log-prefix").text
                return log.contains("out") && log.contains("error")
            }
            let outcome = try await host.roost("exec", "-T", "it", "sh", "-c", "echo more >/dev/stdout")
            #expect(outcome.output == "more\n", "\(outcome)")
        }
    }

    @Test("The program that enters a container can't be changed by it")
    func executable() async throws {
        try await onHost { host in
            let image = try await host.hostileImage([.link("bin/self", "/proc/self/exe")])
            try await host.up(compose: Self.service(image, "    cap_add: [SYS_PTRACE]\n"))
            let shim = join(Requirements.binaries, "roost-shim")
            let before = try await host.shell("stat -c '%a %u %Y' \(shim)").output
            // With the init process, PID 1 is the shim's file for as long as the container lives.
            let outcome = try await host.roost("exec", "-T", "it", "sh", "-c", "touch /proc/1/exe")
            #expect(outcome.errors.contains("Read-only file system"), "\(outcome)")
            #expect(try await host.shell("stat -c '%a %u %Y' \(shim)").output == before)
        }
    }

    // MARK: The host's network and its users

    @Test("A container's router advertisement gives the host no route and no address", arguments: [false, true])
    func routerAdvertisement(_ hasIPv6: Bool) async throws {
        try await onHost { host in
            let networks = hasIPv6 ? "networks: {default: {enable_ipv6: true}}\n" : ""
            try await host.up(compose: Self.service(busybox()) + networks)
            // As on a host that is no router, and as on one that is but listens all the same.
            try await host.shell("cd /proc/sys/net/ipv6/conf; echo 2 >all/accept_ra; echo 2 >default/accept_ra")
                .succeeds()
            let before = try await host.shell("ip -6 route show default").output
            let process = try await host.mainProcess(of: "it")
            try host.write(
                "advertise.py",
                """
                import socket, struct, time
                prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 3600, 3600, 0) + socket.inet_pton(10, "2001:db8:bad::")
                message = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix
                out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
                out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
                out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("eth0"))
                for _ in range(20):
                    out.sendto(message, ("ff02::1", 0, 0, socket.if_nametoindex("eth0")))
                    time.sleep(0.1)
                """)
            // The container's own link has IPv6 only if it is given it: the attacker makes it so.
            try await host.shell(
                "nsenter --net=/proc/\(process)/ns/net sh -c 'echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6; "
                    + "ip address add fe80::bad/64 dev eth0 nodad; python3 advertise.py'"
            ).succeeds()
            #expect(try await host.shell("ip -6 route show default").output == before)
            #expect(try await !host.shell("ip -6 route show; ip -6 address show").output.contains("2001:db8:bad"))
        }
    }

    @Test("A user of the host sees nothing of volumes, layers and containers")
    func otherUsers() async throws {
        try await onHost { host in
            // As an earlier version left it.
            try await host.shell("mkdir -p \(host.root)/volumes && chmod 755 \(host.root) \(host.root)/volumes")
                .succeeds()
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        command: [sh, -c, "cp /bin/busybox /data/id; chmod 4755 /data/id; sleep 1000000"]
                        init: true
                        volumes: ["data:/data"]
                    volumes: {data: {}}
                    """)
            try await eventually("the program is there") {
                try await host.shell("test -u \(host.root)/volumes/*/_data/id").status == 0
            }
            let places = "\(host.root)/volumes/*/_data/id \(host.root)/layers/* \(host.root)/containers/*"
            let attempt = "setpriv --reuid 65534 --regid 65534 --clear-groups ls -d $f 2>/dev/null"
            let seen = try await host.shell("for f in \(places); do \(attempt); done; true")
            #expect(seen.output == "", "\(seen)")
        }
    }
}
