import Addressing
import OCI
import StackModel
import Testing

@testable import Containers

@Suite struct BundleBuilderTests {
    private static func bundle(
        _ record: ContainerRecord = Samples.record(), _ change: (inout BundleInputs) -> Void = { _ in }
    ) throws -> RuntimeConfiguration {
        try BundleBuilder.configuration(for: record, inputs: Samples.inputs(change))
    }

    // MARK: Process

    struct Words: Sendable, CustomTestStringConvertible {
        var image: (entrypoint: [String]?, command: [String]?)
        var service: (entrypoint: [String]?, command: [String]?)
        var arguments: [String]

        var testDescription: String { "image \(image), service \(service)" }
    }

    @Test(arguments: [
        Words(image: (nil, ["c"]), service: (nil, nil), arguments: ["c"]),
        Words(image: (["e"], ["c"]), service: (nil, nil), arguments: ["e", "c"]),
        Words(image: (["e"], ["c"]), service: (nil, ["d"]), arguments: ["e", "d"]),
        Words(image: (["e"], ["c"]), service: (nil, []), arguments: ["e"]),
        Words(image: (["e"], ["c"]), service: (["f"], nil), arguments: ["f"]),
        Words(image: (["e"], ["c"]), service: (["f"], ["d"]), arguments: ["f", "d"]),
        Words(image: (["e"], ["c"]), service: ([], ["d"]), arguments: ["d"]),
        Words(image: (nil, nil), service: (nil, ["d", "x y"]), arguments: ["d", "x y"]),
    ])
    func entrypointAndCommandMakeTheArguments(_ words: Words) throws {
        let defaults = ContainerDefaults(entrypoint: words.image.entrypoint, command: words.image.command)
        let record = Samples.record(defaults: defaults) {
            $0.entrypoint = words.service.entrypoint
            $0.command = words.service.command
        }
        #expect(try Self.bundle(record).process.args == words.arguments)
    }

    @Test(arguments: [(nil, nil), ([], nil), ([], [])] as [([String]?, [String]?)])
    func nothingToStartIsRefused(_ entrypoint: [String]?, _ command: [String]?) throws {
        let record = Samples.record(defaults: ContainerDefaults()) {
            $0.entrypoint = entrypoint
            $0.command = command
        }
        let error = #expect(throws: BundleError.self) { try BundleBuilder.arguments(record) }
        #expect(error?.description == #"service "web": image "app:1" names no command; give the service one"#)
    }

    @Test func environmentIsTheServicesBeforeTheImages() throws {
        let defaults = ContainerDefaults(
            environment: ["A=image", "B=image", "EMPTY", "EQUALS=x=y", "PATH=/image"], command: ["c"])
        let record = Samples.record(defaults: defaults) { $0.environment = ["A": "service", "C": "service"] }
        #expect(
            try Self.bundle(record).process.env == [
                "A=service", "B=image", "C=service", "EMPTY=", "EQUALS=x=y", "HOME=/root", "HOSTNAME=web",
                "PATH=/image",
            ])
    }

    @Test func environmentHasWhatProgramsExpect() throws {
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        #expect(try Self.bundle().process.env == ["HOME=/root", "HOSTNAME=web", path])
        let terminal = Samples.record { $0.tty = true }
        #expect(try Self.bundle(terminal).process.env == ["HOME=/root", "HOSTNAME=web", path, "TERM=xterm"])
        let own = Samples.record {
            $0.environment = ["HOME": "/h", "PATH": "/p", "TERM": "dumb"]
            $0.tty = true
        }
        #expect(try Self.bundle(own).process.env == ["HOME=/h", "HOSTNAME=web", "PATH=/p", "TERM=dumb"])
    }

    @Test(arguments: [("", nil, "/"), ("/image", nil, "/image"), ("/image", "/own", "/own")])
    func workingDirectoryIsTheServicesOrTheImages(_ image: String, _ own: String?, _ result: String) throws {
        let defaults = ContainerDefaults(command: ["c"], workingDirectory: image)
        #expect(try Self.bundle(Samples.record(defaults: defaults) { $0.workingDir = own }).process.cwd == result)
    }

    @Test func rootHasItsCapabilitiesAtOnce() throws {
        let capabilities = try #require(try Self.bundle().process.capabilities)
        #expect(capabilities.bounding?.count == 14)
        #expect(capabilities.effective == capabilities.bounding)
        #expect(capabilities.permitted == capabilities.bounding)
        #expect(capabilities.inheritable == nil)
        #expect(capabilities.ambient == nil)
    }

    @Test func othersCanOnlyGainCapabilities() throws {
        let user = try ResolvedUser(user: "1000:1000", added: [], passwd: "", group: "")
        let process = try Self.bundle { $0.user = user }.process
        #expect(process.user == RuntimeConfiguration.User(uid: 1000, gid: 1000, additionalGids: [1000]))
        #expect(process.capabilities?.bounding?.count == 14)
        #expect(process.capabilities?.effective == [])
        #expect(process.capabilities?.permitted == [])
    }

    @Test func limitsAndRightsAreHandedOn() throws {
        let record = Samples.record {
            $0.ulimits = [
                "nofile": ResourceLimitRange(soft: 10, hard: 20), "core": ResourceLimitRange(soft: 0, hard: -1),
            ]
            $0.resources.oomScoreAdj = -5
            $0.tty = true
        }
        let security = try SecurityOptions([.noNewPrivileges(true)], directory: "/")
        let process = try Self.bundle(record) { $0.security = security }.process
        #expect(
            process.rlimits == [
                .init(type: "RLIMIT_CORE", hard: .max, soft: 0), .init(type: "RLIMIT_NOFILE", hard: 20, soft: 10),
            ])
        #expect(process.oomScoreAdj == -5)
        #expect(process.noNewPrivileges == true)
        #expect(process.terminal == true)
        #expect(try Self.bundle().process.noNewPrivileges == nil)
    }

    @Test func numberOfOpenFilesIsDefined() throws {
        #expect(
            try Self.bundle().process.rlimits == [.init(type: "RLIMIT_NOFILE", hard: 524_288, soft: 1024)])
        // Without CAP_SYS_RESOURCE a container would not start where the supervisor's own limit is lower.
        #expect(try Self.bundle { $0.availableCapabilities = 0xa80425fb }.process.rlimits == [])
    }

    // MARK: Resources

    struct Limits: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var wanted: @Sendable (inout Resources) -> Void
        var memory: RuntimeConfiguration.Memory?
        var cpu: RuntimeConfiguration.CPU?
        var pids: Int64?
    }

    @Test(arguments: [
        Limits(testDescription: "none", wanted: { _ in }),
        Limits(
            testDescription: "memory doubles as swap", wanted: { $0.memLimit = 100 },
            memory: .init(limit: 100, swap: 200)),
        Limits(
            testDescription: "own swap",
            wanted: {
                $0.memLimit = 100
                $0.memswapLimit = 150
            }, memory: .init(limit: 100, swap: 150)),
        Limits(
            testDescription: "unlimited swap",
            wanted: {
                $0.memLimit = 100
                $0.memswapLimit = -1
            }, memory: .init(limit: 100, swap: -1)),
        Limits(
            testDescription: "reservation alone", wanted: { $0.memReservation = 7 }, memory: .init(reservation: 7)),
        Limits(
            testDescription: "half a CPU", wanted: { $0.milliCPUs = 500 }, cpu: .init(quota: 50_000, period: 100_000)),
        Limits(
            testDescription: "shares and set",
            wanted: {
                $0.cpuShares = 512
                $0.cpuset = "0-1"
            }, cpu: .init(shares: 512, cpus: "0-1")),
        Limits(
            testDescription: "period and quota",
            wanted: {
                $0.cpuPeriod = 50_000
                $0.cpuQuota = 20_000
            }, cpu: .init(quota: 20_000, period: 50_000)),
        Limits(testDescription: "processes", wanted: { $0.pidsLimit = 9 }, pids: 9),
        Limits(testDescription: "any number of processes", wanted: { $0.pidsLimit = -1 }),
        Limits(testDescription: "zero processes stand for any", wanted: { $0.pidsLimit = 0 }),
    ])
    func limitsBecomeResources(_ limits: Limits) throws {
        let resources = try Self.bundle(Samples.record { limits.wanted(&$0.resources) }).linux.resources
        #expect(resources?.memory == limits.memory)
        #expect(resources?.cpu == limits.cpu)
        #expect(resources?.pids?.limit == limits.pids)
    }

    @Test func onlyAContainersOwnDevicesMayBeUsed() throws {
        let rules = try #require(try Self.bundle().linux.resources?.devices)
        #expect(rules.first == .init(allow: false))
        #expect(rules.dropFirst().allSatisfy { $0.allow && $0.type != nil })
        // Nodes of all kinds may be made, which is no right to use them.
        #expect(rules.dropFirst().filter { $0.major == nil }.map(\.access) == ["m", "m"])
        #expect(!rules.contains { $0.type == "b" && $0.access != "m" })
        let privileged = try Self.bundle(Samples.record { $0.privileged = true })
        #expect(privileged.linux.resources?.devices == [.init(allow: true)])
    }

    /// As much as a file may say (`9e18` bytes) must not end the supervisor, and with it every stack's.
    @Test func hugeMemoryLimitIsNoCrash() throws {
        let bundle = try Self.bundle(Samples.record { $0.resources.memLimit = 5_000_000_000_000_000_000 })
        #expect(bundle.linux.resources?.memory?.swap == .max)
    }

    @Test func hugeCPULimitIsNoCrash() throws {
        let bundle = try Self.bundle(Samples.record { $0.resources.milliCPUs = .max })
        #expect(bundle.linux.resources?.cpu?.quota == .max)
    }

    // MARK: Namespaces, paths, devices

    @Test(
        arguments: [
            (.own, RuntimeConfiguration.Namespace(type: "network")), (.host, nil),
            (.joined(path: "/proc/7/ns/net"), RuntimeConfiguration.Namespace(type: "network", path: "/proc/7/ns/net")),
        ] as [(BundleInputs.BundleNetwork, RuntimeConfiguration.Namespace?)])
    func networkIsANamespaceOrNone(
        _ network: BundleInputs.BundleNetwork, _ namespace: RuntimeConfiguration.Namespace?
    ) throws {
        let namespaces = try Self.bundle { $0.network = network }.linux.namespaces
        #expect(namespaces.first { $0.type == "network" } == namespace)
        #expect(namespaces.filter { $0.type != "network" }.map(\.type) == ["mount", "uts", "ipc", "pid", "cgroup"])
    }

    @Test func ordinaryContainersAreShutOff() throws {
        let linux = try Self.bundle().linux
        #expect(linux.maskedPaths?.contains("/proc/kcore") == true)
        #expect(linux.maskedPaths?.contains("/sys/devices/system/cpu/cpu0/thermal_throttle") == true)
        #expect(linux.readonlyPaths == ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"])
        #expect(linux.devices?.map(\.path) == standardDevices)
        #expect(linux.cgroupsPath == "roost/aaaa")
        #expect(linux.sysctl == Self.networkDefaults)
    }

    @Test func privilegedContainersSeeTheHost() throws {
        let device = RuntimeConfiguration.Device(path: "/dev/kvm", major: 10, minor: 232)
        let bundle = try Self.bundle(Samples.record { $0.privileged = true }) { $0.hostDevices = [device] }
        #expect(bundle.linux.maskedPaths == nil)
        #expect(bundle.linux.readonlyPaths == nil)
        #expect(bundle.linux.devices?.map(\.path) == standardDevices + ["/dev/kvm"])
        #expect(bundle.process.capabilities?.effective?.count == 41)
        #expect(bundle.mounts.first { $0.destination == "/sys" }?.options?.contains("ro") == false)
        #expect(bundle.mounts.first { $0.destination == "/sys/fs/cgroup" }?.options?.contains("ro") == false)
    }

    @Test func systemPathsCanBeMadeVisible() throws {
        let security = try SecurityOptions([.systemPathsUnconfined], directory: "/")
        let linux = try Self.bundle { $0.security = security }.linux
        #expect(linux.maskedPaths == nil)
        #expect(linux.readonlyPaths == nil)
    }

    @Test func restIsHandedOn() throws {
        let record = Samples.record {
            $0.readOnly = true
            $0.domainname = "lan"
            $0.sysctls = ["net.core.somaxconn": "1024"]
        }
        let bundle = try Self.bundle(record)
        #expect(bundle.root.readonly == true)
        #expect(bundle.hostname == "web")
        #expect(bundle.domainname == "lan")
        #expect(bundle.linux.sysctl == Self.networkDefaults.merging(["net.core.somaxconn": "1024"]) { _, own in own })
        #expect(
            bundle.annotations == [
                "dev.roost.container.name": "shop-web-1", "dev.roost.container.stack": "shop",
                "dev.roost.container.service": "web",
            ])
        #expect(bundle.hooks == nil)
    }

    static let networkDefaults = [
        "net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 2147483647",
    ]

    @Test func lowPortsAndPingNeedNoRightsOnANetworkOfItsOwn() throws {
        let own = Samples.record { $0.sysctls = ["net.ipv4.ip_unprivileged_port_start": "1024"] }
        #expect(try Self.bundle(own).linux.sysctl?["net.ipv4.ip_unprivileged_port_start"] == "1024")
        for network in [BundleInputs.BundleNetwork.host, .joined(path: "/proc/1/ns/net")] {
            #expect(try Self.bundle { $0.network = network }.linux.sysctl == nil)
        }
    }

    @Test func hooksGoToTheirStages() throws {
        let record = Samples.record {
            $0.hooks = [
                LifecycleHook(stage: .poststop, path: "/p"),
                LifecycleHook(stage: .createRuntime, path: "/c", args: ["c", "x"], environment: ["A=1"], timeout: 5),
            ]
        }
        let hooks = try #require(try Self.bundle(record).hooks)
        #expect(hooks.createRuntime == [.init(path: "/c", args: ["c", "x"], env: ["A=1"], timeout: 5)])
        #expect(hooks.poststop == [.init(path: "/p")])
        #expect(hooks.createContainer == nil)
        #expect(hooks.startContainer == nil)
    }
}

private let standardDevices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"]
