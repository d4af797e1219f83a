import Cgroups
import FoundationEssentials
import Glibc
import Kernel
import Launching
import OCI
import Sandboxes

/// `create`, and the first half of `run`.
struct Creation {
    let store: ContainerStore
    let id: String
    let bundle: String
    let configuration: RuntimeConfiguration
    var handOver = HandOver()
    private let text: [UInt8]

    init(_ invocation: Invocation) throws {
        store = invocation.store
        id = try invocation.identifier()
        if invocation.global.has("systemd-cgroup") || invocation.global["cgroup-manager"] == "systemd" {
            throw RuntimeFailure("control groups are made by files here; leave --systemd-cgroup out")
        }
        bundle = try Self.absolute(invocation.arguments["bundle"] ?? ".")
        let file = invocation.arguments["config"] ?? "config.json"
        text = try Files.read(file.hasPrefix("/") ? file : bundle + "/" + file)
        configuration = try RuntimeConfiguration(json: text)
        try Self.check(configuration, text)
        handOver.consoleSocket = invocation.arguments["console-socket"] ?? ""
        let preserved = try invocation.arguments.number("preserve-fds", as: UInt32.self) ?? 0
        handOver.descriptors = preserved + Self.listening
    }

    /// Sockets of the caller that the container takes over (`man 3 sd_listen_fds`).
    static var listening: UInt32 { getenv("LISTEN_FDS").flatMap { UInt32(String(cString: $0)) } ?? 0 }

    private static func absolute(_ path: String) throws -> String {
        guard let found = realpath(path, nil) else { throw KernelError("find the bundle", path, errno: errno) }
        defer { free(found) }
        return String(cString: found)
    }

    private static func check(_ configuration: RuntimeConfiguration, _ text: [UInt8]) throws {
        guard configuration.ociVersion.hasPrefix("1.") else {
            throw RuntimeFailure("config.json is of version \(configuration.ociVersion) of the specification, not 1")
        }
        guard !configuration.process.args.isEmpty else {
            throw RuntimeFailure("config.json names no command (process.args)")
        }
        let kinds = configuration.linux.namespaces.map(\.type)
        guard Set(kinds).count == kinds.count else { throw RuntimeFailure("config.json names a namespace twice") }
        guard kinds.contains("mount") else {
            throw RuntimeFailure("a container without a mount namespace of its own is not supported")
        }
        let network = kinds.contains("network")
        for name in (configuration.linux.sysctl ?? [:]).keys.sorted() {
            let isOwn = Sysctl.isOwn(
                name, network: network, interProcess: kinds.contains("ipc"), names: kinds.contains("uts"))
            guard isOwn else {
                throw RuntimeFailure("sysctl \(name) is not the container's own but the host's")
            }
        }
        try Unsupported.check(configuration, text)
    }

    // MARK: The program

    private var rootfs: String {
        configuration.root.path.hasPrefix("/") ? configuration.root.path : bundle + "/" + configuration.root.path
    }

    /// The bundle with what a runtime adds to it.
    private var completed: RuntimeConfiguration {
        var result = configuration
        let path = (configuration.linux.cgroupsPath ?? "").split(separator: "/").joined(separator: "/")
        result.linux.cgroupsPath = path.isEmpty ? id : path
        var resources = configuration.linux.resources ?? .init()
        let rules = resources.devices ?? []
        resources.devices = [.init(allow: false)] + rules + LaunchCompiler.standardDeviceRules
        result.linux.resources = resources
        if Self.listening > 0 { result.process.env += ["LISTEN_FDS=\(Self.listening)", "LISTEN_PID=1"] }
        return result
    }

    private func program() throws -> LaunchProgram {
        var settings = SandboxSettings(
            id: id, layers: [], upper: "", work: "", mountPoint: rootfs,
            cgroups: CgroupCompiler(try CgroupHierarchies.survey(), everywhere: true),
            network: configuration.linux.hasOwnNetwork && !configuration.linux.hasOwnUsers ? .none : .host,
            monitor: MonitorSettings(bundle: bundle))
        settings.boundRoot = rootfs
        settings.handOver = handOver
        if let seccomp = configuration.linux.seccomp {
            settings.seccomp = try SeccompCompiler.compile(SeccompProfile(seccomp), capabilities: [])
        }
        return try LaunchCompiler.program(for: completed, settings: settings)
    }

    // MARK: Making

    /// - Parameter waits: the container's command begins with `start`.
    mutating func make(waits: Bool) throws -> RuntimeContainer {
        let directory = try store.make(id)
        do {
            if waits {
                handOver.startFIFO = directory + "/start"
                guard mkfifo(handOver.startFIFO, 0o600) == 0 else {
                    throw KernelError("make", handOver.startFIFO, errno: errno)
                }
            }
            let program = try program()
            guard try Cgroup(program.cgroup).processes().isEmpty else {
                throw RuntimeFailure("the control group \(program.cgroup.path) has processes of somebody else's")
            }
            let success = try ShimProcess.start("launch", program.wire, descriptors: handOver.descriptors)
            let container = RuntimeContainer(record: try record(success, program.cgroup), directory: directory)
            do {
                try Files.replace(directory + "/config.json", with: text, mode: 0o600)
                try store.save(container.record)
            } catch {
                try? ProcessDescriptor(container.process).signal(SIGKILL)  // `try?`: the first failure is told.
                try? container.group?.remove(withParents: false)
                throw error
            }
            return container
        } catch {
            try? store.remove(id)  // `try?`: the first failure is told.
            throw error
        }
    }

    private func record(_ success: LaunchSuccess, _ program: CgroupProgram) throws -> ContainerRecord {
        let group = program.path.isEmpty ? nil : try Cgroup(program)
        return ContainerRecord(
            ociVersion: configuration.ociVersion, id: id, pid: success.pid, startTime: success.startTime,
            bundle: bundle, rootfs: rootfs, created: Date.now.formatted(.iso8601),
            annotations: configuration.annotations ?? [:], owner: geteuid() == 0 ? "root" : "\(geteuid())",
            cgroup: .init(path: program.path, unified: group?.unified, legacy: group?.legacy ?? []))
    }
}

extension RuntimeConfiguration.Linux {
    fileprivate var hasOwnNetwork: Bool { namespaces.contains { $0.type == "network" && $0.path ?? "" == "" } }
}
