import Launching
import OCI
import Testing

@testable import Sandboxes

/// Whole programs and what each setting changes in them, as text.
@Suite struct LaunchTextTests {
    private typealias Samples = LaunchSamples

    @Test func ordinaryContainer() throws {
        let text = try Samples.text()
        #expect(
            text == """
                launch c1
                  outside[0] new-network
                  namespaces new=mount,uts,ipc,pid,cgroup
                  cgroup roost/c1
                    v2 /cg
                  inside[0] private-propagation
                  inside[1] overlay-root /c1/rootfs lower=/layers/2:/layers/1 upper=/c1/upper work=/c1/work nodev
                  inside[2] mount proc proc /proc nosuid,nodev,noexec
                  inside[3] mount tmpfs tmpfs /dev nosuid,strictatime data=mode=755,size=65536k
                  inside[4] mount cgroup2 cgroup /sys/fs/cgroup ro,nosuid,nodev,noexec
                  inside[5] device /dev/null 1:3 mode=0666
                  inside[6] symbolic-link /dev/fd -> /proc/self/fd
                  inside[7] symbolic-link /dev/stdin -> /proc/self/fd/0
                  inside[8] symbolic-link /dev/stdout -> /proc/self/fd/1
                  inside[9] symbolic-link /dev/stderr -> /proc/self/fd/2
                  inside[10] symbolic-link /dev/ptmx -> pts/ptmx
                  inside[11] symbolic-link /dev/core -> /proc/kcore
                  inside[12] hostname web
                  inside[13] pivot-root
                  inside[14] mask /proc/kcore
                  inside[15] read-only /proc/sys
                  process /bin/app --serve
                    environment HOME=/root
                    environment PATH=/bin
                    directory /srv
                    user 0:0 groups=0
                    capabilities bounding chown,net_bind_service
                    capabilities effective chown,net_bind_service
                    capabilities permitted chown,net_bind_service
                  monitor /run/c1 bundle=/c1
                    log /c1/log files=1

                """)
    }

    @Test func twoNetworksAndAPublishedPort() throws {
        let difference = try Samples.difference(settings: {
            $0.network = .endpoints([Samples.endpoint(0, gateway: false), Samples.endpoint(1)], Samples.names)
            $0.heldPorts = [
                HeldPort(protocol: .tcp, address: [0, 0, 0, 0], port: 8080),
                HeldPort(protocol: .udp, address: [127, 0, 0, 1], port: 53),
            ]
        })
        #expect(
            difference == """
                + outside hold-port 0.0.0.0:8080/tcp
                + outside hold-port 127.0.0.1:53/udp
                + outside name-sockets 127.0.0.11:65053
                + outside packet-filter names d0aa6218672cf5ab
                + outside link eth0 mac=02:42:0a:00:00:02 mtu=1500 host=rv0 bridge=rb0
                + outside address eth0 10.0.0.2/24
                + outside link eth1 mac=02:42:0a:01:00:02 mtu=1500 host=rv1 bridge=rb1
                + outside address eth1 10.1.0.2/24
                + outside route default via 10.1.0.1
                """)
    }

    @Test func hostNetwork() throws {
        let difference = try Samples.difference(
            { $0.linux.namespaces.removeAll { $0.type == "network" } }, settings: { $0.network = .host })
        #expect(
            difference == """
                - outside new-network
                """)
    }

    @Test func anotherContainersNetwork() throws {
        let path = "/proc/77/ns/net"
        let difference = try Samples.difference(
            { $0.linux.namespaces[5] = .init(type: "network", path: path) },
            settings: { $0.network = .joined(path: path) })
        #expect(
            difference == """
                - outside new-network
                + join network /proc/77/ns/net
                """)
    }

    @Test func privileged() throws {
        let difference = try Samples.difference(
            {
                $0.linux.maskedPaths = nil
                $0.linux.readonlyPaths = nil
                $0.linux.devices?.append(.init(path: "/dev/kvm", major: 10, minor: 232, fileMode: 0o660))
                let all = Capability.names.map { "CAP_" + $0 }
                $0.process.capabilities = .init(bounding: all, effective: all, permitted: all)
            }, settings: { $0.privileged = true })
        #expect(
            difference == """
                - inside overlay-root /c1/rootfs lower=/layers/2:/layers/1 upper=/c1/upper work=/c1/work nodev
                - inside mask /proc/kcore
                - inside read-only /proc/sys
                - capabilities bounding chown,net_bind_service
                - capabilities effective chown,net_bind_service
                - capabilities permitted chown,net_bind_service
                + inside overlay-root /c1/rootfs lower=/layers/2:/layers/1 upper=/c1/upper work=/c1/work
                + inside device /dev/kvm 10:232 mode=0660
                + capabilities bounding all
                + capabilities effective all
                + capabilities permitted all
                """)
    }

    @Test func readOnlyRootFileSystem() throws {
        let difference = try Samples.difference({ $0.root.readonly = true })
        #expect(
            difference == """
                + inside read-only-root
                """)
    }

    @Test func mountsInTheirOrder() throws {
        let difference = try Samples.difference({
            $0.mounts += [
                .init(destination: "/etc/hosts", type: "bind", source: "/c1/hosts", options: ["bind"]),
                .init(
                    destination: "/data", type: "bind", source: "/srv/data",
                    options: ["rbind", "nodev", "ro"]),
                .init(
                    destination: "/tmp", type: "tmpfs", source: "tmpfs",
                    options: ["nosuid", "size=1024", "mode=1777"]),
                .init(destination: "/plain", source: "/srv/a b", options: ["rprivate"]),
                .init(destination: "/queue", type: "mqueue"),
            ]
        })
        #expect(
            difference == #"""
                + inside bind /c1/hosts /etc/hosts
                + inside bind /srv/data /data ro,nodev recursive
                + inside mount tmpfs tmpfs /tmp nosuid data=size=1024,mode=1777
                + inside bind "/srv/a b" /plain
                + inside mount mqueue mqueue /queue
                """#)
    }

    @Test func limits() throws {
        let difference = try Samples.difference({
            var resources = RuntimeConfiguration.Resources()
            resources.memory = .init(limit: 1 << 26, swap: 1 << 27, reservation: 1 << 25)
            resources.cpu = .init(shares: 512, quota: 50_000, period: 100_000, cpus: "0-1")
            resources.pids = .init(limit: 64)
            $0.linux.resources = resources
            $0.process.rlimits = [
                .init(type: "RLIMIT_NOFILE", hard: 2048, soft: 1024),
                .init(type: "RLIMIT_CORE", hard: .max, soft: 0),
            ]
            $0.process.oomScoreAdj = 250
        })
        #expect(
            difference == """
                - v2 /cg
                + v2 /cg memory,cpu,cpuset,pids
                + write memory.max 67108864
                + write memory.swap.max 67108864 if-there
                + write memory.low 33554432
                + write cpu.weight 20
                + write cpu.max "50000 100000"
                + write cpuset.cpus 0-1
                + write pids.max 64
                + limit nofile=1024:2048
                + limit core=0:unlimited
                + oom-score-adjustment 250
                """)
    }

    @Test func processOfAUser() throws {
        let difference = try Samples.difference(
            {
                $0.process.user = .init(uid: 1000, gid: 1001, umask: 0o27, additionalGids: [1001, 7])
                $0.process.capabilities = .init(
                    bounding: Samples.capabilities, effective: [], permitted: [])
                $0.process.noNewPrivileges = true
                $0.process.terminal = true
                $0.domainname = "lan"
                $0.linux.sysctl = ["net.core.somaxconn": "1024", "kernel.msgmax": "65536"]
            },
            settings: {
                $0.openStandardInput = true
                $0.reaper = true
                $0.seccomp = [6, 0, 0, 0, 0, 0, 0xff, 0x7f]
            })
        #expect(
            difference == """
                - user 0:0 groups=0
                - capabilities effective chown,net_bind_service
                - capabilities permitted chown,net_bind_service
                + inside domainname lan
                + inside sysctl kernel.msgmax=65536
                + inside sysctl net.core.somaxconn=1024
                + user 1000:1001 groups=1001,7 umask=027
                + no-new-privileges
                + seccomp 1 instructions 68d1072010874779
                + terminal
                + open-standard-input
                + reaper
                """)
    }

    @Test func hooksAtTheirStages() throws {
        func hook(_ name: String) -> [RuntimeConfiguration.Hook] { [.init(path: "/hooks/" + name)] }
        let change: (inout RuntimeConfiguration) -> Void = {
            var hooks = RuntimeConfiguration.Hooks()
            hooks.prestart = hook("prestart")
            hooks.createRuntime = [
                .init(path: "/hooks/create", args: ["create", "a b"], env: ["A=1"], timeout: 5)
            ]
            hooks.createContainer = hook("inside")
            hooks.startContainer = hook("start")
            hooks.poststop = hook("stopped")
            $0.hooks = hooks
        }
        let difference = try Samples.difference(change)
        #expect(
            difference == #"""
                + outside hook /hooks/prestart /hooks/prestart
                + outside hook /hooks/create create "a b" timeout=5s
                + inside hook /hooks/inside /hooks/inside
                + start hook /hooks/start /hooks/start
                + poststop hook /hooks/stopped /hooks/stopped
                """#)
    }

    @Test func aHostWithTheFirstVersionShowsAContainerItsLimits() throws {
        let program = try LaunchCompiler.program(
            for: Samples.configuration {
                $0.linux.resources = .init()
                $0.linux.resources?.memory = .init(limit: 1 << 26)
                $0.linux.resources?.cpu = .init(shares: 512)
            }, settings: Samples.settings { $0.cgroups = CgroupCompiler(Samples.hybrid) })
        let mounts = program.inside.map(\.description).filter { $0.contains("/sys/fs/cgroup") }
        #expect(
            mounts == [
                "mount tmpfs tmpfs /sys/fs/cgroup nosuid,nodev,noexec data=mode=755,size=64k",
                "mount cgroup cgroup /sys/fs/cgroup/memory ro,nosuid,nodev,noexec data=memory",
                "mount cgroup cgroup /sys/fs/cgroup/cpu,cpuacct ro,nosuid,nodev,noexec data=cpu,cpuacct",
            ])
    }

    @Test func withoutAGroupThereIsNothingToSee() throws {
        let difference = try Samples.difference({ $0.linux.cgroupsPath = nil })
        #expect(
            difference == """
                - cgroup roost/c1
                - v2 /cg
                - inside mount cgroup2 cgroup /sys/fs/cgroup ro,nosuid,nodev,noexec
                """)
    }
}
