import StackModel

/// What any container can have: those of services, of jobs, and of `pre_start` (Compose specification, "Services").
enum ContainerFields {
    static let all: [Field<Service>] =
        image
        + (process + identity + network + isolation + storage + processor + memory + devices).map {
            $0.inside(\.container)
        }

    private static let image: [Field<Service>] = [
        Field("image", .image, "The image, as a reference.", to: \.image),
        Field("platform", .text, "The image's platform, as OS[/ARCH[/VARIANT]].", to: \.platform),
        Field("pull_policy", .pullPolicy, "When the image is fetched.", to: \.pullPolicy),
        Field(
            "pull_refresh_after", .text, "After how long an image is fetched again with pull_policy: refresh.",
            doneBy: .loader),
    ]

    private static let process: [Field<ContainerSettings>] = [
        Field("command", .command, "The command, in place of the image's.", .asWritten, to: \.command),
        Field(
            "entrypoint", .command, "What runs the command, in place of the image's.", .asWritten, to: \.entrypoint),
        Field("env_file", FileReferences.environmentFiles, "Files with environment variables.", doneBy: .loader),
        Field(
            "environment", .variables, "Environment variables; without a value, the shell's.", to: \.environment),
        Field("working_dir", .text, "The directory in which the command starts.", to: \.workingDir),
        Field("user", .user, "USER[:GROUP] as which the command runs, in place of the image's.", to: \.user),
        Field(
            "group_add", .texts(.list(of: .textOrInteger).distinct), "Further groups of the user.", to: \.groupAdd),
        Field(
            "init", .boolean, "Whether an init process reaps zombies and forwards signals.", .asWritten,
            to: \.runInit),
        Field("stop_signal", .signal, "The signal that asks the container to end, SIGTERM if none.", to: \.stopSignal),
        Field(
            "stop_grace_period", .duration.notNegative,
            "How long the container may take to end before it is killed.", .asWritten, to: \.stopGracePeriod),
        Field("logging", LogFields.form, "Where the output of the container goes.", .asWritten, to: \.logging),
        Field(
            "use_api_socket", .plainBoolean, "Whether the container reaches the engine's API.",
            refused: "there is no Docker Engine whose API a container could be given",
            suggestion: "mount the socket that its program needs with volumes"),
    ]

    private static let identity: [Field<ContainerSettings>] = [
        Field("annotations", .labels, "Annotations of the container.", to: \.annotations),
        Field("domainname", .text, "The domain of the container's own name.", to: \.domainname),
        Field("hostname", .text, "The container's own name.", to: \.hostname),
        Field("label_file", .oneOrSeveral(.texts), "Files with labels.", doneBy: .loader),
        Field("labels", .labels, "Labels of the container.", to: \.labels),
        Field("runtime", .text, "The program that makes the container."),
    ]

    private static let network: [Field<ContainerSettings>] = [
        Field("dns", Form(.textOrTexts, items: .address), "Name servers in place of the host's.", to: \.dns),
        Field("dns_opt", .texts(.uniqueTexts), "Options of the resolver.", to: \.dnsOpt),
        Field(
            "dns_search", .texts(.textOrTexts), "Domains in which names without a dot are looked up.",
            to: \.dnsSearch),
        Field("extra_hosts", ExtraHosts.form, "Further names, as HOST=IP.", to: \.extraHosts),
        Field("network_mode", .networkMode, "none, host, service:NAME or container:NAME.", .asWritten) {
            $0.join($1)
        },
        Field("networks", Attachments.form, "The networks that the container is attached to.", to: \.networks),
        // After the networks, one of which gets it.
        Field(
            "mac_address", .macAddress, "The address of the container's link.",
            trying: ContainerSettings.setMACAddress),
    ]

    private static let isolation: [Field<ContainerSettings>] = [
        Field("cap_add", Form(.uniqueTexts, items: .capability), "Capabilities that the container gets.", to: \.capAdd),
        Field(
            "cap_drop", Form(.uniqueTexts, items: .capability), "Capabilities that the container doesn't get.",
            to: \.capDrop),
        Field(
            "cgroup", .namespace("host", "private", as: .choice("host", "private")),
            "The cgroup namespace: host or private.", to: \.cgroup),
        Field(
            "cgroup_parent", .text, "The cgroup in which the container's stands.",
            refused: "containers stand below Roost's own group, which it can remove whole",
            suggestion: "limit the container with mem_limit, cpus and pids_limit"),
        Field(
            "credential_spec", .object(credentialSpec), "Credentials of Windows containers.", .asWritten,
            refused: "there are no Windows containers on Linux"),
        Field(
            "ipc", .namespace("shareable", "private", "host", "none"),
            "The IPC namespace: private, shareable, host or none.", to: \.ipc),
        Field(
            "isolation", .text, "How Windows isolates the container.",
            refused: "only Windows can isolate containers otherwise", unless: "default"),
        Field(
            "pid", .namespace("private", "host", "service:", "container:"),
            "The PID namespace: host, service:NAME or container:NAME.", to: \.pid),
        Field(
            "privileged", .boolean, "Whether the container may do what root on the host may.", to: \.privileged),
        Field(
            "security_opt", Form(.distinctTexts, items: .securityOption), "seccomp, no-new-privileges and labels.",
            to: \.securityOpt),
        Field("sysctls", .parameters, "Kernel parameters of the container's namespaces.", to: \.sysctls),
        Field("ulimits", Limits.ulimits, "Resource limits of its processes (man 2 getrlimit).", to: \.ulimits),
        Field(
            "userns_mode", .text, "The user namespace: host.",
            refused: "containers are in the host's user namespace, so there is only \"host\"", unless: "host"),
        Field("uts", .namespace("private", "host"), "The UTS namespace: private or host.", to: \.uts),
    ]

    private static let credentialSpec = Fields<Never>([
        Field("config", .text, "The config that holds it."),
        Field("file", .text, "The file that holds it."),
        Field("registry", .text, "The registry key that holds it."),
    ])

    private static let storage: [Field<ContainerSettings>] = [
        Field("configs", FileReferences.configs, "Configs that the container sees as files.", to: \.configs),
        Field("read_only", .boolean, "Whether the root file system can't be written.", to: \.readOnly),
        Field("secrets", FileReferences.secrets, "Secrets that the container sees as files.", to: \.secrets),
        Field(
            "storage_opt", .options(orNull: true), "Options of the storage driver.",
            refused: "an overlay on this host's file systems has no size of its own",
            suggestion: "bound what grows with a volume or tmpfs of a size"),
        Field("volumes", Mounts.form, "What is mounted where.", to: \.volumes),
        Field(
            "tmpfs", Mounts.temporary, "Where file systems in memory are mounted, as PATH[:OPTIONS]."
        ) { $0.volumes += $1 },
        Field(
            "volumes_from", Form(.distinctTexts, items: volumeSource),
            "Services and containers whose volumes are mounted, as NAME[:ro].", to: \.volumesFrom),
    ]

    private static let volumeSource = Form<VolumeSource>(
        .text, { VolumeSource($0.hasPrefix("container:") ? $0 : "service:" + $0) },
        else: { _ in .init("names no service or container", suggestion: "write it like NAME:ro or container:NAME") })

    private static let processor: [Field<ContainerSettings>] = [
        Field(
            "cpu_count", .count, "How many CPUs (Windows).", refused: "only Windows has it", suggestion: "say cpus"),
        Field(
            "cpu_percent", .integer(0...100), "The share of the CPUs in per cent (Windows).",
            refused: "only Windows has it", suggestion: "say cpus"),
        Field("cpu_period", .period, "The scheduler's period in microseconds.", to: \.resources.cpuPeriod),
        Field("cpu_quota", .quota, "CPU time in a period, in microseconds.", to: \.resources.cpuQuota),
        Field(
            "cpu_rt_period", .integer(fractions: true).notNegative, "The real-time scheduler's period in microseconds.",
            to: \.resources.cpuRtPeriod),
        Field(
            "cpu_rt_runtime", .integer(fractions: true).notNegative,
            "Real-time CPU time in a period, in microseconds.", to: \.resources.cpuRtRuntime),
        Field(
            "cpu_shares", .integer(fractions: true).notNegative, "The weight among containers that want the CPU.",
            to: \.resources.cpuShares),
        Field(
            "cpus", .thousandths.notNegative, "How many CPUs at most, with fractions.", to: \.resources.milliCPUs),
        Field("cpuset", .text, "On which CPUs it may run: 0-3 or 0,1.", to: \.resources.cpuset),
    ]

    private static let memory: [Field<ContainerSettings>] = [
        Field("mem_limit", .bytes.notNegative, "The most memory.", to: \.resources.memLimit),
        Field(
            "mem_reservation", .bytes(.wholeBytes).notNegative,
            "The memory that the container keeps when it is short.", to: \.resources.memReservation),
        Field(
            "mem_swappiness", .bytes(.wholeBytes).percentage, "How soon pages are swapped, 0 to 100.",
            to: \.resources.memSwappiness),
        Field(
            "memswap_limit", .bytes, "The most memory and swap together; -1 for no limit.",
            to: \.resources.memswapLimit),
        Field(
            "oom_kill_disable", .boolean, "Whether the kernel never kills it for want of memory.",
            to: \.resources.oomKillDisable),
        Field(
            "oom_score_adj", .integer(-1000...1000), "How soon the kernel kills it for want of memory.",
            to: \.resources.oomScoreAdj),
        Field(
            "pids_limit", .integer(fractions: true).orUnlimited, "The most processes; -1 for no limit.",
            to: \.resources.pidsLimit),
        Field("shm_size", .bytes.notNegative, "The size of /dev/shm.", to: \.shmSize),
    ]

    private static let devices: [Field<ContainerSettings>] = [
        Field(
            "blkio_config", Limits.blockIO, "Limits of reading and writing devices.", .asWritten,
            to: \.resources.blkioConfig),
        Field(
            "device_cgroup_rules", Devices.rules, "Rules of the device cgroup, as c 1:3 rwm.", to: \.deviceCgroupRules),
        Field("devices", Devices.mappings, "Devices of the host in the container.", to: \.devices),
        Field("gpus", Devices.gpus, "GPUs in the container.", refused: Devices.noDriver, suggestion: Devices.instead),
        Field(
            "models", ModelUses.shape, "Language models that the container uses.",
            refused: "there is no model runner on this host",
            suggestion: "run the model in a service of its own"),
    ]
}
