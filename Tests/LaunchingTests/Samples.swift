import Launching

/// A program with every kind of step.
func samplePrograms() -> [LaunchProgram] {
    let hook = HookSettings(
        path: "/usr/bin/hook", arguments: ["hook", "a b"], environment: ["A=1"], timeout: 5, state: "{\"pid\":%PID%}")
    let outside: [OutsideStep] = [
        .holdPort(.tcp, address: [0, 0, 0, 0], port: 8080),
        .holdPort(
            .udp, address: Array(repeating: 0, count: 15) + [1], port: 53,
            sharers: [PortSharer(pid: 12, startTime: 34), PortSharer(pid: 56, startTime: 78)]),
        .newNetwork,
        .link(host: "rv12ab", bridge: "rst0123", name: "eth0", mac: [2, 0x42, 10, 0, 0, 2], mtu: 1500),
        .address(link: "eth0", address: [10, 0, 0, 2], prefixLength: 24),
        .route(destination: [], prefixLength: 0, gateway: [10, 0, 0, 1]),
        .route(destination: [10, 1, 0, 0], prefixLength: 16, gateway: [10, 0, 0, 9]),
        .nameSockets(address: [127, 0, 0, 11], port: 53),
        .hook(hook),
        .directory(path: "/run/x", mode: 0o700),
    ]
    let inside: [InsideStep] = [
        .privatePropagation,
        .overlayRoot(lower: ["/l/2", "/l/1"], upper: "/u", work: "/w", target: "/r", noDevices: true),
        .bindRoot(source: "/s", target: "/r"),
        .mount(type: "tmpfs", source: "tmpfs", target: "/dev", flags: [.noSUID, .noExecute], data: "mode=755"),
        .bind(source: "/data", target: "/var/data", flags: .readOnly, recursive: true),
        .device(path: "/dev/null", major: 1, minor: 3, mode: 0o666),
        .symbolicLink(target: "pts/ptmx", path: "/dev/ptmx"),
        .file(path: "/etc/hosts", content: Array("127.0.0.1 localhost\n".utf8), mode: 0o644, user: 0, group: 0),
        .directory(path: "/work", mode: 0o755, user: 1, group: 2),
        .mask("/proc/kcore"), .readOnly("/proc/sys"), .pivotRoot, .readOnlyRoot,
        .sysctl(name: "net.core.somaxconn", value: "1024"), .hostname("web"), .domainname("lan"), .hook(hook),
        .bind(source: "a/b", within: "/volume", target: "/part", flags: .noDevices, recursive: false),
    ]
    var process = ProcessSettings(
        arguments: ["/bin/sh", "-c", "echo \"hi\""], environment: ["PATH=/bin", "X=a b"], workingDirectory: "/work",
        user: 1, group: 2, additionalGroups: [3, 4], umask: 0o27,
        capabilities: CapabilitySets(bounding: 0x400, effective: 0x400, permitted: 0x400, inheritable: 1, ambient: 1),
        limits: [ResourceLimit(kind: 7, soft: 1024, hard: UInt64.max)], noNewPrivileges: true,
        seccomp: Array(repeating: 6, count: 16), oomScoreAdjustment: -5, terminal: true, openStandardInput: true,
        reaper: true)
    process.traits = sampleTraits
    let monitor = MonitorSettings(
        runDirectory: "/run/roost/c/1", logPath: "/log", logMaximumSize: 1000, logMaximumFiles: 3,
        supervisorFIFO: "/run/roost/alive", supervisorCommand: ["/usr/bin/roost", "supervise"],
        supervisorLock: "/run/roost/lock", poststopHooks: [hook], bundle: "/bundle", links: ["rv12ab"])
    let full = LaunchProgram(
        container: "c1", outside: outside,
        namespaces: NamespaceSettings(
            new: [.mount, .pid], joined: [JoinedNamespace(kind: .network, path: "/proc/7/ns/net")]),
        cgroup: CgroupProgram(
            path: "roost/c1",
            directories: [
                CgroupDirectory(
                    "/cg/unified", .unified, deviceFilter: Array(repeating: 7, count: 32),
                    deviceRules: ["deny all", "allow c 1:3 rw"]),
                CgroupDirectory(
                    "/cg/memory", .legacy, controllers: ["memory"],
                    writes: [
                        CgroupWrite("memory.limit_in_bytes", "1073741824"),
                        CgroupWrite("memory.memsw.limit_in_bytes", "2147483648", isOptional: true),
                    ]),
                CgroupDirectory(
                    "/cg/blkio", .legacy, controllers: ["blkio"],
                    writes: [CgroupWrite("blkio.weight", "300", alternative: "blkio.bfq.weight")]),
            ]),
        inside: inside, process: process, monitor: monitor)
    return [full, LaunchProgram(container: "empty")]
}

private var sampleTraits: ProcessTraits {
    var result = ProcessTraits()
    result.scheduling = SchedulingPolicy(policy: 3)
    result.scheduling?.niceness = -4
    result.ioPriority = 2 << 13 | 5
    result.personality = 8
    result.labels = [SecurityLabel(file: "exec", value: "a b")]
    result.seccompFlags = 6
    result.initialProcessors = [0]
    result.finalProcessors = [0, 1]
    return result
}

let sampleExec = ExecProgram(
    container: "c1", target: 77, targetStartTime: 12345, cgroup: "roost/c1",
    process: ProcessSettings(arguments: ["id"], environment: ["A=b"]), timeout: 5000)
