import FoundationEssentials
import Glibc
import Kernel
import OCI
import Sandboxes

/// What only tells.
extension RuntimeCommand {
    static let state = RuntimeCommand(usage: "ID", syntax: Syntax()) { invocation in
        say(String(decoding: try invocation.container().state(), as: UTF8.self) + "\n")
        return 0
    }

    static let list = RuntimeCommand(
        usage: "[--format table|json] [--quiet]",
        syntax: Syntax(values: ["format"], flags: ["quiet"], short: ["f": "format", "q": "quiet"])
    ) { invocation in
        let containers = try invocation.store.all()
        if invocation.arguments.has("quiet") {
            say(containers.map { $0.record.id + "\n" }.joined())
        } else if invocation.arguments["format"] == "json" {
            let states = try containers.map { String(decoding: try $0.state(), as: UTF8.self) }
            say("[" + states.joined(separator: ",") + "]\n")
        } else {
            let rows = containers.map { container in
                let (record, status) = (container.record, container.status)
                return [
                    record.id, status == "stopped" ? "0" : "\(record.pid)", status, record.bundle, record.created,
                    record.owner,
                ]
            }
            say(table([["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]] + rows))
        }
        return 0
    }

    private static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].utf8.count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.utf8.count + 4)
            }.joined() + "\n"
        }.joined()
    }

    static let spec = RuntimeCommand(
        usage: "[--bundle DIR]", syntax: Syntax(values: ["bundle"], flags: ["rootless"], short: ["b": "bundle"])
    ) { invocation in
        let path = (invocation.arguments["bundle"] ?? ".") + "/config.json"
        guard !Files.exists(path) else { throw RuntimeFailure("\(path) exists already") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try Files.replace(path, with: Array(encoder.encode(RuntimeConfiguration.sample)))
        return 0
    }

    static let features = RuntimeCommand(usage: "", syntax: Syntax()) { _ in
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        say(String(decoding: try encoder.encode(RuntimeFeatures()), as: UTF8.self) + "\n")
        return 0
    }
}

extension RuntimeConfiguration {
    /// A bundle to begin with: a shell on a terminal, with Docker's capabilities less the harmful.
    static var sample: RuntimeConfiguration {
        var result = RuntimeConfiguration()
        result.process.terminal = true
        result.process.args = ["sh"]
        result.process.env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"]
        result.process.noNewPrivileges = true
        let own = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
        result.process.capabilities = .init(bounding: own, effective: own, permitted: own)
        result.process.rlimits = [.init(type: "RLIMIT_NOFILE", hard: 1024, soft: 1024)]
        result.root.readonly = true
        result.hostname = "roost-oci"
        let closed = ["nosuid", "noexec", "nodev"]
        result.mounts = [
            .init(destination: "/proc", type: "proc", source: "proc"),
            .init(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            .init(
                destination: "/dev/pts", type: "devpts", source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            .init(
                destination: "/dev/shm", type: "tmpfs", source: "shm",
                options: closed + ["mode=1777", "size=65536k"]),
            .init(destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: closed),
            .init(destination: "/sys", type: "sysfs", source: "sysfs", options: closed + ["ro"]),
            .init(
                destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
                options: closed + ["relatime", "ro"]),
        ]
        result.linux.resources = .init()
        result.linux.resources?.devices = [.init(allow: false)]
        result.linux.namespaces = ["pid", "network", "ipc", "uts", "mount", "cgroup"].map { .init(type: $0) }
        result.linux.maskedPaths = [
            "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
            "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
        ]
        result.linux.readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
        return result
    }
}

/// What `features` prints (runtime-spec, features.md).
private struct RuntimeFeatures: Encodable {
    let ociVersionMin = "1.0.0"
    let ociVersionMax = RuntimeProgram.specification
    let hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
    let mountOptions = MountOptions.known
    let linux = Linux()

    struct Linux: Encodable {
        let namespaces = ["cgroup", "ipc", "mount", "network", "pid", "time", "uts"]
        let capabilities = KernelNames.capabilities.map { "CAP_" + $0 }
        let cgroup = Cgroup()
        let seccomp = Seccomp()
        let apparmor = Feature(enabled: true)
        let selinux = Feature(enabled: true)
        let intelRdt = Feature(enabled: false)
    }

    struct Cgroup: Encodable {
        let v1 = true
        let v2 = true
        let systemd = false
        let systemdUser = false
        let rdma = true
    }

    struct Seccomp: Encodable {
        let enabled = true
        let actions = SeccompProfile.actions
        let operators = SeccompProfile.operators
        let supportedFlags = LaunchCompiler.seccompFlags.keys.sorted()
    }

    struct Feature: Encodable { let enabled: Bool }
}
