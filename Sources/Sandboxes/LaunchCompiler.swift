public import Launching
public import OCI

/// Bundle → launch program: a pure function from `config.json` and the container's settings to the steps that the
/// shim performs (design, "one idea used three times").
public enum LaunchCompiler {
    public static func program(
        for configuration: RuntimeConfiguration, settings: SandboxSettings
    ) throws(LaunchCompilerError) -> LaunchProgram {
        let cgroup = try cgroup(configuration, settings)
        return LaunchProgram(
            container: settings.id,
            outside: outsideSteps(configuration, settings),
            namespaces: try namespaces(configuration, settings),
            cgroup: cgroup,
            inside: settings.boundRoot == nil
                ? try insideSteps(configuration, settings, cgroup)
                : try specifiedSteps(configuration, settings, cgroup),
            process: try process(configuration, settings),
            monitor: monitor(configuration, settings))
    }

    private static func cgroup(
        _ configuration: RuntimeConfiguration, _ settings: SandboxSettings
    ) throws(LaunchCompilerError) -> CgroupProgram {
        guard let path = configuration.linux.cgroupsPath, !path.isEmpty else { return CgroupProgram() }
        return try settings.cgroups.program(path, configuration.linux.resources)
    }

    private static func process(
        _ configuration: RuntimeConfiguration, _ settings: SandboxSettings
    ) throws(LaunchCompilerError) -> ProcessSettings {
        var result = try processSettings(configuration.process)
        result.traits = try traits(configuration.process, configuration.linux)
        result.seccomp = settings.seccomp
        result.openStandardInput = settings.openStandardInput
        result.reaper = settings.reaper
        result.handOver = settings.handOver
        result.startHooks = hooks(configuration.hooks?.startContainer, "created", configuration, settings)
        return result
    }

    /// The part of the process's settings that `config.json` alone tells.
    public static func processSettings(
        _ process: RuntimeConfiguration.Process
    ) throws(LaunchCompilerError) -> ProcessSettings {
        var limits: [Launching.ResourceLimit] = []
        for limit in process.rlimits ?? [] {
            guard let kind = resourceLimits.firstIndex(of: limit.type) else {
                throw LaunchCompilerError(subject: limit.type, reason: "no such resource limit")
            }
            limits.append(Launching.ResourceLimit(kind: UInt32(kind), soft: limit.soft, hard: limit.hard))
        }
        let capabilities = process.capabilities
        var settings = ProcessSettings(
            arguments: process.args, environment: process.env, workingDirectory: process.cwd, user: process.user.uid,
            group: process.user.gid, additionalGroups: process.user.additionalGids ?? [], umask: process.user.umask,
            capabilities: CapabilitySets(
                bounding: Capability.mask(capabilities?.bounding ?? []),
                effective: Capability.mask(capabilities?.effective ?? []),
                permitted: Capability.mask(capabilities?.permitted ?? []),
                inheritable: Capability.mask(capabilities?.inheritable ?? []),
                ambient: Capability.mask(capabilities?.ambient ?? [])),
            limits: limits, noNewPrivileges: process.noNewPrivileges ?? false,
            oomScoreAdjustment: Int32(clamping: process.oomScoreAdj ?? 0), terminal: process.terminal ?? false)
        settings.terminalRows = process.consoleSize?.height ?? 0
        settings.terminalColumns = process.consoleSize?.width ?? 0
        return settings
    }

    /// By the kernel's number (`asm-generic/resource.h`).
    static let resourceLimits = KernelNames.resourceLimits.map { "RLIMIT_" + $0.uppercased() }

    private static func namespaces(
        _ configuration: RuntimeConfiguration, _ settings: SandboxSettings
    ) throws(LaunchCompilerError) -> NamespaceSettings {
        var result = NamespaceSettings(new: [], joined: [])
        let linux = configuration.linux
        for namespace in linux.namespaces {
            guard let kind = namespaceKinds[namespace.type] else { continue }
            if let path = namespace.path {
                result.joined.append(JoinedNamespace(kind: kind, path: path))
            } else if kind != .network || linux.hasOwnUsers {
                // A network namespace that users of their own have rights in is made together with theirs.
                result.new.append(kind)
            }
        }
        result.userMappings = (linux.uidMappings ?? []).map(IDMapping.init)
        result.groupMappings = (linux.gidMappings ?? []).map(IDMapping.init)
        let offsets = (configuration.linux.timeOffsets ?? [:]).sorted { $0.key < $1.key }
        for (clock, offset) in offsets {
            guard result.new.contains(.time), ["monotonic", "boottime"].contains(clock) else {
                throw LaunchCompilerError(
                    subject: "linux.timeOffsets", reason: "\(clock) is no clock of a new time namespace")
            }
            result.timeOffsets.append("\(clock) \(offset.secs ?? 0) \(offset.nanosecs ?? 0)")
        }
        return result
    }

    private static let namespaceKinds: [String: NamespaceKind] = [
        "mount": .mount, "uts": .uts, "ipc": .ipc, "pid": .pid, "network": .network, "cgroup": .cgroup, "user": .user,
        "time": .time,
    ]

    private static func monitor(
        _ configuration: RuntimeConfiguration, _ settings: SandboxSettings
    ) -> MonitorSettings {
        var result = settings.monitor
        result.poststopHooks = hooks(configuration.hooks?.poststop, "stopped", configuration, settings)
        return result
    }
}

extension RuntimeConfiguration.Linux {
    /// The container gets a new user namespace.
    public var hasOwnUsers: Bool { namespaces.contains { $0.type == "user" && $0.path == nil } }
}

extension IDMapping {
    init(_ mapping: RuntimeConfiguration.IDMapping) {
        self.init(inside: mapping.containerID, outside: mapping.hostID, count: mapping.size)
    }
}

/// A configuration that no program can be made of.
public struct LaunchCompilerError: Error, CustomStringConvertible {
    public var subject: String
    public var reason: String

    public var description: String { "\(subject): \(reason)" }
}
