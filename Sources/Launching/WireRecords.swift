extension LaunchProgram: WireRecord {
    static var blank: Self { Self(container: "") }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&container)
        try coder.field(&outside)
        try coder.field(&namespaces)
        try coder.field(&cgroup)
        try coder.field(&inside)
        try coder.field(&process)
        try coder.field(&monitor)
    }
}

extension ExecProgram: WireRecord {
    static var blank: Self { Self(container: "", target: 0, targetStartTime: 0, cgroup: "", process: .init()) }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&container)
        try coder.field(&target)
        try coder.field(&targetStartTime)
        try coder.field(&cgroup)
        try coder.field(&process)
        try coder.field(&timeout)
    }
}

extension PortSharer: WireRecord {
    static var blank: Self { Self(pid: 0, startTime: 0) }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&pid)
        try coder.field(&startTime)
    }
}

extension HookSettings: WireRecord {
    static var blank: Self { Self(path: "", arguments: [], environment: [], timeout: 0, state: "") }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&path)
        try coder.field(&arguments)
        try coder.field(&environment)
        try coder.field(&timeout)
        try coder.field(&state)
    }
}

extension NamespaceSettings: WireRecord {
    static var blank: Self { Self() }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&new)
        try coder.field(&joined)
        try coder.field(&timeOffsets)
        try coder.field(&userMappings)
        try coder.field(&groupMappings)
    }
}

extension IDMapping: WireRecord {
    static var blank: Self { Self(inside: 0, outside: 0, count: 0) }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&inside)
        try coder.field(&outside)
        try coder.field(&count)
    }
}

extension JoinedNamespace: WireRecord {
    static var blank: Self { Self(kind: .mount, path: "") }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&kind)
        try coder.field(&path)
    }
}

extension CgroupProgram: WireRecord {
    static var blank: Self { Self() }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&path)
        try coder.field(&directories)
    }
}

extension CgroupDirectory: WireRecord {
    static var blank: Self { Self("", .unified) }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&mountPoint)
        try coder.field(&version)
        try coder.field(&controllers)
        try coder.field(&writes)
        try coder.field(&deviceFilter)
        try coder.field(&deviceRules)
    }
}

extension CgroupWrite: WireRecord {
    static var blank: Self { Self("", "") }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&file)
        try coder.field(&value)
        try coder.field(&alternative)
        try coder.field(&isOptional)
    }
}

extension ResourceLimit: WireRecord {
    static var blank: Self { Self(kind: 0, soft: 0, hard: 0) }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&kind)
        try coder.field(&soft)
        try coder.field(&hard)
    }
}

extension CapabilitySets: WireRecord {
    static var blank: Self { Self() }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&bounding)
        try coder.field(&effective)
        try coder.field(&permitted)
        try coder.field(&inheritable)
        try coder.field(&ambient)
    }
}

extension ProcessSettings: WireRecord {
    static var blank: Self { Self() }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&arguments)
        try coder.field(&environment)
        try coder.field(&workingDirectory)
        try coder.field(&user)
        try coder.field(&group)
        try coder.field(&additionalGroups)
        try coder.field(&umask)
        try coder.field(&capabilities)
        try coder.field(&limits)
        try coder.field(&noNewPrivileges)
        try coder.field(&seccomp)
        try coder.field(&oomScoreAdjustment)
        try coder.field(&terminal)
        try coder.field(&openStandardInput)
        try coder.field(&reaper)
        try coder.field(&terminalRows)
        try coder.field(&terminalColumns)
        try coder.field(&startHooks)
        try coder.field(&handOver)
        try coder.field(&traits)
    }
}

extension HandOver: WireRecord {
    static var blank: Self { Self() }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&startFIFO)
        try coder.field(&consoleSocket)
        try coder.field(&descriptors)
    }
}

extension MonitorSettings: WireRecord {
    static var blank: Self { Self() }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&runDirectory)
        try coder.field(&logPath)
        try coder.field(&logMaximumSize)
        try coder.field(&logMaximumFiles)
        try coder.field(&supervisorFIFO)
        try coder.field(&supervisorCommand)
        try coder.field(&supervisorLock)
        try coder.field(&poststopHooks)
        try coder.field(&bundle)
        try coder.field(&links)
        try coder.field(&isAttachable)
        try coder.field(&awaitsAttachment)
    }
}
