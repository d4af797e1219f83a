import Addressing
import ControlAPI
import Kernel
import Launching
import OCI
import Planning
import StackModel
import Volumes

extension ContainerDocument {
    init(
        _ snapshot: ContainerSnapshot, locations: Locations, volumes: VolumeStore, places: [String: NetworkPlace]
    ) {
        let record = snapshot.record
        let directory = locations.containerRunDirectory(record.id)
        // A container whose image names no command has been refused before; nothing is shown of it.
        let arguments = (try? BundleBuilder.arguments(record)) ?? []
        Id = record.id
        Created = Timestamp.text(record.created)
        Path = arguments.first ?? ""
        Args = Array(arguments.dropFirst())
        self.State = Self.state(snapshot.machine)
        Image = record.imageID
        ResolvConfPath = directory + "/resolv.conf"
        HostnamePath = directory + "/hostname"
        HostsPath = directory + "/hosts"
        LogPath = ContainerStore(locations: locations).logPath(record.id)
        Name = "/" + record.name
        RestartCount = snapshot.machine.restarts.count
        HostConfig = Self.host(record)
        Mounts = Self.mounts(record, volumes)
        Config = Self.configuration(record)
        NetworkSettings = Self.network(snapshot, places)
    }

    private static func state(_ machine: ContainerMachine) -> RunState {
        let isPaused = if case .paused = machine.phase { true } else { false }
        let isWaiting = if case .waiting = machine.phase { true } else { false }
        return RunState(
            Status: machine.stateName, Running: machine.processes != nil, Paused: isPaused, Restarting: isWaiting,
            OOMKilled: machine.run.outOfMemory, Pid: machine.processes?.pid ?? 0, ExitCode: machine.run.exitCode,
            Error: machine.run.failure ?? "", StartedAt: Timestamp.text(machine.run.started?.nanoseconds ?? 0),
            FinishedAt: Timestamp.text(machine.run.finished?.nanoseconds ?? 0),
            Health: machine.processes == nil ? nil : health(machine), Probes: probes(machine),
            UnhealthyReason: machine.lastCause)
    }

    /// The health check's, or what the probes come to.
    private static func health(_ machine: ContainerMachine) -> Health? {
        if let check = machine.health {
            return Health(
                Status: machine.healthStatus.rawValue, FailingStreak: check.failingStreak, Log: probes(check.log))
        }
        guard machine.healthStatus != .none, let probes = machine.probes else { return nil }
        let shown = probes.readiness ?? probes.liveness ?? probes.startup
        return Health(
            Status: machine.healthStatus.rawValue, FailingStreak: shown?.failingStreak ?? 0,
            Log: self.probes(shown?.log ?? []))
    }

    private static func probes(_ machine: ContainerMachine) -> [String: Health]? {
        guard let probes = machine.probes, machine.processes != nil else { return nil }
        return ProbeKind.allCases.reduce(into: [:]) { result, kind in
            guard let run = probes[kind] else { return }
            result[kind.rawValue] = Health(
                Status: run.verdict.rawValue, FailingStreak: run.failingStreak, Log: self.probes(run.log))
        }
    }

    private static func probes(_ log: [ProbeResult]) -> [Probe] {
        log.map { result in
            let code: Int32 = if case .exited(let code) = result.outcome { code } else { -1 }
            return Probe(
                Start: Timestamp.text(result.start.nanoseconds), End: Timestamp.text(result.end.nanoseconds),
                ExitCode: code, Output: result.output)
        }
    }

    private static func host(_ record: ContainerRecord) -> HostConfiguration {
        let settings = record.settings
        let mode: String =
            switch settings.networkMode {
            case .networks: record.networks.values.map(\.name).min() ?? "none"
            case .none: "none"
            case .host: "host"
            case .service(let name), .container(let name): "container:" + name
            }
        let retries: Int = if case .onFailure(let maximum?) = settings.restart { maximum } else { 0 }
        let policy = settings.restart.description.split(separator: ":")[0]
        return HostConfiguration(
            NetworkMode: mode, RestartPolicy: Restart(Name: String(policy), MaximumRetryCount: retries),
            Privileged: settings.privileged, ReadonlyRootfs: settings.readOnly, CapAdd: settings.capAdd,
            CapDrop: settings.capDrop, SecurityOpt: settings.securityOpt.map(\.description),
            Memory: settings.resources.memLimit ?? 0,
            MemorySwap: settings.resources.memswapLimit ?? 0,
            NanoCpus: (settings.resources.milliCPUs ?? 0) * 1_000_000,
            CpuPeriod: settings.resources.cpuPeriod ?? 0, CpuQuota: settings.resources.cpuQuota ?? 0,
            PidsLimit: settings.resources.pidsLimit ?? 0,
            ShmSize: settings.shmSize ?? 64 << 20, Init: settings.runInit, Dns: settings.dns.map(\.description),
            ExtraHosts: settings.extraHosts.map { "\($0.name):\($0.address)" },
            Sysctls: settings.sysctls,
            Ulimits: settings.ulimits.sorted { $0.key < $1.key }.map {
                Ulimit(Name: $0.key, Hard: $0.value.hard, Soft: $0.value.soft)
            },
            PortBindings: settings.ports.reduce(into: [:]) { result, port in
                let number = port.published.map { range in
                    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
                }
                result["\(port.target)/\(port.protocol)", default: []]
                    .append(Binding(HostIp: port.hostIP?.description ?? "", HostPort: number ?? ""))
            })
    }

    private static func mounts(_ record: ContainerRecord, _ volumes: VolumeStore) -> [Mount] {
        func volume(_ name: String, _ target: String, _ readOnly: Bool) -> Mount {
            // A volume that is gone has no place any more.
            let path = (try? volumes.find(name))?.path ?? ""
            return Mount(Type: "volume", Name: name, Source: path, Destination: target, RW: !readOnly)
        }
        let own = record.settings.volumes.compactMap { mount -> Mount? in
            switch mount.source {
            case .named(let key): volume(record.volumes[key]?.name ?? key, mount.target, mount.readOnly)
            case .anonymous: nil
            case .bind(let path, _, _):
                Mount(Type: "bind", Source: path, Destination: mount.target, RW: !mount.readOnly)
            case .tmpfs: Mount(Type: "tmpfs", Source: "", Destination: mount.target, RW: !mount.readOnly)
            }
        }
        return own
            + record.anonymousVolumes.sorted { $0.key < $1.key }.map { target, name in
                volume(name, target, record.isReadOnly(anonymousVolumeAt: target))
            }
    }

    private static func configuration(_ record: ContainerRecord) -> Configuration {
        let settings = record.settings
        let check = record.healthCheck.map {
            Healthcheck(
                Test: ["CMD"] + $0.command, Interval: $0.interval.nanoseconds, Timeout: $0.timeout.nanoseconds,
                Retries: $0.retries, StartPeriod: $0.startPeriod.nanoseconds,
                StartInterval: $0.startInterval.nanoseconds)
        }
        return Configuration(
            Hostname: settings.hostname ?? String(record.id.prefix(12)), Domainname: settings.domainname ?? "",
            User: settings.user ?? record.defaults.user, Tty: settings.tty, OpenStdin: settings.stdinOpen,
            Env: record.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" },
            Cmd: settings.command ?? record.defaults.command,
            Entrypoint: settings.entrypoint ?? record.defaults.entrypoint, Image: record.image,
            WorkingDir: settings.workingDir ?? record.defaults.workingDirectory, Labels: record.labels,
            StopSignal: record.stopSignal.description,
            StopTimeout: settings.stopGracePeriod.map { $0.nanoseconds / 1_000_000_000 },
            ExposedPorts: record.exposedPorts.reduce(into: [:]) { $0["\($1)"] = [:] }, Healthcheck: check)
    }

    private static func network(_ snapshot: ContainerSnapshot, _ places: [String: NetworkPlace]) -> NetworkState {
        var ports: [String: [Binding]?] = [:]
        for exposed in snapshot.record.defaults.exposedPorts { ports[exposed] = .some(nil) }
        for port in snapshot.status.publishedPorts {
            let key = "\(port.target)/\(port.protocol)"
            let binding = Binding(HostIp: port.hostIP?.description ?? "0.0.0.0", HostPort: String(port.published))
            ports[key] = ((ports[key] ?? nil) ?? []) + [binding]
        }
        return NetworkState(
            Ports: ports,
            // `try?`: one that nobody can name isn't shown.
            Networks: ((try? snapshot.record.attachments()) ?? []).reduce(into: [:]) { result, attached in
                let place = places[attached.network]
                result[attached.network] = Endpoint(
                    Aliases: [snapshot.record.name, snapshot.record.service] + attached.attachment.aliases,
                    IPAddress: place?.address ?? "", IPPrefixLen: place?.prefixLength ?? 0,
                    Gateway: place?.gateway ?? "", MacAddress: place?.mac ?? "")
            })
    }
}

/// A container's place on a network, as it is shown.
public struct NetworkPlace: Sendable {
    var address: String
    var prefixLength: Int
    var gateway: String
    var mac: String
}
