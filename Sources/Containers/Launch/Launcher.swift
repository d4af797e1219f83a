import Addressing
import Cgroups
import ControlAPI
import Glibc
import Kernel
import Launching
import Networks
import OCI
import Planning
import Sandboxes
import StackModel
import Volumes

/// Record → running container: leases, files, bundle, program, shim. It keeps nothing between launches, so any number
/// of them go on side by side.
struct Launcher: Sendable {
    let locations: Locations
    let store: ContainerStore
    let volumes: VolumeStore
    let networks: NetworkController
    let layers: LayerMounts
    let skeleton: Skeleton
    let seccomp: SeccompCache
    let shim: Shim
    let cgroups: ContainerCgroups
    /// Bit N for each capability that this process can hand on.
    let availableCapabilities: UInt64
    /// What a shim runs when the supervisor is gone.
    let supervisorCommand: [String]

    /// - Parameters:
    ///   - joined: the containers whose namespaces it shares.
    ///   - willLaunch: told the ports before each attempt.
    func launch(
        _ record: ContainerRecord, joining joined: JoinedContainers,
        willLaunch: @Sendable ([ResolvedPort]) async -> Void
    ) async throws -> LaunchedContainer {
        let directory = SandboxDirectory(locations.containerRunDirectory(record.id))
        // The bundle is made anew at each start; where the run directory is a tmpfs, as on most hosts, that is no work
        // for a disk.
        try Files.makeDirectories(directory.path + "/rootfs", mode: 0o711)
        // The shim inherits the lock: whoever finds it taken knows that a launch is under way or a container runs.
        let lock = try await Self.take(directory.lockPath, of: record)
        try directory.clear()
        try await layers.hold(record.layers, for: record.id)
        do {
            return try await launch(record, joining: joined, lock: lock, willLaunch: willLaunch)
        } catch {
            await networks.withdraw(record)
            throw error
        }
    }

    private func launch(
        _ record: ContainerRecord, joining joined: JoinedContainers, lock: borrowing OwnedDescriptor,
        willLaunch: @Sendable ([ResolvedPort]) async -> Void
    ) async throws -> LaunchedContainer {
        let prepared = try await prepare(record, joining: joined)
        try Files.replace(bundlePath(record) + "/config.json", with: JSON.encode(prepared.configuration), mode: 0o600)
        var choice = PortChoice(record.settings.ports)
        var attempts = 0
        while true {
            attempts += 1
            let ports = try choice.next(taken: await networks.publishedPorts)
            var settings = prepared.settings
            settings.heldPorts = try await networks.hold(ports, for: record)
            let program = try LaunchCompiler.program(for: prepared.configuration, settings: settings)
            await willLaunch(ports)
            do {
                let processes = try await shim.launch(program, lock: lock)
                return LaunchedContainer(
                    processes: ContainerProcesses(processes), ports: ports, started: .now)
            } catch let failure as LaunchFailure where failure.errno == EADDRINUSE {
                // Another process took the port between its choice and its use.
                if choice.hasAlternatives { continue }
                // Another container of the service has bound it and isn't known to run yet; then it can be shared.
                guard attempts < Self.sharingAttempts, await networks.sharesPorts(record) else { throw failure }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// What a launch would do, without doing it.
    func program(_ record: ContainerRecord, joining joined: JoinedContainers) async throws -> LaunchProgram {
        // For as long as the image's users are looked up.
        let holder = "program of \(record.id)"
        try await layers.hold(record.layers, for: holder)
        let prepared: Prepared
        do {
            prepared = try await prepare(record, joining: joined)
        } catch {
            await layers.release(holder)
            throw error
        }
        await layers.release(holder)
        var settings = prepared.settings
        var choice = PortChoice(record.settings.ports)
        settings.heldPorts = try choice.next(taken: []).map { HeldPort(EndpointTable.PublishedPort($0)) }
        return try LaunchCompiler.program(for: prepared.configuration, settings: settings)
    }

    func bundlePath(_ record: ContainerRecord) -> String { locations.containerRunDirectory(record.id) }

    private static func take(_ path: String, of record: ContainerRecord) async throws -> OwnedDescriptor {
        let file = try OwnedDescriptor(open: path, [.readWrite, .create])
        // A process that another launch spawns has a copy of every descriptor until it executes its program: for an
        // instant it seems to hold the lock of a shim that has ended.
        for _ in 0..<100 {
            if flock(file.number, LOCK_EX | LOCK_NB) == 0 { return file }
            guard errno == EWOULDBLOCK else { throw KernelError("lock", path, errno: errno) }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw ContainerError("container \(record.name) is still ending; start it again in a moment")
    }

    /// A second: a launch takes milliseconds.
    private static let sharingAttempts = 100

    // MARK: Preparation

    private struct Prepared {
        var configuration: RuntimeConfiguration
        var settings: SandboxSettings
    }

    private func prepare(_ record: ContainerRecord, joining joined: JoinedContainers) async throws -> Prepared {
        let security = try SecurityOptions(record.settings.securityOpt, directory: record.projectDirectory)
        let network = try await network(record, joined.network)
        let user = try user(of: record, record.settings.user ?? record.defaults.user)
        let files = try IdentityFiles(locations: locations, record: record, hostname: hostname(record))
            .write(endpoints: network.addresses, gateway: network.gateway, sharing: joined.network?.record)
        let inputs = BundleInputs(
            user: user, hostname: hostname(record), security: security,
            availableCapabilities: availableCapabilities, network: network.namespace,
            joinedPid: joined.pid?.pid, cgroupPath: cgroups.path(record.id),
            mounts: try await MountResolver(locations: locations, volumes: volumes).mounts(
                of: record, seeing: joined.volumes),
            identityFiles: files, hostDevices: record.settings.privileged ? try HostDevices.all() : [],
            thermalDirectories: HostDevices.thermalDirectories)
        let configuration = try BundleBuilder.configuration(for: record, inputs: inputs)
        let seccomp =
            record.settings.privileged
            ? []
            : try await seccomp.filter(
                for: security.seccomp, capabilities: configuration.process.capabilities?.bounding ?? [])
        var settings = try sandbox(
            record, seeing: joined.volumes.map(\.record), network: network.sandbox, seccomp: seccomp)
        for file in files.values { settings.ownFiles[file] = try Files.read(file) }
        return Prepared(configuration: configuration, settings: settings)
    }

    private func sandbox(
        _ record: ContainerRecord, seeing others: [ContainerRecord], network: SandboxNetwork, seccomp: [UInt8]
    ) throws -> SandboxSettings {
        let bundle = bundlePath(record)
        var settings = SandboxSettings(
            id: record.id, layers: layers.directories(record.layers) + [skeleton.path],
            upper: locations.upperDirectory(of: record.id),
            work: locations.workDirectory(of: record.id),
            mountPoint: bundle + "/rootfs", cgroups: cgroups.compiler, network: network, seccomp: seccomp,
            reaper: record.settings.runInit,
            openStandardInput: record.settings.stdinOpen,
            sharedSources: try ([record] + others).flatMap(
                MountResolver(locations: locations, volumes: volumes).sharedSources),
            privileged: record.settings.privileged,
            monitor: MonitorSettings(
                runDirectory: bundle,
                logPath: record.settings.logging.driver == "none" ? "" : store.logPath(record.id),
                logMaximumSize: record.settings.logging.bound.size,
                logMaximumFiles: record.settings.logging.bound.files,
                supervisorFIFO: locations.aliveFIFO, supervisorCommand: supervisorCommand,
                supervisorLock: locations.startLock, bundle: bundle))
        settings.monitor.isAttachable = true
        settings.monitor.awaitsAttachment = record.run?.awaitsAttachment ?? false
        return settings
    }

    /// Docker's default is the container's short id; the host's name where the host's network is used.
    private func hostname(_ record: ContainerRecord) -> String {
        if let hostname = record.settings.hostname { return hostname }
        guard record.settings.networkMode == .host || record.settings.uts == .host else {
            return String(record.id.prefix(12))
        }
        // `try?`: without /proc no container starts anyway, and that error says more.
        return (try? Files.readText("/proc/sys/kernel/hostname"))?.filter { $0 != "\n" } ?? "localhost"
    }

    /// Looks a user up as the container will see it: its own layer lies over the image's.
    func user(of record: ContainerRecord, _ name: String) throws -> ResolvedUser {
        let layers =
            [locations.upperDirectory(of: record.id)] + layers.directories(record.layers)
        return try ResolvedUser(
            user: name, added: record.settings.groupAdd,
            passwd: ImageFiles.text("etc/passwd", layers: layers) ?? "",
            group: ImageFiles.text("etc/group", layers: layers) ?? "")
    }

    // MARK: Network

    private struct NetworkPlan {
        var namespace: BundleInputs.BundleNetwork
        var sandbox: SandboxNetwork
        /// In the order of the container's links.
        var addresses: [IPAddress] = []
        /// The host as the container reaches it.
        var gateway: IPAddress?
    }

    private func network(_ record: ContainerRecord, _ source: NetworkSource?) async throws -> NetworkPlan {
        switch record.settings.networkMode {
        case .none:
            return NetworkPlan(namespace: .own, sandbox: .none)
        case .host:
            return NetworkPlan(namespace: .host, sandbox: .host)
        case .service(let name), .container(let name):
            guard let pid = source?.processes.pid else {
                throw ContainerError(
                    "\(record.name): \(name), whose network it shares, is not running; start that first")
            }
            let path = "/proc/\(pid)/ns/net"
            return NetworkPlan(namespace: .joined(path: path), sandbox: .joined(path: path))
        case .networks:
            let leases = try await networks.lease(record)
            return NetworkPlan(
                namespace: .own, sandbox: leases.isEmpty ? .none : .endpoints(leases.map(\.endpoint), .standard),
                addresses: leases.flatMap(\.place.addresses),
                gateway: leases.flatMap(\.endpoint.addresses).lazy.compactMap(\.gateway).first
                    .flatMap { IPAddress(bytes: $0) })
        }
    }
}
