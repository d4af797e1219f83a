import OCI
import Sandboxes
import StackModel

extension BundleBuilder {
    static func linux(_ record: ContainerRecord, _ inputs: BundleInputs) throws -> RuntimeConfiguration.Linux {
        let hasInterProcess = record.settings.ipc != .host
        for name in record.settings.sysctls.keys {
            try checkNamespaced(name, network: inputs.network, interProcess: hasInterProcess)
        }
        var linux = RuntimeConfiguration.Linux()
        linux.namespaces = namespaces(record.settings, inputs)
        switch inputs.network {
        case .own: linux.namespaces.append(RuntimeConfiguration.Namespace(type: "network"))
        case .joined(let path): linux.namespaces.append(RuntimeConfiguration.Namespace(type: "network", path: path))
        case .host: break
        }
        linux.cgroupsPath = inputs.cgroupPath
        var limits = try resources(record.settings.resources)
        let granted = try HostDevices.granted(record.settings.devices ?? [])
        limits.devices =
            record.settings.privileged
            ? [RuntimeConfiguration.DeviceRule(allow: true)]
            : [.init(allow: false)] + LaunchCompiler.standardDeviceRules + granted.map(\.rule)
                + (record.settings.deviceCgroupRules ?? []).map(RuntimeConfiguration.DeviceRule.init)
        linux.resources = limits
        let settings = networkDefaults(inputs.network).merging(record.settings.sysctls) { _, own in own }
        linux.sysctl = settings.isEmpty ? nil : settings
        let own = Set(granted.map(\.device.path))
        linux.devices =
            LaunchCompiler.standardDevices + inputs.hostDevices.filter { !own.contains($0.path) }
            + granted.map(\.device)
        if !record.settings.privileged && !inputs.security.systemPathsVisible {
            linux.maskedPaths = maskedPaths + inputs.thermalDirectories
            linux.readonlyPaths = readonlyPaths
        }
        return linux
    }

    /// Those but the network's.
    private static func namespaces(
        _ settings: ContainerSettings, _ inputs: BundleInputs
    ) -> [RuntimeConfiguration.Namespace] {
        let modes = [("uts", settings.uts), ("ipc", settings.ipc), ("pid", settings.pid), ("cgroup", settings.cgroup)]
        let own = modes.filter { $0.1 != .host }.map { kind, _ in
            let path = kind == "pid" ? inputs.joinedPid.map { "/proc/\($0)/ns/pid" } : nil
            return RuntimeConfiguration.Namespace(type: kind, path: path)
        }
        return [RuntimeConfiguration.Namespace(type: "mount")] + own
    }

    /// A setting that isn't the container's own would be the host's (`man 7 ipc_namespaces`, network_namespaces).
    private static func checkNamespaced(
        _ name: String, network: BundleInputs.BundleNetwork, interProcess: Bool
    ) throws(BundleError) {
        guard Sysctl.isOwn(name, network: network == .own, interProcess: interProcess) else {
            throw BundleError("sysctl \"\(name)\" is not the container's own but the host's; set it on the host")
        }
    }

    /// As in Docker, nobody needs rights to listen on a low port of a network that is the container's own, or to ping.
    private static func networkDefaults(_ network: BundleInputs.BundleNetwork) -> [String: String] {
        guard network == .own else { return [:] }
        return ["net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 2147483647"]
    }

    /// What tells a container about the host, or lets it harm it; the paths that Docker hides.
    private static let maskedPaths = [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
        "/sys/devices/virtual/powercap",
    ]
    private static let readonlyPaths = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]

    static func mounts(_ record: ContainerRecord, _ inputs: BundleInputs) -> [RuntimeConfiguration.Mount] {
        let privileged = record.settings.privileged
        let system = privileged ? ["nosuid", "noexec", "nodev"] : ["nosuid", "noexec", "nodev", "ro"]
        let shared = record.settings.shmSize ?? 64 << 20
        var mounts = [
            RuntimeConfiguration.Mount(
                destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
            RuntimeConfiguration.Mount(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "nodev", "strictatime", "mode=755", "size=65536k"]),
            RuntimeConfiguration.Mount(
                destination: "/dev/pts", type: "devpts", source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            RuntimeConfiguration.Mount(destination: "/sys", type: "sysfs", source: "sysfs", options: system),
            RuntimeConfiguration.Mount(
                destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: system),
            RuntimeConfiguration.Mount(
                destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"]),
            RuntimeConfiguration.Mount(
                destination: "/dev/shm", type: "tmpfs", source: "shm",
                options: ["nosuid", "noexec", "nodev", "mode=1777", "size=\(shared)"]),
        ]
        share(&mounts, record.settings.ipc)
        let own = Set(inputs.mounts.map(\.destination))
        mounts.removeAll { own.contains($0.destination) }
        let identity = inputs.identityFiles.sorted { $0.key < $1.key }.filter { !own.contains($0.key) }.map {
            RuntimeConfiguration.Mount(destination: $0.key, type: "bind", source: $0.value, options: ["bind"])
        }
        // A mount inside another one comes after it. Sorting keeps the order of the equally deep.
        let order = (identity + inputs.mounts).enumerated().sorted {
            (depth($0.element.destination), $0.offset) < (depth($1.element.destination), $1.offset)
        }
        mounts += order.map(\.element)
        if privileged { return mounts }
        // Who has rules for devices makes nodes for them, and the rules decide which.
        let makesNodes = record.settings.deviceCgroupRules?.isEmpty == false
        return mounts.map { mount in
            guard makesNodes && mount.destination == "/dev" && mount.type == "tmpfs" else {
                return withoutDevices(mount)
            }
            var open = mount
            open.options?.removeAll { $0 == "nodev" }
            return open
        }
    }

    /// What processes share beside the kernel's own tables: the host's, where they share those.
    private static func share(_ mounts: inout [RuntimeConfiguration.Mount], _ mode: NamespaceMode?) {
        guard mode == .host || mode == .isolated else { return }
        mounts.removeAll { $0.destination == "/dev/shm" }
        guard mode == .host else { return }
        mounts.append(
            RuntimeConfiguration.Mount(
                destination: "/dev/shm", type: "bind", source: "/dev/shm",
                options: ["bind", "nosuid", "noexec", "nodev"]))
    }

    /// No mount of an unprivileged container lets a node be opened that was made there. Terminals are nodes too, but in
    /// devpts nobody can make any.
    private static func withoutDevices(_ mount: RuntimeConfiguration.Mount) -> RuntimeConfiguration.Mount {
        var result = mount
        let options = (mount.options ?? []).filter { $0 != "dev" }
        result.options = mount.type == "devpts" || options.contains("nodev") ? options : options + ["nodev"]
        return result
    }

    private static func depth(_ path: String) -> Int { path.split(separator: "/").count }
}
