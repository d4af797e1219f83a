extension NamespaceSettings {
    func describe(in text: inout ProgramText) {
        text.line(1, "namespaces", "new=\(new.map { "\($0)" }.joined(separator: ","))")
        for namespace in joined {
            text.line(1, "join", "\(namespace.kind)", ProgramText.word(namespace.path))
        }
        for offset in timeOffsets { text.line(1, "time-offset", offset) }
        for mapping in userMappings { text.line(1, "user-mapping", mapping.text) }
        for mapping in groupMappings { text.line(1, "group-mapping", mapping.text) }
    }
}

extension ProcessSettings {
    func describe(in text: inout ProgramText) {
        text.line(1, "process", ProgramText.words(arguments))
        for entry in environment { text.line(2, "environment", ProgramText.word(entry)) }
        text.line(2, "directory", ProgramText.word(workingDirectory))
        let groups = additionalGroups.map { String($0) }.joined(separator: ",")
        text.line(
            2, "user \(user):\(group)", groups.isEmpty ? "" : "groups=\(groups)",
            umask.map { "umask=\(ProgramText.octal($0))" } ?? "")
        capabilities.describe(in: &text)
        for limit in limits { text.line(2, "limit", limit.text) }
        if oomScoreAdjustment != 0 { text.line(2, "oom-score-adjustment", String(oomScoreAdjustment)) }
        if noNewPrivileges { text.line(2, "no-new-privileges") }
        if !seccomp.isEmpty {
            text.line(2, "seccomp", "\(seccomp.count / 8) instructions", ProgramText.digest(seccomp))
        }
        if terminal {
            text.line(2, "terminal", terminalRows > 0 ? "rows=\(terminalRows) columns=\(terminalColumns)" : "")
        }
        if openStandardInput { text.line(2, "open-standard-input") }
        traits.describe(in: &text)
        if reaper { text.line(2, "reaper") }
        for hook in startHooks { text.line(2, "start", hook.text) }
        if let handOver {
            text.line(
                2, "hand-over", ProgramText.setting("start", handOver.startFIFO, unless: ""),
                ProgramText.setting("console", handOver.consoleSocket, unless: ""),
                ProgramText.setting("descriptors", handOver.descriptors, unless: 0))
        }
    }
}

extension CapabilitySets {
    func describe(in text: inout ProgramText) {
        let sets: [(String, UInt64)] = [
            ("bounding", bounding), ("effective", effective), ("permitted", permitted), ("inheritable", inheritable),
            ("ambient", ambient),
        ]
        for (name, mask) in sets where mask != 0 {
            text.line(2, "capabilities", name, Self.names(mask))
        }
    }

    /// By number, in the kernel's order (linux/capability.h).
    private static let names = [
        "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
        "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
        "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
        "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap",
        "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
        "checkpoint_restore",
    ]

    private static func names(_ mask: UInt64) -> String {
        if mask == UInt64.max || mask == 1 << UInt64(names.count) - 1 { return "all" }
        return (0..<64).filter { mask & (1 << UInt64($0)) != 0 }
            .map { $0 < names.count ? names[$0] : String($0) }.joined(separator: ",")
    }
}

extension ResourceLimit {
    /// As `ulimit` and Compose name it; the numbers are those of Linux (asm-generic/resource.h).
    public var name: String {
        let names = [
            "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending",
            "msgqueue", "nice", "rtprio", "rttime",
        ]
        return Int(kind) < names.count ? names[Int(kind)] : String(kind)
    }

    var text: String {
        "\(name)=\(Self.value(soft)):\(Self.value(hard))"
    }

    private static func value(_ number: UInt64) -> String { number == UInt64.max ? "unlimited" : String(number) }
}

extension MonitorSettings {
    func describe(in text: inout ProgramText) {
        text.line(1, "monitor", ProgramText.word(runDirectory), ProgramText.setting("bundle", bundle, unless: ""))
        if !logPath.isEmpty {
            text.line(
                2, "log", ProgramText.word(logPath), ProgramText.setting("maximum-size", logMaximumSize, unless: 0),
                "files=\(logMaximumFiles)")
        }
        if !supervisorFIFO.isEmpty {
            text.line(2, "supervisor", ProgramText.word(supervisorFIFO), "lock=\(ProgramText.word(supervisorLock))")
            text.line(2, "supervisor-command", ProgramText.words(supervisorCommand))
        }
        for hook in poststopHooks { text.line(2, "poststop", hook.text) }
        if isAttachable { text.line(2, "attachable", awaitsAttachment ? "awaited" : "") }
        if !links.isEmpty { text.line(2, "links", links.joined(separator: " ")) }
    }
}
