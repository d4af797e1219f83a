import CSeccomp
import Testing

@testable import Sandboxes

/// The compiled filter, asked call by call.
@Suite struct SeccompFilterTests {
    typealias Question = FilterQuestion

    private static let refused = FilterDecision.fail(errno: 1)
    private static let unknown = FilterDecision.fail(errno: 38)
    private static let newUser: UInt64 = 0x1000_0000

    @Test(
        arguments: [
            Question("read", .allow), Question("write", .allow), Question("openat", .allow),
            Question("execve", .allow),
            Question("exit_group", .allow), Question("futex", .allow), Question("ptrace", .allow),
            Question("process_vm_readv", .allow), Question("memfd_create", .allow), Question("chroot", .allow),
            Question("mount", refused), Question("umount2", refused), Question("pivot_root", refused),
            Question("setns", refused), Question("unshare", refused), Question("bpf", refused),
            Question("keyctl", refused), Question("add_key", refused), Question("request_key", refused),
            Question("init_module", refused), Question("finit_module", refused), Question("kexec_load", refused),
            Question("reboot", refused), Question("swapon", refused), Question("settimeofday", refused),
            Question("clock_settime", refused), Question("perf_event_open", refused),
            Question("userfaultfd", refused),
            Question("io_uring_setup", refused), Question("io_uring_enter", refused), Question("quotactl", refused),
            Question("open_by_handle_at", refused), Question("acct", refused), Question("mbind", refused),
            Question("move_pages", refused), Question("nfsservctl", refused), Question("syslog", refused),
            Question("kcmp", refused), Question("pidfd_getfd", refused), Question("vhangup", refused),
        ].filter { seccomp_syscall_resolve_name($0.name) >= 0 })
    func ordinaryContainersMayDoWhatIsHarmless(_ question: Question) throws {
        #expect(try question.decision() == question.answer)
    }

    @Test(arguments: [
        Question("mount", with: ["CAP_SYS_ADMIN"], .allow), Question("unshare", with: ["CAP_SYS_ADMIN"], .allow),
        Question("setns", with: ["CAP_SYS_ADMIN"], .allow), Question("bpf", with: ["CAP_SYS_ADMIN"], .allow),
        Question("pivot_root", with: ["CAP_SYS_ADMIN"], refused),
        Question("keyctl", with: ["CAP_SYS_ADMIN"], refused), Question("bpf", with: ["CAP_BPF"], .allow),
        Question("perf_event_open", with: ["CAP_PERFMON"], .allow),
        Question("reboot", with: ["CAP_SYS_BOOT"], .allow), Question("init_module", with: ["CAP_SYS_MODULE"], .allow),
        Question("acct", with: ["CAP_SYS_PACCT"], .allow), Question("kcmp", with: ["CAP_SYS_PTRACE"], .allow),
        Question("clock_settime", with: ["CAP_SYS_TIME"], .allow), Question("mbind", with: ["CAP_SYS_NICE"], .allow),
        Question("open_by_handle_at", with: ["CAP_DAC_READ_SEARCH"], .allow),
        Question("syslog", with: ["CAP_SYSLOG"], .allow), Question("mount", with: ["CAP_SYSLOG"], refused),
        Question("vhangup", with: ["CAP_SYS_TTY_CONFIG"], .allow),
    ])
    func capabilitiesOpenTheirCalls(_ question: Question) throws {
        #expect(try question.decision() == question.answer)
    }

    @Test(arguments: [
        Question("clone", [0], .allow), Question("clone", [0x3d_0f00], .allow), Question("clone", [17], .allow),
        // Each namespace flag alone, and one beside others: mount, cgroup, UTS, IPC, user, PID, network.
        Question("clone", [0x0002_0000], refused), Question("clone", [0x0200_0000], refused),
        Question("clone", [0x0400_0000], refused), Question("clone", [0x0800_0000], refused),
        Question("clone", [newUser], refused), Question("clone", [0x2000_0000], refused),
        Question("clone", [0x4000_0000], refused), Question("clone", [newUser | 17], refused),
        Question("clone", [newUser], with: ["CAP_SYS_ADMIN"], .allow),
        Question("clone", [17], with: ["CAP_SYS_ADMIN"], .allow),
        Question("clone3", unknown), Question("clone3", with: ["CAP_SYS_ADMIN"], .allow),
    ])
    func processesAreMadeWithoutNamespaces(_ question: Question) throws {
        #expect(try question.decision() == question.answer)
    }

    @Test(arguments: [
        // AF_UNIX, AF_INET, AF_NETLINK, the two beside AF_VSOCK, AF_VSOCK.
        Question("socket", [1], .allow), Question("socket", [2], .allow), Question("socket", [16], .allow),
        Question("socket", [39], .allow), Question("socket", [41], .allow), Question("socket", [40], refused),
        // AF_ALG.
        Question("socket", [38], refused), Question("socket", [37], .allow),
        Question("personality", [0], .allow), Question("personality", [8], .allow),
        Question("personality", [0x20000], .allow), Question("personality", [0x20008], .allow),
        Question("personality", [0xffff_ffff], .allow), Question("personality", [0x40000], refused),
        Question("personality", [1], refused), Question("personality", [0x1_0000_0000], refused),
    ])
    func argumentsDecide(_ question: Question) throws {
        #expect(try question.decision() == question.answer)
    }

    @Test func callsOfOtherArchitecturesKillOrFollowTheSameRules() throws {
        let program = try FilterInterpreter(
            SeccompCompiler.compile(.standard, capabilities: Question.standard))
        #expect(try program.decision(on: SystemCall(number: 0, architecture: 0xdead_beef)) == .other(0))
        #if arch(x86_64)
            // `read`, `mount` and `clone` by i386's numbers.
            let old = SystemCall.i386
            #expect(try program.decision(on: SystemCall(number: 3, architecture: old)) == .allow)
            #expect(try program.decision(on: SystemCall(number: 21, architecture: old)) == Self.refused)
            let clone = SystemCall(number: 120, architecture: old, arguments: [Self.newUser])
            #expect(try program.decision(on: clone) == Self.refused)
            // The x32 half of the table: `read`, and `mount`.
            #expect(try program.decision(on: SystemCall(number: 0x4000_0000)) == .allow)
            #expect(try program.decision(on: SystemCall(number: 0x4000_0000 + 165)) == Self.refused)
        #endif
    }

    /// The profile allows them, and the library's names end before them.
    @Test(arguments: ["statmount", "listmount", "mseal", "setxattrat", "getxattrat", "listxattrat", "removexattrat"])
    func newerCallsAreKnownByTheirNumbers(_ name: String) throws {
        #expect(try Question(name, .allow).decision() == .allow)
        // Those that the profile doesn't name stay refused, and i386's table has the same numbers.
        #expect(try Question("lsm_set_self_attr", Self.refused).decision() == Self.refused)
        let refusing = SeccompProfile(
            defaultAction: "SCMP_ACT_ALLOW", syscalls: [.init(names: [name], action: "SCMP_ACT_KILL_PROCESS")])
        #expect(try Question(name, .allow).decision(of: refusing) == .other(0x8000_0000))
        #expect(try Question("read", .allow).decision(of: refusing) == .allow)
    }

    #if arch(x86_64)
        @Test func callOfOneArchitectureIsKnownThere() throws {
            #expect(try Question("uretprobe", .allow).decision() == .allow)
        }
    #endif

    @Test func callsThatNobodyKnowsDoNotExist() throws {
        let program = try FilterInterpreter(
            SeccompCompiler.compile(.standard, capabilities: Question.standard))
        // C libraries try a new call and do without it after ENOSYS; EPERM they take for the answer. So runc adds
        // ENOSYS for everything above the highest number that its profile knows, and containers expect it.
        let decision = try program.decision(
            on: SystemCall(number: 1000, architecture: SystemCall.native))
        #expect(decision == Self.unknown)
    }

    @Test func sameProfileAndCapabilitiesGiveTheSameProgram() throws {
        let first = try SeccompCompiler.compile(.standard, capabilities: Question.standard)
        #expect(try SeccompCompiler.compile(.standard, capabilities: Question.standard) == first)
        #expect(try SeccompCompiler.compile(.standard, capabilities: []) != first)
        // The kernel takes no more (`BPF_MAXINSNS`).
        #expect(first.count / 8 <= 4096)
    }
}
