import StackModel

/// What any container can have: those of services, of jobs, and of `pre_start` (Compose specification, "Services").
enum ContainerFields {
    static let all = process + identity + network + isolation + storage + processor + memory + devices

    static let process: [Field] = [
        Field("command", .command, "The command, in place of the image's.", .asWritten),
        Field("entrypoint", .command, "What runs the command, in place of the image's.", .asWritten),
        Field("env_file", FileReferences.environmentFiles, "Files with environment variables."),
        Field("environment", .variables, "Environment variables; without a value, the shell's."),
        Field("working_dir", .text, "The directory in which the command starts."),
        Field("user", .text, "USER[:GROUP] as which the command runs, in place of the image's."),
        Field("group_add", .list(of: .textOrInteger).distinct, "Further groups of the user."),
        Field("init", .boolean, "Whether an init process reaps zombies and forwards signals.", .asWritten),
        Field("stop_signal", .text, "The signal that asks the container to end, SIGTERM if none."),
        Field(
            "stop_grace_period", .duration, "How long the container may take to end before it is killed.", .asWritten,
            start: Problems.negativeDuration),
        Field("logging", LogFields.shape, "Where the output of the container goes.", .asWritten),
        Field("use_api_socket", .plainBoolean, "Whether the container reaches the engine's API.", runtime: .none),
    ]

    static let identity: [Field] = [
        Field("annotations", .labels, "Annotations of the container.", runtime: .none),
        Field("domainname", .text, "The domain of the container's own name."),
        Field("hostname", .text, "The container's own name."),
        Field("image", .text, "The image, as a reference."),
        Field("label_file", .oneOrSeveral(.texts), "Files with labels."),
        Field("labels", .labels, "Labels of the container."),
        Field("platform", .text, "The image's platform, as OS[/ARCH[/VARIANT]]."),
        Field(
            "pull_policy", .text(Names.pullPolicyProblem), "When the image is fetched.",
            runtime: .partial { PullPolicy(rawValue: $0.string ?? "") != nil || $0.string == "refresh" }),
        Field("pull_refresh_after", .text, "After how long an image is fetched again with pull_policy: refresh."),
        Field("runtime", .text, "The program that makes the container.", runtime: .none),
    ]

    static let network: [Field] = [
        Field("dns", .textOrTexts, "Name servers in place of the host's."),
        Field("dns_opt", .uniqueTexts, "Options of the resolver."),
        Field("dns_search", .textOrTexts, "Domains in which names without a dot are looked up."),
        Field("extra_hosts", ExtraHosts.shape, "Further names, as HOST=IP."),
        Field("mac_address", .text, "The address of the container's link.", runtime: .none),
        Field(
            "network_mode", .text, "none, host, service:NAME or container:NAME.", .asWritten,
            start: Problems.networkMode),
        Field("networks", Attachments.shape, "The networks that the container is attached to."),
    ]

    static let isolation: [Field] = [
        Field("cap_add", .uniqueTexts, "Capabilities that the container gets."),
        Field("cap_drop", .uniqueTexts, "Capabilities that the container doesn't get."),
        Field("cgroup", .choice("host", "private"), "The cgroup namespace.", runtime: .none),
        Field("cgroup_parent", .text, "The cgroup in which the container's stands.", runtime: .none),
        Field(
            "credential_spec", .object(credentialSpec), "Credentials of Windows containers.", .asWritten,
            runtime: .none),
        Field("ipc", .text, "The IPC namespace: shareable, service:NAME, host, ….", runtime: .none),
        Field("isolation", .text, "How Windows isolates the container.", runtime: .none),
        Field("pid", .text, "The PID namespace: host, service:NAME, ….", runtime: .none),
        Field("privileged", .boolean, "Whether the container may do what root on the host may."),
        Field("security_opt", .distinctTexts, "seccomp, no-new-privileges and labels."),
        Field("sysctls", .labels, "Kernel parameters of the container's namespaces."),
        Field("ulimits", Limits.ulimits, "Resource limits of its processes (man 2 getrlimit)."),
        Field("userns_mode", .text, "The user namespace: host or none.", runtime: .none),
        Field("uts", .text, "The UTS namespace: host or none.", runtime: .none),
    ]

    private static let credentialSpec = Fields([
        Field("config", .text, "The config that holds it."),
        Field("file", .text, "The file that holds it."),
        Field("registry", .text, "The registry key that holds it."),
    ])

    static let storage: [Field] = [
        Field("configs", FileReferences.configs, "Configs that the container sees as files."),
        Field("read_only", .boolean, "Whether the root file system can't be written."),
        Field("secrets", FileReferences.secrets, "Secrets that the container sees as files."),
        Field("storage_opt", .options(orNull: true), "Options of the storage driver.", runtime: .none),
        Field("tmpfs", .textOrTexts, "Where file systems in memory are mounted, as PATH[:OPTIONS]."),
        Field("volumes", Mounts.shape, "What is mounted where."),
        Field(
            "volumes_from", .distinctTexts, "Services and containers whose volumes are mounted.", runtime: .none),
    ]

    static let processor: [Field] = [
        Field("cpu_count", .count, "How many CPUs (Windows).", runtime: .none),
        Field("cpu_percent", .integer(0...100), "The share of the CPUs in per cent (Windows).", runtime: .none),
        Field("cpu_period", .integer(fractions: true), "The scheduler's period in microseconds.", runtime: .none),
        Field("cpu_quota", .integer(fractions: true), "CPU time in a period, in microseconds.", runtime: .none),
        Field("cpu_rt_period", .integer(fractions: true), "The real-time scheduler's period.", runtime: .none),
        Field("cpu_rt_runtime", .integer(fractions: true), "Real-time CPU time in a period.", runtime: .none),
        Field(
            "cpu_shares", .integer(fractions: true), "The weight among containers that want the CPU.",
            start: Problems.negative),
        Field("cpus", .number, "How many CPUs at most, with fractions.", start: Problems.negative),
        Field("cpuset", .text, "On which CPUs it may run: 0-3 or 0,1."),
    ]

    static let memory: [Field] = [
        Field("mem_limit", .bytes, "The most memory.", start: Problems.negative),
        Field(
            "mem_reservation", .wholeBytes, "The memory that the container keeps when it is short.",
            start: Problems.negative),
        Field("mem_swappiness", .wholeBytes, "How soon pages are swapped, 0 to 100.", runtime: .none),
        Field("memswap_limit", .bytes, "The most memory and swap together; -1 for no limit."),
        Field("oom_kill_disable", .boolean, "Whether the kernel never kills it for want of memory.", runtime: .none),
        Field("oom_score_adj", .integer(-1000...1000), "How soon the kernel kills it for want of memory."),
        Field("pids_limit", .integer(fractions: true), "The most processes; -1 for no limit."),
        Field("shm_size", .bytes, "The size of /dev/shm.", start: Problems.negative),
    ]

    static let devices: [Field] = [
        Field(
            "blkio_config", .object(Limits.blockIO), "Limits of reading and writing devices.", .asWritten,
            runtime: .none),
        Field("device_cgroup_rules", .distinctTexts, "Rules of the device cgroup.", runtime: .none),
        Field("devices", Devices.mappings, "Devices of the host in the container.", runtime: .none),
        Field("gpus", Devices.gpus, "GPUs in the container.", runtime: .none),
        Field("models", ModelUses.shape, "Language models that the container uses.", runtime: .none),
    ]
}
