/// The attributes of a service (Compose specification, "Services"), in the specification's order.
enum ServiceFields {
    static let shape = Shape.object(fields)

    static let fields = Fields([
        Field.unsupported("annotations"),
        Field("attach", .boolean, .none, keepsZero: true),
        Field.unsupported("build"),
        Field.unsupported("blkio_config"),
        Field.unsupported("cpu_count"),
        Field.unsupported("cpu_percent"),
        Field("cpu_shares", .integer(0 ... .max)),
        Field.unsupported("cpu_period"),
        Field.unsupported("cpu_quota"),
        Field.unsupported("cpu_rt_runtime"),
        Field.unsupported("cpu_rt_period"),
        Field("cpus", .number),
        Field("cpuset", .text),
        Field("cap_add", .distinctTexts),
        Field("cap_drop", .distinctTexts),
        Field.unsupported("cgroup"),
        Field.unsupported("cgroup_parent"),
        Field("command", .command, keepsZero: true),
        Field("configs", FileReferences.configs),
        Field("container_name", .text(Names.containerProblem)),
        Field.unsupported("credential_spec"),
        Field("depends_on", Dependencies.shape),
        Field("deploy", DeployFields.shape.orNothing, keepsZero: true),
        Field.unsupported("develop"),
        Field.unsupported("device_cgroup_rules", merge: .append),
        Field.unsupported("devices", merge: .append),
        Field("dns", .textOrTexts),
        Field("dns_opt", .distinctTexts),
        Field("dns_search", .textOrTexts),
        Field("domainname", .text),
        Field("entrypoint", .command, keepsZero: true),
        Field("env_file", FileReferences.environmentFiles),
        Field("environment", .variables),
        Field(
            "expose", .list(of: .textOrNumber).merged(by: .unique { $0.string ?? "" })),
        // Resolved before anything else; only its form is read here.
        Field("extends", .anything),
        Field.unsupported("external_links", merge: .append),
        Field("extra_hosts", ExtraHosts.shape),
        Field.unsupported("gpus", merge: .append),
        Field("group_add", .list(of: .textOrNumber, distinct: true)),
        Field("healthcheck", HealthFields.shape.orNothing, keepsZero: true),
        Field("hostname", .text),
        Field("image", .text),
        Field("init", .boolean, keepsZero: true),
        Field.unsupported("ipc", merge: .replace),
        Field.unsupported("isolation", merge: .replace),
        Field.unsupported("label_file", merge: .replace),
        Field("labels", .labels),
        Field.unsupported("links", merge: .append),
        Field("logging", LogFields.shape, keepsZero: true),
        Field.unsupported("mac_address", merge: .replace),
        Field("mem_limit", .bytes),
        Field("mem_reservation", .bytes),
        Field("mem_swappiness", .bytes, .none),
        Field("memswap_limit", .bytesOrUnlimited),
        Field.unsupported("models"),
        Field("network_mode", .text(Names.networkModeProblem)),
        Field("networks", Attachments.shape),
        Field.unsupported("oom_kill_disable", merge: .replace),
        Field("oom_score_adj", .integer(-1000...1000)),
        Field.unsupported("pid", merge: .replace),
        Field("pids_limit", .integer(-1 ... .max)),
        Field.unsupported("platform", merge: .replace),
        Field("ports", Ports.shape),
        Field.unsupported("post_start", merge: .append),
        Field.unsupported("pre_start", merge: .append),
        Field.unsupported("pre_stop", merge: .append),
        Field("privileged", .boolean),
        Field("profiles", .distinctTexts),
        Field.unsupported("provider"),
        Field("pull_policy", pullPolicy, .partial { Names.pullPolicies[$0.string ?? ""] != nil }),
        Field.unsupported("pull_refresh_after", merge: .replace),
        Field("read_only", .boolean),
        Field("restart", .text(Names.restartProblem)),
        Field.unsupported("runtime", merge: .replace),
        Field("scale", .integer(0...10_000), keepsZero: true),
        Field("secrets", FileReferences.secrets),
        Field("security_opt", .texts.merged(by: .unique { $0.string ?? "" })),
        Field("shm_size", .bytes),
        Field("stdin_open", .boolean),
        Field("stop_grace_period", .duration),
        Field("stop_signal", .text),
        Field.unsupported("storage_opt"),
        Field("sysctls", .variables),
        Field("tmpfs", .textOrTexts),
        Field("tty", .boolean),
        Field("ulimits", .map(of: ulimit)),
        Field("use_api_socket", .boolean, .none),
        Field("user", .text),
        Field.unsupported("userns_mode", merge: .replace),
        Field.unsupported("uts", merge: .replace),
        Field("volumes", Mounts.shape),
        Field.unsupported("volumes_from", merge: .append),
        Field("working_dir", .text),
        Field("x-oci-hooks", Hooks.shape),
    ])

    private static let pullPolicy = Shape { node, path, findings in
        guard let text = Shape.text.read(node, path, &findings)?.string else { return nil }
        guard Names.isPullPolicy(text) else {
            return findings.invalid(
                node, path, "\"\(text)\" is not a pull policy",
                suggestion: "use always, missing, never or build")
        }
        return node.with(.string(text == "if_not_present" ? "missing" : text))
    }

    private static let ulimit = Shape(merge: .replace) { node, path, findings in
        if case .map = node.value { return ulimitRange.read(node, path, &findings) }
        return Shape.integer(-1 ... .max).read(node, path, &findings)
    }

    private static let ulimitRange = Shape.object(
        Fields(
            required: ["soft", "hard"],
            [
                Field("soft", .integer(-1 ... .max), keepsZero: true),
                Field("hard", .integer(-1 ... .max), keepsZero: true),
            ]))
}
