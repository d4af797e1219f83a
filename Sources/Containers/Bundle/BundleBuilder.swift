import OCI
import Sandboxes
import StackModel

/// Service × image → `config.json`: a pure function. Everything that had to be looked up (users in the image, places
/// of volumes) comes in ``BundleInputs``.
enum BundleBuilder {
    /// Tell whose bundle it is, should the record be unreadable.
    static let nameAnnotation = "dev.roost.container.name"
    static let stackAnnotation = "dev.roost.container.stack"
    static let serviceAnnotation = "dev.roost.container.service"

    static func configuration(
        for record: ContainerRecord, inputs: BundleInputs
    ) throws -> RuntimeConfiguration {
        let settings = record.settings
        var result = RuntimeConfiguration()
        result.process = try process(record, inputs)
        result.root.readonly = settings.readOnly ? true : nil
        // The host's own namespace isn't renamed.
        result.hostname = settings.uts == .host ? nil : inputs.hostname
        result.domainname = settings.uts == .host ? nil : settings.domainname
        result.mounts = mounts(record, inputs)
        result.hooks = hooks(settings)
        result.linux = try linux(record, inputs)
        let own = [nameAnnotation: record.name, stackAnnotation: record.stack, serviceAnnotation: record.service]
        result.annotations = (settings.annotations ?? [:]).merging(own) { _, own in own }
        return result
    }

    private static func process(
        _ record: ContainerRecord, _ inputs: BundleInputs
    ) throws -> RuntimeConfiguration.Process {
        let settings = record.settings
        var process = RuntimeConfiguration.Process()
        process.args = try arguments(record)
        process.env = environment(record, inputs)
        process.cwd =
            settings.workingDir ?? (record.defaults.workingDirectory.isEmpty ? "/" : record.defaults.workingDirectory)
        process.terminal = settings.tty ? true : nil
        if let run = record.run, settings.tty, run.terminalRows > 0 {
            process.consoleSize = .init(height: run.terminalRows, width: run.terminalColumns)
        }
        process.user = RuntimeConfiguration.User(
            uid: inputs.user.uid, gid: inputs.user.gid, additionalGids: inputs.user.additionalGroups)
        process.capabilities = try capabilities(settings, user: inputs.user, available: inputs.availableCapabilities)
        var limits = settings.ulimits
        if limits["nofile"] == nil && inputs.mayRaiseLimits { limits["nofile"] = openFiles }
        process.rlimits = limits.sorted { $0.key < $1.key }.map { name, range in
            RuntimeConfiguration.ResourceLimit(
                type: "RLIMIT_" + name.uppercased(), hard: limit(range.hard), soft: limit(range.soft))
        }
        process.noNewPrivileges = inputs.security.noNewPrivileges ? true : nil
        process.oomScoreAdj = settings.resources.oomScoreAdj
        return process
    }

    /// Open files unless the service says otherwise: systemd's and Docker's default, instead of what whoever started
    /// the supervisor happened to have.
    private static let openFiles = ResourceLimitRange(soft: 1024, hard: 524_288)

    /// -1 stands for no limit.
    private static func limit(_ value: Int64) -> UInt64 { value < 0 ? .max : UInt64(value) }

    /// A service's own entrypoint also puts the image's command aside (Compose specification, `entrypoint`).
    static func arguments(_ record: ContainerRecord) throws -> [String] {
        let settings = record.settings
        let entrypoint = settings.entrypoint ?? record.defaults.entrypoint ?? []
        let command = settings.command ?? (settings.entrypoint == nil ? record.defaults.command ?? [] : [])
        let arguments = entrypoint + command
        guard !arguments.isEmpty else {
            throw BundleError(
                "service \"\(record.service)\": image \"\(record.image)\" names no command; give the service one")
        }
        return arguments
    }

    private static func environment(_ record: ContainerRecord, _ inputs: BundleInputs) -> [String] {
        var variables: [String: String] = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        ]
        variables["HOSTNAME"] = inputs.hostname
        variables["HOME"] = inputs.user.home
        if record.settings.tty { variables["TERM"] = "xterm" }
        variables.merge(record.environment) { _, own in own }
        return variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    private static func capabilities(
        _ settings: ContainerSettings, user: ResolvedUser, available: UInt64
    ) throws -> RuntimeConfiguration.Capabilities {
        let names = try Capability.effective(
            added: settings.capAdd, dropped: settings.capDrop, privileged: settings.privileged, available: available)
        // As Docker: whoever isn't root starts without any, and can gain them through set-uid files only.
        let own = user.uid == 0 ? names : []
        return RuntimeConfiguration.Capabilities(bounding: names, effective: own, permitted: own)
    }

    private static func hooks(_ settings: ContainerSettings) -> RuntimeConfiguration.Hooks? {
        if settings.hooks.isEmpty { return nil }
        var hooks = RuntimeConfiguration.Hooks()
        func of(_ stage: LifecycleHook.Stage) -> [RuntimeConfiguration.Hook]? {
            let found = settings.hooks.filter { $0.stage == stage }
            return found.isEmpty
                ? nil
                : found.map {
                    RuntimeConfiguration.Hook(
                        path: $0.path, args: $0.args.isEmpty ? nil : $0.args,
                        env: $0.environment.isEmpty ? nil : $0.environment, timeout: $0.timeout)
                }
        }
        hooks.createRuntime = of(.createRuntime)
        hooks.createContainer = of(.createContainer)
        hooks.startContainer = of(.startContainer)
        hooks.poststop = of(.poststop)
        return hooks
    }
}

/// What a bundle depends on beside the record.
struct BundleInputs: Sendable {
    var user: ResolvedUser
    var hostname: String?
    var security: SecurityOptions
    /// Bit N for each capability that this host lets us hand on.
    var availableCapabilities: UInt64
    var network: BundleNetwork
    /// The first process of the container whose pid namespace this one shares.
    var joinedPid: Int32?
    var cgroupPath: String
    /// The volumes' and grants' places on the host, in the order of their mounting.
    var mounts: [RuntimeConfiguration.Mount]
    /// `hosts`, `hostname` and `resolv.conf`, generated on the host.
    var identityFiles: [String: String]
    /// For `privileged`: the host's devices.
    var hostDevices: [RuntimeConfiguration.Device]
    /// What of this host tells of other processes' work, by its heat.
    var thermalDirectories: [String]

    /// `CAP_SYS_RESOURCE`, without which a limit can't be set above the supervisor's own.
    var mayRaiseLimits: Bool { availableCapabilities & 1 << 24 != 0 }

    /// Which network namespace `config.json` asks for.
    enum BundleNetwork: Equatable, Sendable {
        case own
        case host
        case joined(path: String)
    }
}

/// A service that can't become a bundle.
struct BundleError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
