import Glibc
import Kernel
import OCI
import Testing

@testable import RuntimeCommands

/// Fields of `config.json` that have an effect of their own, or are refused by their name.
@Suite(.enabled(if: RuntimeFixture.obstacle == nil, Comment(rawValue: RuntimeFixture.obstacle ?? "")))
struct BundleFieldTests {
    @Test func schedulerDiskPriorityAndPersonalityAreThoseOfTheBundle() throws {
        let fixture = try RuntimeFixture()
        // Fields 19 and 41 of the line are niceness and policy (`man 5 proc`).
        let script = "/bin/busybox cut -d' ' -f19,41 /proc/self/stat; /bin/busybox ionice; /bin/busybox uname -m"
        try fixture.bundle(script) {
            $0.process.scheduler = .init(policy: "SCHED_BATCH")
            $0.process.scheduler?.nice = 3
            $0.process.ioPriority = .init(class: "IOPRIO_CLASS_BE", priority: 6)
            $0.linux.personality = .init(domain: "LINUX32")
        }
        let outcome = try fixture.make("run")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 3, "\(outcome)")
        #expect(lines.first == "3 3")
        #expect(lines.dropFirst().first == "best-effort: prio 6")
        #expect(lines.last?.contains("64") == false)
    }

    @Test func whatMayBeInheritedNeedsNoOtherSet() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("/bin/busybox grep -E 'CapInh|CapAmb' /proc/self/status") {
            $0.process.user = .init(uid: 7, gid: 7)
            $0.process.capabilities = .init(
                bounding: [], effective: [], permitted: [], inheritable: ["CAP_SYS_ADMIN"], ambient: ["CAP_SYS_ADMIN"])
        }
        let outcome = try fixture.make("run")
        #expect(outcome.output == "CapInh:\t0000000000200000\nCapAmb:\t0000000000000000\n", "\(outcome)")
    }

    @Test func anotherFileOfTheBundleIsItsConfiguration() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("echo other")
        let directory = "\(fixture.directory)/bundle"
        try #require(rename("\(directory)/config.json", "\(directory)/other.json") == 0)
        let outcome = try fixture.make("run", "--config", "other.json")
        #expect(outcome.output == "other\n", "\(outcome)")
    }

    @Test func aHookNeedNotReadTheState() throws {
        for _ in 0..<20 {
            let fixture = try RuntimeFixture()
            try fixture.bundle("true") {
                var hooks = RuntimeConfiguration.Hooks()
                hooks.poststart = [.init(path: "/bin/true")]
                $0.hooks = hooks
            }
            let outcome = try fixture.make("run")
            #expect(outcome.code == 0, "\(outcome)")
        }
    }

    @Test func clocksOfATimeNamespaceAreAheadForFurtherProcessesToo() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("cat /proc/uptime; sleep 1000") {
            $0.linux.namespaces.append(.init(type: "time"))
            $0.linux.timeOffsets = ["boottime": .init(secs: 900_000_000), "monotonic": .init(secs: 900_000_000)]
        }
        try #require(try fixture.make("create").code == 0)
        try #require(try fixture.run("start", fixture.name).code == 0)
        let uptime = try fixture.run("exec", fixture.name, "cat", "/proc/uptime").output
        #expect(try #require(Double(uptime.prefix { $0 != " " })) > 900_000_000)
        let own = try Files.readText("/proc/uptime")
        #expect(try #require(Double(own.prefix { $0 != " " })) < 900_000_000)
    }

    @Test func furtherProcessesRunOnTheirProcessors() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("sleep 1000") { $0.process.execCPUAffinity = .init(initial: "0", final: "0") }
        try #require(try fixture.make("create").code == 0)
        try #require(try fixture.run("start", fixture.name).code == 0)
        let script = "/bin/busybox grep Cpus_allowed_list /proc/self/status"
        let status = try fixture.run("exec", fixture.name, "sh", "-c", script)
        #expect(status.output == "Cpus_allowed_list:\t0\n", "\(status)")
    }

    @Test func filtersTakeTheirFlags() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("/bin/busybox grep Seccomp: /proc/self/status") {
            $0.linux.seccomp = .init(
                defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"])
        }
        let outcome = try fixture.make("run")
        #expect(outcome.output == "Seccomp:\t2\n", "\(outcome)")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let words: String
        let change: @Sendable (inout RuntimeConfiguration) -> Void
        var testDescription: String { words }

        init(_ words: String, _ change: @escaping @Sendable (inout RuntimeConfiguration) -> Void) {
            self.words = words
            self.change = change
        }
    }

    static let refusals: [Refusal] = [
        .init("linux.namespaces") { $0.linux.namespaces.append(.init(type: "user", path: "/proc/self/ns/user")) },
        .init("linux.uidMappings") { $0.linux.namespaces.append(.init(type: "user")) },
        .init("linux.uidMappings") { $0.linux.uidMappings = [.init(containerID: 0, hostID: 1, size: 1)] },
        .init("linux.timeOffsets") { $0.linux.timeOffsets = ["boottime": .init(secs: 1)] },
        .init("linux.personality") { $0.linux.personality = .init(domain: "BSD") },
        .init("process.scheduler") { $0.process.scheduler = .init(policy: "SCHED_NONE") },
        .init("process.ioPriority") { $0.process.ioPriority = .init(class: "IOPRIO_CLASS_BE", priority: 8) },
        .init("process.execCPUAffinity") { $0.process.execCPUAffinity = .init(initial: "3-1") },
        .init("linux.seccomp.flags") { $0.linux.seccomp = .init(defaultAction: "SCMP_ACT_ALLOW", flags: ["X"]) },
        .init("listenerPath") { $0.linux.seccomp = .init(defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/x") },
        .init("linux.mountLabel") { $0.linux.mountLabel = "x" },
        .init("option ridmap") {
            $0.mounts.append(.init(destination: "/x", source: "/tmp", options: ["bind", "ridmap"]))
        },
        .init("tmpcopyup") { $0.mounts.append(.init(destination: "/x", type: "tmpfs", options: ["tmpcopyup"])) },
    ]

    @Test(arguments: refusals)
    func whatCannotBeIsRefusedByName(_ refusal: Refusal) throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("true", refusal.change)
        let outcome = try fixture.make("run")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains(refusal.words), "\(outcome)")
    }

    @Test(.enabled(if: !Unsupported.hasAppArmor && !Unsupported.hasSELinux))
    func labelsNeedTheirModule() throws {
        let fixture = try RuntimeFixture()
        try fixture.bundle("true") { $0.process.apparmorProfile = "crun" }
        #expect(try fixture.make("run").errors.contains("without AppArmor"))
        try fixture.bundle("true") { $0.process.selinuxLabel = "a:b:c:s0" }
        #expect(try fixture.make("run").errors.contains("without SELinux"))
    }

    @Test(arguments: [(#"{"intelRdt":{}}"#, "linux.intelRdt"), (#"{"netDevices":{"eth0":{}}}"#, "linux.netDevices")])
    func fieldsThatNobodyReadsAreRefused(_ linux: String, _ words: String) throws {
        let fixture = try RuntimeFixture()
        let start = #"{"ociVersion":"1.2.0","process":{"args":["true"]},"linux":"#
        let text = start + linux.dropLast() + #","namespaces":[{"type":"mount"}]}}"#
        try Files.replace("\(fixture.directory)/bundle/config.json", with: Array(text.utf8))
        #expect(try fixture.make("run").errors.contains(words))
    }

    /// The numbers are those of add_key(2) and keyctl(2). Only who has the key in a keyring of its own sees it.
    @Test(.enabled(if: Files.exists("/usr/bin/perl"), "needs perl"))
    func keysOfTheCallerStayBehind() throws {
        #if arch(x86_64)
            let (addKey, control) = (248, 250)
        #else
            let (addKey, control) = (217, 219)
        #endif
        let script = """
            my ($ring, $type, $name, $value) = ("ring", "user", "roost-test-key", "v");
            syscall(\(control), 1, $ring);
            syscall(\(control), 5, syscall(\(addKey), $type, $name, $value, 1, -3), 0x3f000000);
            exec @ARGV;
            """
        let caller = ["/usr/bin/perl", "-e", script]
        let fixture = try RuntimeFixture()
        try fixture.bundle("/bin/busybox grep -c roost-test-key /proc/keys") { $0.linux.maskedPaths = [] }
        let outcome = try fixture.make(by: caller)
        #expect(outcome.output == "0\n", "\(outcome)")
    }
}
