import Foundation
import Testing

@Suite("Limits, labels and what the file doesn't know", .asRoot, .reported)
struct LimitTests {
    struct Limit: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let service: String
        let controller: String
        /// The file and value with control groups of version 1 and 2.
        let first: (String, String)
        let second: (String, String)
    }

    static let limits = [
        Limit(
            testDescription: "mem_limit", service: "mem_limit: 64m", controller: "memory",
            first: ("memory.limit_in_bytes", "67108864"), second: ("memory.max", "67108864")),
        Limit(
            testDescription: "pids_limit", service: "pids_limit: 20", controller: "pids", first: ("pids.max", "20"),
            second: ("pids.max", "20")),
        Limit(
            testDescription: "cpus", service: "cpus: 0.5", controller: "cpu", first: ("cpu.cfs_quota_us", "50000"),
            second: ("cpu.max", "50000 100000")),
        Limit(
            testDescription: "cpu_period and cpu_quota", service: "cpu_period: 50000\ncpu_quota: 20000",
            controller: "cpu", first: ("cpu.cfs_quota_us", "20000"), second: ("cpu.max", "20000 50000")),
        Limit(
            testDescription: "deploy.resources.limits memory",
            service: "deploy: {resources: {limits: {memory: 32M, cpus: \"0.25\", pids: 30}}}", controller: "memory",
            first: ("memory.limit_in_bytes", "33554432"), second: ("memory.max", "33554432")),
        Limit(
            testDescription: "deploy.resources.limits cpus",
            service: "deploy: {resources: {limits: {memory: 32M, cpus: \"0.25\", pids: 30}}}", controller: "cpu",
            first: ("cpu.cfs_quota_us", "25000"), second: ("cpu.max", "25000 100000")),
        Limit(
            testDescription: "deploy.resources.limits pids",
            service: "deploy: {resources: {limits: {memory: 32M, cpus: \"0.25\", pids: 30}}}", controller: "pids",
            first: ("pids.max", "30"), second: ("pids.max", "30")),
        Limit(
            testDescription: "mem_reservation", service: "mem_reservation: 32m", controller: "memory",
            first: ("memory.soft_limit_in_bytes", "33554432"), second: ("memory.low", "33554432")),
        Limit(
            testDescription: "memswap_limit", service: "mem_limit: 32m\nmemswap_limit: 48m", controller: "memory",
            first: ("memory.memsw.limit_in_bytes", "50331648"), second: ("memory.swap.max", "16777216")),
        Limit(
            testDescription: "cpu_shares", service: "cpu_shares: 512", controller: "cpu", first: ("cpu.shares", "512"),
            second: ("cpu.weight", "20")),
        Limit(
            testDescription: "cpuset", service: "cpuset: \"0\"", controller: "cpuset", first: ("cpuset.cpus", "0"),
            second: ("cpuset.cpus", "0")),
    ]

    /// Those that version 2 has nothing like.
    static let firstVersionOnly = [
        ("mem_swappiness: 30", "memory", "memory.swappiness", "30"),
        ("oom_kill_disable: true", "memory", "memory.oom_control", "oom_kill_disable 1\nunder_oom 0\noom_kill 0"),
        ("cpu_rt_period: 500000", "cpu", "cpu.rt_period_us", "500000"),
    ]

    @Test("A limit that only version 1 has stands there", arguments: firstVersionOnly)
    func limitOfTheFirstVersion(_ service: String, _ controller: String, _ file: String, _ value: String) async throws {
        try await onHost { host in
            try await host.up(compose: Attribute("", service).compose)
            let group = try host.controlGroup(of: try await host.mainProcess(of: "it"), controller: controller)
            guard group.isFirstVersion else { return }
            #expect(try host.read(join(group.path, file)).trimmingCharacters(in: .newlines) == value)
        }
    }

    @Test("Reading and writing a block device is limited")
    func blockDevices() async throws {
        try await onHost { host in
            guard let device = ["/dev/vda", "/dev/sda", "/dev/nvme0n1"].first(where: FileManager.default.fileExists)
            else { return }
            let limits = """
                blkio_config:
                  weight: 300
                  device_read_bps: [{path: \(device), rate: 1mb}]
                  device_write_iops: [{path: \(device), rate: 30}]
                """
            try await host.up(compose: Attribute("", limits).compose)
            let group = try host.controlGroup(of: try await host.mainProcess(of: "it"), controller: "blkio")
            let number = try await host.shell("lsblk -no MAJ:MIN \(device) | head -n 1").output
                .trimmingCharacters(in: .whitespacesAndNewlines)
            if group.isFirstVersion {
                let read = try host.read(join(group.path, "blkio.throttle.read_bps_device"))
                #expect(read == "\(number) 1048576\n")
                #expect(try host.read(join(group.path, "blkio.throttle.write_iops_device")) == "\(number) 30\n")
            } else {
                let limits = try host.read(join(group.path, "io.max"))
                #expect(limits == "\(number) rbps=1048576 wbps=max riops=max wiops=30\n")
            }
        }
    }

    @Test("A limit stands in the container's control group", arguments: limits)
    func limit(_ limit: Limit) async throws {
        try await onHost { host in
            try await host.up(compose: Attribute("", limit.service).compose)
            let group = try host.controlGroup(of: try await host.mainProcess(of: "it"), controller: limit.controller)
            let (file, value) = group.isFirstVersion ? limit.first : limit.second
            #expect(try host.read(join(group.path, file)).trimmingCharacters(in: .newlines) == value)
        }
    }

    @Test("A container over its memory limit is killed, and it is told why")
    func outOfMemory() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        command: [sh, -c, "head -c 200m /dev/zero | tail -c 190m >/dev/null; exit 9"]
                        mem_limit: 16m
                        memswap_limit: 16m
                    """)
            try await eventually("it has ended") { try await host.container("it").State == "exited" }
            #expect(try await host.inspect("it").State.OOMKilled.bool == true)
        }
    }

    @Test("Labels of the file and of the image are told by inspect and listed by ps")
    func labels() async throws {
        try await onHost { host in
            let service = "image: \(busybox("configured"))\nlabels: {mine: \"1\", from.image: over}"
            try await host.up(compose: Attribute("", service, runsImage: true).compose)
            let labels = try await host.inspect("it").Config.Labels
            #expect(labels["mine"].string == "1")
            #expect(labels["from.image"].string == "over")
        }
    }

    @Test("A profile's services start only when the profile is chosen")
    func profiles() async throws {
        try await onHost { host in
            let compose = Attribute("", "labels: {a: b}").compose
            try await host.up(
                compose: compose
                    + "  debug:\n    image: \(busybox())\n    command: [sleep, \"1000000\"]\n    profiles: [debug]\n")
            #expect(try await host.states() == ["it-1": "running"])
            try await host.roost("--profile", "debug", "up", "-d").succeeds()
            #expect(try await host.states() == ["it-1": "running", "debug-1": "running"])
            try await host.roost("--profile", "debug", "down", "-t", "0").succeeds()
            try await host.roost("up", "-d", environment: ["COMPOSE_PROFILES": "debug"]).succeeds()
            #expect(try await host.containers().count == 2)
        }
    }

    @Test("An attribute that isn't supported yet is a warning with its place, never silence")
    func unsupported() async throws {
        try await onHost { host in
            try host.compose(
                "services:\n  it:\n    image: \(busybox())\n    command: [sleep, \"1000000\"]\n    deploy: {update_config: {delay: 1s}}\n"
            )
            try await host.roost("up", "-d").succeeds().says("compose.yaml:5:", "deploy.update_config.delay")
        }
    }

    @Test("Two services share a network namespace with network_mode service:X, host and none are what they say")
    func networkModes() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      web: {image: '\(busybox())', command: [httpd, -f, -p, "80", -h, /var/www]}
                      beside: {image: '\(busybox())', command: [sleep, "1000000"], network_mode: "service:web"}
                      host: {image: '\(busybox())', command: [sleep, "1000000"], network_mode: host}
                      none: {image: '\(busybox())', command: [sleep, "1000000"], network_mode: none}
                    """)
            let (web, beside) = (try await host.mainProcess(of: "web"), try await host.mainProcess(of: "beside"))
            #expect(try host.namespace("net", of: web) == host.namespace("net", of: beside))
            try await eventually("the page is there") {
                try await host.inside("beside", "wget -qO- http://127.0.0.1/index.html") == "busybox"
            }
            #expect(
                try host.namespace("net", of: try await host.mainProcess(of: "host"))
                    == host.namespace("net", of: host.process))
            #expect(try await host.inside("none", "ip -o link | grep -c .") == "1")
            #expect(try await host.inside("none", "ping -c1 -W1 127.0.0.1 >/dev/null && echo up") == "up")
        }
    }
}

extension Host {
    /// The control group of `process` for `controller`, as this machine sees it.
    func controlGroup(of process: pid_t, controller: String) throws -> (path: String, isFirstVersion: Bool) {
        let lines = try read("/proc/\(process)/cgroup").split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 2)
        }
        if let line = lines.first(where: {
            $0.count == 3 && $0[1].split(separator: ",").contains(Substring(controller))
        }) {
            return (join("/sys/fs/cgroup", controller, String(line[2].dropFirst())), true)
        }
        let own = lines.first { $0.first == "0" }?.last ?? "/"
        return (join("/sys/fs/cgroup", String(own.dropFirst())), false)
    }

    /// The identity of a namespace of `process`.
    func namespace(_ kind: String, of process: pid_t) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/\(kind)")
    }
}
