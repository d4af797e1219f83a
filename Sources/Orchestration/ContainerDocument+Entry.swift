import ControlAPI
import Health
import Kernel
import Launching
import OCI
import Planning
import StackModel
import Volumes

extension ContainerDocument {
    init(_ entry: ContainerEntry, engine: Engine, places: [String: NetworkPlace]) {
        let record = entry.record
        let directory = engine.locations.containerRunDirectory(record.id)
        // A container whose image names no command has been refused before; nothing is shown of it.
        let arguments = (try? BundleBuilder.arguments(record)) ?? []
        Id = record.id
        Created = Timestamp.text(record.created)
        Path = arguments.first ?? ""
        Args = Array(arguments.dropFirst())
        self.State = Self.state(entry)
        Image = record.imageID
        ResolvConfPath = directory + "/resolv.conf"
        HostnamePath = directory + "/hostname"
        HostsPath = directory + "/hosts"
        LogPath = engine.store.logPath(record.id)
        Name = "/" + record.name
        RestartCount = entry.status.restarts
        HostConfig = Self.host(record)
        Mounts = Self.mounts(record, engine)
        Config = Self.configuration(record)
        NetworkSettings = Self.network(entry, places)
    }

    private static func state(_ entry: ContainerEntry) -> RunState {
        RunState(
            Status: entry.stateName, Running: entry.isRunning, Restarting: entry.phase == .restarting,
            OOMKilled: entry.status.outOfMemory,
            Pid: entry.processes?.pid ?? 0, ExitCode: entry.status.exitCode, Error: entry.status.failure ?? "",
            StartedAt: Timestamp.text(entry.status.started), FinishedAt: Timestamp.text(entry.status.finished),
            Health: entry.health == .none ? nil : health(entry))
    }

    private static func health(_ entry: ContainerEntry) -> Health {
        let log = (entry.healthReport?.log ?? []).map { result in
            let code: Int32 = if case .exited(let code) = result.outcome { code } else { -1 }
            return Probe(
                Start: Timestamp.text(result.start.nanoseconds), End: Timestamp.text(result.end.nanoseconds),
                ExitCode: code, Output: result.output)
        }
        return Health(
            Status: entry.health.rawValue, FailingStreak: entry.healthReport?.failingStreak ?? 0, Log: log)
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
            CapDrop: settings.capDrop, SecurityOpt: settings.securityOpt, Memory: settings.resources.memLimit ?? 0,
            MemorySwap: settings.resources.memswapLimit ?? 0,
            NanoCpus: (settings.resources.milliCPUs ?? 0) * 1_000_000, PidsLimit: settings.resources.pidsLimit ?? 0,
            ShmSize: settings.shmSize ?? 64 << 20, Init: settings.runInit, Dns: settings.dns,
            ExtraHosts: settings.extraHosts.map { $0.replacing("=", with: ":", maxReplacements: 1) },
            Sysctls: settings.sysctls,
            Ulimits: settings.ulimits.sorted { $0.key < $1.key }.map {
                Ulimit(Name: $0.key, Hard: $0.value.hard, Soft: $0.value.soft)
            },
            PortBindings: settings.ports.reduce(into: [:]) { result, port in
                let number = port.published.map { "\($0.lowerBound)" } ?? ""
                result["\(port.target)/\(port.protocol)", default: []]
                    .append(Binding(HostIp: port.hostIP ?? "", HostPort: number))
            })
    }

    private static func mounts(_ record: ContainerRecord, _ engine: Engine) -> [Mount] {
        func volume(_ name: String, _ target: String, _ readOnly: Bool) -> Mount {
            // A volume that is gone has no place any more.
            let path = (try? engine.volumes.store.find(name))?.path ?? ""
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
        return own + record.anonymousVolumes.sorted { $0.key < $1.key }.map { volume($0.value, $0.key, false) }
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
            StopSignal: record.stopSignal,
            StopTimeout: settings.stopGracePeriod.map { $0.nanoseconds / 1_000_000_000 },
            ExposedPorts: record.exposedPorts.reduce(into: [:]) { $0[$1] = [:] }, Healthcheck: check)
    }

    private static func network(_ entry: ContainerEntry, _ places: [String: NetworkPlace]) -> NetworkState {
        var ports: [String: [Binding]?] = [:]
        for exposed in entry.record.defaults.exposedPorts { ports[exposed] = .some(nil) }
        for port in entry.status.publishedPorts {
            let key = "\(port.target)/\(port.protocol)"
            let binding = Binding(HostIp: port.hostIP ?? "0.0.0.0", HostPort: String(port.published))
            ports[key] = ((ports[key] ?? nil) ?? []) + [binding]
        }
        return NetworkState(
            Ports: ports,
            Networks: entry.record.settings.networks.reduce(into: [:]) { result, attachment in
                guard let name = entry.record.networks[attachment.key]?.name else { return }
                let place = places[name]
                result[name] = Endpoint(
                    Aliases: [entry.record.name, entry.record.service] + attachment.value.aliases,
                    IPAddress: place?.address ?? "", IPPrefixLen: place?.prefixLength ?? 0,
                    Gateway: place?.gateway ?? "", MacAddress: place?.mac ?? "")
            })
    }
}

/// A container's place on a network, as it is shown.
struct NetworkPlace: Sendable {
    var address: String
    var prefixLength: Int
    var gateway: String
    var mac: String
}
