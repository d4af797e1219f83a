import Addressing
import OrderedCollections
import StackModel

/// One service's completed node as container settings. A new attribute is one line here.
struct ContainerResolution {
    let project: Project
    let node: Node

    func settings() -> ContainerSettings {
        var settings = ContainerSettings()
        process(&settings)
        identity(&settings)
        isolation(&settings)
        storage(&settings)
        settings.healthcheck = node["healthcheck"].map(healthcheck)
        settings.restart = restart()
        settings.resources = resources()
        settings.logging = logging()
        settings.hooks = hooks()
        return settings
    }

    private func text(_ key: String) -> String? { node[key]?.string }
    private func flag(_ key: String) -> Bool { node[key]?.boolean ?? false }
    private func bytes(_ node: Node?) -> Int64? { node?.string.flatMap { Int64($0) } }
    private func span(_ node: Node?) -> TimeSpan? { node?.string.flatMap(DurationText.parse) }
    private func words(_ key: String) -> [String]? { node[key]?.list == nil ? nil : node[key]?.strings }

    private func process(_ settings: inout ContainerSettings) {
        settings.command = words("command")
        settings.entrypoint = words("entrypoint")
        settings.environment = texts(node["environment"])
        settings.workingDir = text("working_dir")
        settings.user = text("user")
        settings.groupAdd = node["group_add"]?.strings ?? []
        settings.tty = flag("tty")
        settings.stdinOpen = flag("stdin_open")
        settings.runInit = flag("init")
        settings.stopSignal = text("stop_signal").flatMap { Signal($0) }
        settings.stopGracePeriod = span(node["stop_grace_period"])
        settings.labels = texts(node["labels"])
    }

    private func identity(_ settings: inout ContainerSettings) {
        settings.hostname = text("hostname")
        settings.domainname = text("domainname")
        settings.containerName = text("container_name")
        settings.ports = (node["ports"]?.list ?? []).compactMap(port)
        settings.expose = (node["expose"]?.strings ?? []).flatMap { Port.all(in: $0) ?? [] }
        settings.extraHosts = (node["extra_hosts"]?.strings ?? []).compactMap { ExtraHost($0) }
        settings.dns = (node["dns"]?.strings ?? []).compactMap { IPAddress($0) }
        settings.dnsSearch = node["dns_search"]?.strings ?? []
        settings.dnsOpt = node["dns_opt"]?.strings ?? []
        settings.networkMode = networkMode()
        if text("network_mode") == "bridge" { settings.networks["default"] = NetworkAttachment() }
        for (key, entry) in node["networks"]?.mapping?.entries ?? [:] {
            let details = entry.node
            settings.networks[key] = NetworkAttachment(
                aliases: details["aliases"]?.strings ?? [],
                ipv4Address: details["ipv4_address"]?.string.flatMap { IPv4Address($0) },
                macAddress: details["mac_address"]?.string.flatMap { MACAddress($0) },
                priority: Int(details["priority"]?.integer ?? 0))
        }
    }

    private func networkMode() -> NetworkMode {
        guard let mode = text("network_mode"), mode != "bridge" else { return .networks }
        if mode.hasPrefix("service:") { return .service(String(mode.dropFirst(8))) }
        if mode.hasPrefix("container:") { return .container(String(mode.dropFirst(10))) }
        return mode == "host" ? .host : .none
    }

    private func port(_ node: Node) -> PublishedPort? {
        guard let target = node["target"]?.integer.flatMap({ UInt16(exactly: $0) }) else { return nil }
        let published = node["published"]?.string.flatMap { Ports.range(Substring($0), from: 0) }
        return PublishedPort(
            hostIP: node["host_ip"]?.string.flatMap { IPAddress($0) },
            published: published == 0...0 ? nil : published, target: target,
            protocol: node["protocol"]?.string.flatMap { TransportProtocol($0) } ?? .tcp)
    }

    private func isolation(_ settings: inout ContainerSettings) {
        settings.capAdd = node["cap_add"]?.strings ?? []
        settings.capDrop = node["cap_drop"]?.strings ?? []
        settings.privileged = flag("privileged")
        settings.readOnly = flag("read_only")
        settings.securityOpt = (node["security_opt"]?.strings ?? []).map { SecurityOption($0) }
        settings.sysctls = texts(node["sysctls"])
        settings.shmSize = bytes(node["shm_size"])
        for (key, entry) in node["ulimits"]?.mapping?.entries ?? [:] {
            guard let soft = (entry.node["soft"] ?? entry.node).integer,
                let hard = (entry.node["hard"] ?? entry.node).integer
            else { continue }
            settings.ulimits[key] = ResourceLimitRange(soft: soft, hard: hard)
        }
    }

    private func storage(_ settings: inout ContainerSettings) {
        let mounts = MountResolution()
        settings.volumes = (node["volumes"]?.list ?? []).compactMap(mounts.mount)
        settings.volumes += (node["tmpfs"]?.strings ?? []).map(mounts.tmpfs)
        let grants = GrantResolution(project: project)
        settings.secrets = (node["secrets"]?.list ?? []).compactMap { grants.grant($0, in: "secrets") }
        settings.configs = (node["configs"]?.list ?? []).compactMap { grants.grant($0, in: "configs") }
    }

    private func healthcheck(_ node: Node) -> HealthCheck {
        if node["disable"]?.boolean == true { return HealthCheck(test: ["NONE"]) }
        return HealthCheck(
            test: node["test"]?.list == nil ? nil : node["test"]?.strings, interval: span(node["interval"]),
            timeout: span(node["timeout"]), retries: node["retries"]?.integer.map { Int($0) },
            startPeriod: span(node["start_period"]), startInterval: span(node["start_interval"]))
    }

    /// `deploy.restart_policy` wins over `restart`.
    private func restart() -> RestartPolicy {
        if let policy = node["deploy"]?["restart_policy"] {
            switch policy["condition"]?.string {
            case "none": return .no
            case "on-failure": return .onFailure(maximumRetries: policy["max_attempts"]?.integer.map { Int($0) })
            default: return .always
            }
        }
        guard let text = text("restart") else { return .no }
        switch text {
        case "always": return .always
        case "unless-stopped": return .unlessStopped
        case "no": return .no
        default: return .onFailure(maximumRetries: text.hasPrefix("on-failure:") ? Int(text.dropFirst(11)) : nil)
        }
    }

    private func resources() -> Resources {
        let deploy = node["deploy"]?["resources"]
        var resources = Resources()
        resources.memLimit = bytes(deploy?["limits"]?["memory"] ?? node["mem_limit"])
        resources.memswapLimit = bytes(node["memswap_limit"])
        resources.memReservation = bytes(deploy?["reservations"]?["memory"] ?? node["mem_reservation"])
        let cpus = (deploy?["limits"]?["cpus"] ?? node["cpus"])?.number
        resources.milliCPUs = cpus.map { Int64(min(max($0 * 1000, 0), 1e12).rounded()) }
        resources.cpuShares = node["cpu_shares"]?.integer
        resources.cpuset = text("cpuset")
        let pids = (deploy?["limits"]?["pids"] ?? node["pids_limit"])?.integer
        resources.pidsLimit = pids.flatMap { $0 > 0 ? $0 : nil }
        resources.oomScoreAdj = node["oom_score_adj"]?.integer.map { Int($0) }
        return resources
    }

    private func hooks() -> [LifecycleHook] {
        LifecycleHook.Stage.allCases.flatMap { stage in
            (node["x-oci-hooks"]?[stage.rawValue]?.list ?? []).map { hook in
                LifecycleHook(
                    stage: stage, path: hook["path"]?.string ?? "", args: hook["args"]?.strings ?? [],
                    environment: hook["env"]?.strings ?? [],
                    timeout: hook["timeout"]?.integer.flatMap { UInt32(exactly: $0) })
            }
        }
    }

    private func logging() -> LogSettings {
        guard let node = node["logging"] else { return LogSettings() }
        let options = texts(node["options"])
        let driver = node["driver"]?.string ?? "json-file"
        return LogSettings(
            driver: driver == "none" ? "none" : "json-file",
            maximumSize: options["max-size"].flatMap(ByteCount.parse) ?? 0,
            maximumFiles: options["max-file"].flatMap { Int($0) } ?? 1)
    }
}
