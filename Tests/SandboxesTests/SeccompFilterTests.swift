import CSeccomp
import Testing

@testable import Sandboxes

/// The compiled filter, asked call by call.
@Suite struct SeccompFilterTests {
  private static let standard: Set<String> = [
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SYS_CHROOT", "CAP_MKNOD",
    "CAP_AUDIT_WRITE",
    "CAP_SETFCAP",
  ]
  private static let refused = FilterDecision.fail(errno: 1)
  private static let unknown = FilterDecision.fail(errno: 38)
  private static let newUser: UInt64 = 0x1000_0000

  struct Question: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [UInt64]
    var capabilities: Set<String>
    var answer: FilterDecision

    init(_ name: String, with capabilities: Set<String> = [], _ answer: FilterDecision) {
      self.init(name, [], with: capabilities, answer)
    }

    init(
      _ name: String, _ arguments: [UInt64], with capabilities: Set<String> = [],
      _ answer: FilterDecision
    ) {
      self.name = name
      self.arguments = arguments
      self.capabilities = capabilities
      self.answer = answer
    }

    var testDescription: String {
      let list = arguments.map { "0x" + String($0, radix: 16) }.joined(separator: ", ")
      return "\(name)(\(list)) with \(capabilities.sorted()): \(answer)"
    }
  }

  private static func decide(_ question: Question, _ profile: SeccompProfile = .standard) throws
    -> FilterDecision
  {
    let program = try SeccompCompiler.compile(
      profile, capabilities: standard.union(question.capabilities))
    let number = seccomp_syscall_resolve_name(question.name)
    try #require(number >= 0, "\(question.name) is not a call of this architecture")
    let call = SystemCall(
      number: number, architecture: SystemCall.native, arguments: question.arguments)
    return try FilterInterpreter(program).decision(on: call)
  }

  @Test(
    arguments: [
      Question("read", .allow), Question("write", .allow), Question("openat", .allow),
      Question("execve", .allow),
      Question("exit_group", .allow), Question("futex", .allow), Question("ptrace", .allow),
      Question("process_vm_readv", .allow), Question("memfd_create", .allow),
      Question("chroot", .allow),
      Question("mount", refused), Question("umount2", refused), Question("pivot_root", refused),
      Question("setns", refused), Question("unshare", refused), Question("bpf", refused),
      Question("keyctl", refused), Question("add_key", refused), Question("request_key", refused),
      Question("init_module", refused), Question("finit_module", refused),
      Question("kexec_load", refused),
      Question("reboot", refused), Question("swapon", refused), Question("settimeofday", refused),
      Question("clock_settime", refused), Question("perf_event_open", refused),
      Question("userfaultfd", refused),
      Question("io_uring_setup", refused), Question("io_uring_enter", refused),
      Question("quotactl", refused),
      Question("open_by_handle_at", refused), Question("acct", refused), Question("mbind", refused),
      Question("move_pages", refused), Question("nfsservctl", refused), Question("syslog", refused),
      Question("kcmp", refused), Question("pidfd_getfd", refused), Question("vhangup", refused),
    ].filter { seccomp_syscall_resolve_name($0.name) >= 0 })
  func ordinaryContainersMayDoWhatIsHarmless(_ question: Question) throws {
    #expect(try Self.decide(question) == question.answer)
  }

  @Test(arguments: [
    Question("mount", with: ["CAP_SYS_ADMIN"], .allow),
    Question("unshare", with: ["CAP_SYS_ADMIN"], .allow),
    Question("setns", with: ["CAP_SYS_ADMIN"], .allow),
    Question("bpf", with: ["CAP_SYS_ADMIN"], .allow),
    Question("pivot_root", with: ["CAP_SYS_ADMIN"], refused),
    Question("keyctl", with: ["CAP_SYS_ADMIN"], refused),
    Question("bpf", with: ["CAP_BPF"], .allow),
    Question("perf_event_open", with: ["CAP_PERFMON"], .allow),
    Question("reboot", with: ["CAP_SYS_BOOT"], .allow),
    Question("init_module", with: ["CAP_SYS_MODULE"], .allow),
    Question("acct", with: ["CAP_SYS_PACCT"], .allow),
    Question("kcmp", with: ["CAP_SYS_PTRACE"], .allow),
    Question("clock_settime", with: ["CAP_SYS_TIME"], .allow),
    Question("mbind", with: ["CAP_SYS_NICE"], .allow),
    Question("open_by_handle_at", with: ["CAP_DAC_READ_SEARCH"], .allow),
    Question("syslog", with: ["CAP_SYSLOG"], .allow),
    Question("mount", with: ["CAP_SYSLOG"], refused),
    Question("vhangup", with: ["CAP_SYS_TTY_CONFIG"], .allow),
  ])
  func capabilitiesOpenTheirCalls(_ question: Question) throws {
    #expect(try Self.decide(question) == question.answer)
  }

  @Test(arguments: [
    Question("clone", [0], .allow), Question("clone", [0x3d_0f00], .allow),
    Question("clone", [17], .allow),
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
    #expect(try Self.decide(question) == question.answer)
  }

  @Test(arguments: [
    // AF_UNIX, AF_INET, AF_NETLINK, the two beside AF_VSOCK, AF_VSOCK.
    Question("socket", [1], .allow), Question("socket", [2], .allow),
    Question("socket", [16], .allow),
    Question("socket", [39], .allow), Question("socket", [41], .allow),
    Question("socket", [40], refused),
    // AF_ALG.
    Question("socket", [38], refused), Question("socket", [37], .allow),
    Question("personality", [0], .allow), Question("personality", [8], .allow),
    Question("personality", [0x20000], .allow), Question("personality", [0x20008], .allow),
    Question("personality", [0xffff_ffff], .allow), Question("personality", [0x40000], refused),
    Question("personality", [1], refused), Question("personality", [0x1_0000_0000], refused),
  ])
  func argumentsDecide(_ question: Question) throws {
    #expect(try Self.decide(question) == question.answer)
  }

  @Test func callsOfOtherArchitecturesKillOrFollowTheSameRules() throws {
    let program = try FilterInterpreter(
      SeccompCompiler.compile(.standard, capabilities: Self.standard))
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

  @Test func callsThatNobodyKnowsDoNotExist() throws {
    let program = try FilterInterpreter(
      SeccompCompiler.compile(.standard, capabilities: Self.standard))
    // C libraries try a new call and do without it after ENOSYS; EPERM they take for the answer. So runc adds
    // ENOSYS for everything above the highest number that its profile knows, and containers expect it.
    let decision = try program.decision(
      on: SystemCall(number: 1000, architecture: SystemCall.native))
    withKnownIssue("calls above the profile's highest number fail with EPERM") {
      #expect(decision == Self.unknown)
    }
  }

  @Test func sameProfileAndCapabilitiesGiveTheSameProgram() throws {
    let first = try SeccompCompiler.compile(.standard, capabilities: Self.standard)
    #expect(try SeccompCompiler.compile(.standard, capabilities: Self.standard) == first)
    #expect(try SeccompCompiler.compile(.standard, capabilities: []) != first)
    // The kernel takes no more (`BPF_MAXINSNS`).
    #expect(first.count / 8 <= 4096)
  }

  // MARK: Users' own profiles

  private static func own(
    _ rules: [SeccompProfile.Rule], otherwise action: String = "SCMP_ACT_ALLOW",
    errno: UInt32? = nil
  ) -> SeccompProfile {
    SeccompProfile(defaultAction: action, defaultErrnoRet: errno, syscalls: rules)
  }

  @Test(
    arguments: [
      ("SCMP_ACT_ERRNO", nil, .fail(errno: 1)), ("SCMP_ACT_ERRNO", 13, .fail(errno: 13)),
      ("SCMP_ACT_LOG", nil, .other(0x7ffc_0000)), ("SCMP_ACT_TRAP", nil, .other(0x0003_0000)),
      ("SCMP_ACT_KILL", nil, .other(0)), ("SCMP_ACT_KILL_THREAD", nil, .other(0)),
      ("SCMP_ACT_KILL_PROCESS", nil, .other(0x8000_0000)),
      ("SCMP_ACT_TRACE", 7, .other(0x7ff0_0007)),
    ] as [(String, UInt32?, FilterDecision)])
  func actionsAreThoseOfTheKernel(_ action: String, _ errno: UInt32?, _ answer: FilterDecision)
    throws
  {
    let profile = Self.own([.init(names: ["getcwd"], action: action, errnoRet: errno)])
    #expect(try Self.decide(Question("getcwd", answer), profile) == answer)
    #expect(try Self.decide(Question("read", .allow), profile) == .allow)
  }

  @Test func defaultErrnoIsTheProfiles() throws {
    let profile = Self.own([.init(names: ["read"])], otherwise: "SCMP_ACT_ERRNO", errno: 38)
    #expect(try Self.decide(Question("write", Self.unknown), profile) == Self.unknown)
    #expect(try Self.decide(Question("read", .allow), profile) == .allow)
  }

  @Test(
    arguments: [
      ("SCMP_CMP_NE", 5, 4, 5), ("SCMP_CMP_EQ", 5, 5, 4), ("SCMP_CMP_LT", 5, 4, 5),
      ("SCMP_CMP_LE", 5, 5, 6),
      ("SCMP_CMP_GE", 5, 5, 4), ("SCMP_CMP_GT", 5, 6, 5),
      ("SCMP_CMP_GT", 0x1_0000_0000, 0x1_0000_0001, 0x2),
    ] as [(String, UInt64, UInt64, UInt64)])
  func comparisonsHold(_ op: String, _ value: UInt64, _ match: UInt64, _ other: UInt64) throws {
    let profile = Self.own([
      .init(
        names: ["lseek"], action: "SCMP_ACT_ERRNO", args: [.init(index: 1, value: value, op: op)])
    ])
    #expect(try Self.decide(Question("lseek", [0, match], Self.refused), profile) == Self.refused)
    #expect(try Self.decide(Question("lseek", [0, other], .allow), profile) == .allow)
  }

  @Test func maskedComparisonsHold() throws {
    let argument = SeccompProfile.Argument(
      index: 0, value: 0xf0, valueTwo: 0x30, op: "SCMP_CMP_MASKED_EQ")
    let profile = Self.own([.init(names: ["umask"], action: "SCMP_ACT_ERRNO", args: [argument])])
    #expect(try Self.decide(Question("umask", [0x3f], Self.refused), profile) == Self.refused)
    #expect(try Self.decide(Question("umask", [0x4f], .allow), profile) == .allow)
  }

  @Test func severalArgumentsMustAllMatch() throws {
    let arguments = [
      SeccompProfile.Argument(index: 0, value: 1, op: "SCMP_CMP_EQ"),
      SeccompProfile.Argument(index: 2, value: 3, op: "SCMP_CMP_EQ"),
    ]
    let profile = Self.own([.init(names: ["lseek"], action: "SCMP_ACT_ERRNO", args: arguments)])
    #expect(try Self.decide(Question("lseek", [1, 9, 3], Self.refused), profile) == Self.refused)
    #expect(try Self.decide(Question("lseek", [1, 9, 4], .allow), profile) == .allow)
  }

  @Test func comparisonsOfOneArgumentAreAlternatives() throws {
    // As Docker reads such a rule: either value matches.
    let arguments = [1, 2].map { SeccompProfile.Argument(index: 0, value: $0, op: "SCMP_CMP_EQ") }
    let profile = Self.own([.init(names: ["umask"], action: "SCMP_ACT_ERRNO", args: arguments)])
    withKnownIssue("libseccomp refuses the rule, and the compiler passes over it") {
      #expect(try Self.decide(Question("umask", [1], Self.refused), profile) == Self.refused)
      #expect(try Self.decide(Question("umask", [2], Self.refused), profile) == Self.refused)
    }
    #expect(try Self.decide(Question("umask", [3], .allow), profile) == .allow)
  }

  @Test func unknownCallsArePassedOver() throws {
    let profile = Self.own([.init(names: ["no_such_call", "getcwd"], action: "SCMP_ACT_ERRNO")])
    #expect(try Self.decide(Question("getcwd", Self.refused), profile) == Self.refused)
  }

  @Test(arguments: [
    (own([], otherwise: "ALLOW"), "unknown action ALLOW"),
    (own([.init(names: ["read"], action: "SCMP_ACT_MAYBE")]), "unknown action SCMP_ACT_MAYBE"),
    (
      own([
        .init(
          names: ["read"], action: "SCMP_ACT_ERRNO", args: [.init(index: 0, value: 0, op: "==")])
      ]),
      "unknown comparison =="
    ),
  ])
  func damagedProfilesAreRefused(_ profile: SeccompProfile, _ attempt: String) {
    let error = #expect(throws: SeccompError.self) {
      try SeccompCompiler.compile(profile, capabilities: [])
    }
    #expect(error?.attempt == attempt)
    #expect(error?.description.hasPrefix("seccomp profile: \(attempt): ") == true)
  }

  @Test func argumentsThatNoCallHasAreRefused() {
    let argument = SeccompProfile.Argument(index: 6, value: 0, op: "SCMP_CMP_EQ")
    let profile = Self.own([.init(names: ["read"], action: "SCMP_ACT_ERRNO", args: [argument])])
    withKnownIssue("libseccomp refuses the rule, and the compiler passes over it") {
      #expect(throws: SeccompError.self) { try SeccompCompiler.compile(profile, capabilities: []) }
    }
  }
}
