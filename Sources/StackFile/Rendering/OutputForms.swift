/// The keys of each object in the order in which Docker Compose prints them.
enum OutputForms {
    static let project = OutputForm(
        "name services jobs networks volumes secrets configs models", projectParts, onlyInYAML: ["models"], isTop: true)

    /// A file with nothing but images.
    static let lock = OutputForm("name services", projectParts, alwaysInJSON: [("name", .string(""))], isTop: true)

    private static let projectParts = [
        "services": OutputForm(each: service), "jobs": OutputForm(each: job), "networks": OutputForm(each: network),
        "volumes": OutputForm(each: volume), "secrets": OutputForm(each: file), "configs": OutputForm(each: file),
        "models": OutputForm(each: OutputForm("name model context_size runtime_flags")),
    ]

    static let service = OutputForm(
        "profiles deploy develop restart scale attach container_name external_links extends links pre_start post_start"
            + " pre_stop provider " + container
            + " build depends_on expose healthcheck ports stdin_open tty",
        serviceParts, alwaysInJSON: [("command", .null), ("entrypoint", .null)])

    /// The older order, which the hash of a service is still taken in.
    static let hashedService = OutputForm(
        """
        profiles annotations attach build develop blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count
        cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs
        container_name credential_spec depends_on deploy device_cgroup_rules devices dns dns_opt dns_search domainname
        entrypoint provider environment env_file expose extends external_links extra_hosts group_add gpus hostname
        healthcheck image init ipc isolation labels label_file links logging mem_limit mem_reservation memswap_limit
        mem_swappiness mac_address models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform
        ports privileged pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open
        stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes
        volumes_from working_dir pre_start post_start pre_stop pull_refresh_after
        """, serviceParts, alwaysInJSON: [("command", .null), ("entrypoint", .null)])

    private static let serviceParts = parts.merging(
        [
            "deploy": deploy, "develop": develop, "extends": OutputForm("file service"), "pre_start": containerHook,
            "post_start": hook, "pre_stop": hook, "provider": OutputForm("type options"), "build": build,
            "depends_on": OutputForm(each: OutputForm("condition restart required")),
            "healthcheck": OutputForm("test timeout interval retries start_period start_interval disable"),
            "ports": OutputForm("name mode host_ip target published protocol app_protocol"),
        ]
    ) { $1 }

    private static let job = OutputForm(
        "name profiles triggers " + container + " build depends_on expose healthcheck ports stdin_open tty",
        serviceParts.merging(["triggers": triggers]) { $1 },
        alwaysInJSON: [("command", .null), ("entrypoint", .null)], onlyInYAML: ["name"])

    private static let triggers = OutputForm(
        "manual schedule", ["schedule": OutputForm("cron timezone concurrency missed_fires")])

    /// What a service and a hook with a container of its own have in common.
    private static let container = """
        annotations blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count cpu_percent cpu_period cpu_quota
        cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs credential_spec device_cgroup_rules devices
        dns dns_opt dns_search domainname entrypoint environment env_file extra_hosts group_add gpus hostname image init
        ipc isolation labels label_file logging mem_limit mem_reservation memswap_limit mem_swappiness mac_address models
        network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform privileged pull_policy
        pull_refresh_after read_only runtime secrets security_opt shm_size stop_grace_period stop_signal storage_opt
        sysctls tmpfs ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir
        """

    private static let parts: [String: OutputForm] = [
        "blkio_config": blkio, "configs": grant, "secrets": grant,
        "credential_spec": OutputForm("config file registry"),
        "devices": OutputForm("source target permissions"), "env_file": OutputForm("path required format"),
        "gpus": deviceRequest, "logging": OutputForm("driver options"),
        "models": OutputForm(each: OutputForm("endpoint_var model_var")), "networks": OutputForm(each: attachment),
        "ulimits": OutputForm(each: limit), "volumes": mount,
    ]

    private static let grant = OutputForm("source target uid gid mode")

    private static let blkio = OutputForm(
        "weight weight_device device_read_bps device_read_iops device_write_bps device_write_iops",
        [
            "weight_device": OutputForm("path weight", namesInJSON: ["path": "Path", "weight": "Weight"]),
            "device_read_bps": rate, "device_read_iops": rate, "device_write_bps": rate, "device_write_iops": rate,
        ])

    private static let limit = OutputForm("soft hard", zeroOnlyInYAML: ["soft", "hard"])

    private static let rate = OutputForm("path rate", namesInJSON: ["path": "Path", "rate": "Rate"])

    private static let deviceRequest = OutputForm("capabilities driver count device_ids options")

    private static let attachment = OutputForm(
        "aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips mac_address priority")

    private static let mount = OutputForm(
        "type source target read_only consistency bind volume tmpfs image",
        [
            "bind": OutputForm("selinux propagation create_host_path recursive"),
            "volume": OutputForm("labels nocopy subpath"), "tmpfs": OutputForm("size mode"),
            "image": OutputForm("subpath"),
        ])

    private static let hook = OutputForm(
        "command image user privileged working_dir environment per_replica", alwaysInJSON: [("command", .null)])

    private static let containerHook = OutputForm(
        container + " per_replica", parts, alwaysInJSON: [("command", .null), ("entrypoint", .null)])

    private static let build = OutputForm(
        """
        context dockerfile dockerfile_inline entitlements args provenance sbom ssh labels cache_from cache_to no_cache
        no_cache_filter additional_contexts pull extra_hosts isolation network target secrets shm_size tags ulimits
        platforms privileged
        """, ["secrets": grant, "ulimits": OutputForm(each: limit)], emptyNowhere: ["dockerfile"])

    private static let develop = OutputForm(
        "watch",
        [
            "watch": OutputForm(
                "path action target exec include ignore initial_sync", ["exec": hook],
                alwaysInJSON: [("exec", .map(Mapping()))])
        ])

    private static let deploy = OutputForm(
        "mode replicas labels update_config rollback_config resources restart_policy placement endpoint_mode",
        [
            "update_config": update, "rollback_config": update, "resources": resources,
            "restart_policy": OutputForm("condition delay max_attempts window"),
            "placement": OutputForm("constraints preferences max_replicas_per_node"),
        ], alwaysInJSON: [("resources", .map(Mapping())), ("placement", .map(Mapping()))])

    private static let update = OutputForm("parallelism delay failure_action monitor max_failure_ratio order")

    private static let resources = OutputForm("limits reservations", ["limits": resource, "reservations": resource])

    private static let resource = OutputForm(
        "cpus memory pids devices generic_resources",
        [
            "devices": deviceRequest,
            "generic_resources": OutputForm(
                "discrete_resource_spec", ["discrete_resource_spec": OutputForm("kind value")]),
        ])

    private static let network = OutputForm(
        "name driver driver_opts ipam external internal attachable labels enable_ipv4 enable_ipv6",
        [
            "ipam": OutputForm(
                "driver config options", ["config": OutputForm("subnet gateway ip_range aux_addresses")])
        ], alwaysInJSON: [("ipam", .map(Mapping()))], emptyNowhere: ["name"])

    private static let volume = OutputForm("name driver driver_opts external labels", emptyNowhere: ["name"])

    /// A secret or a config.
    private static let file = OutputForm(
        "name file environment content external labels driver driver_opts template_driver",
        emptyNowhere: ["content", "name"])
}
