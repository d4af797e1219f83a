import Cgroups
import Launching
import OCI

@testable import Sandboxes

/// The bundle of an ordinary container, small enough to be read, and the places that it is launched with.
enum LaunchSamples {
    static let capabilities = ["CAP_CHOWN", "CAP_NET_BIND_SERVICE"]

    static func configuration(
        _ change: (inout RuntimeConfiguration) -> Void = { _ in }
    )
        -> RuntimeConfiguration
    {
        var result = RuntimeConfiguration()
        result.process.args = ["/bin/app", "--serve"]
        result.process.env = ["HOME=/root", "PATH=/bin"]
        result.process.cwd = "/srv"
        result.process.user = .init(uid: 0, gid: 0, additionalGids: [0])
        result.process.capabilities = .init(
            bounding: capabilities, effective: capabilities, permitted: capabilities)
        result.hostname = "web"
        result.mounts = [
            .init(
                destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
            .init(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            .init(
                destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
                options: ["nosuid", "noexec", "nodev", "ro"]),
        ]
        result.linux.namespaces = ["mount", "uts", "ipc", "pid", "cgroup", "network"].map {
            .init(type: $0)
        }
        result.linux.cgroupsPath = "roost/c1"
        result.linux.maskedPaths = ["/proc/kcore"]
        result.linux.readonlyPaths = ["/proc/sys"]
        result.linux.devices = [.init(path: "/dev/null", major: 1, minor: 3, fileMode: 0o666)]
        change(&result)
        return result
    }

    static func settings(_ change: (inout SandboxSettings) -> Void = { _ in }) -> SandboxSettings {
        var result = SandboxSettings(
            id: "c1", layers: ["/layers/2", "/layers/1"], upper: "/c1/upper", work: "/c1/work",
            mountPoint: "/c1/rootfs", cgroups: CgroupCompiler(unified),
            monitor: MonitorSettings(runDirectory: "/run/c1", logPath: "/c1/log", bundle: "/c1"))
        change(&result)
        return result
    }

    static let names = SandboxNames(address: [127, 0, 0, 11], port: 65_053, redirection: [1, 2, 3])

    /// A host with version 2 alone.
    static let unified = CgroupHierarchies(
        unified: "/cg", legacy: [:], unifiedControllers: ["cpu", "cpuset", "io", "memory", "pids"])
    /// A host whose controllers are with version 1.
    static let hybrid = CgroupHierarchies(
        unified: "/cg/unified",
        legacy: [.memory: "/cg/memory", .pids: "/cg/pids", .cpu: "/cg/cpu,cpuacct", .cpuacct: "/cg/cpu,cpuacct"])

    static func endpoint(_ number: UInt8, gateway: Bool = true) -> SandboxEndpoint {
        SandboxEndpoint(
            hostLink: "rv\(number)", bridge: "rb\(number)", name: "eth\(number)",
            mac: [2, 0x42, 10, number, 0, 2],
            addresses: [
                SandboxAddress(
                    address: [10, number, 0, 2], prefixLength: 24, gateway: gateway ? [10, number, 0, 1] : nil)
            ])
    }

    static func text(
        _ change: (inout RuntimeConfiguration) -> Void = { _ in },
        settings changeSettings: (inout SandboxSettings) -> Void = { _ in }
    ) throws -> String {
        try LaunchCompiler.program(for: configuration(change), settings: settings(changeSettings)).text
    }

    /// The lines that a change adds to the ordinary program or takes from it, without the steps' numbers.
    static func difference(
        _ change: (inout RuntimeConfiguration) -> Void = { _ in },
        settings changeSettings: (inout SandboxSettings) -> Void = { _ in }
    ) throws -> String {
        let old = lines(try text())
        let new = lines(try text(change, settings: changeSettings))
        let difference = new.difference(from: old)
        return (difference.removals + difference.insertions).map { step in
            switch step {
            case .remove(_, let line, _): "- " + line
            case .insert(_, let line, _): "+ " + line
            }
        }.joined(separator: "\n")
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in
            let trimmed = line.drop { $0 == " " }
            guard let start = trimmed.firstIndex(of: "["), let end = trimmed.firstIndex(of: "]"),
                start < end,
                ["inside", "outside"].contains(trimmed[..<start])
            else { return String(trimmed) }
            return String(trimmed[..<start] + trimmed[trimmed.index(after: end)...])
        }
    }
}
