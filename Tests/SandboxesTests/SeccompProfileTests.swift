import Testing

@testable import Sandboxes

/// Filters of profiles that users bring.
@Suite struct SeccompProfileTests {
    private typealias Question = FilterQuestion

    private static let refused = FilterDecision.fail(errno: 1)
    private static let unknown = FilterDecision.fail(errno: 38)

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
    func actionsAreThoseOfTheKernel(
        _ action: String, _ errno: UInt32?, _ answer: FilterDecision
    )
        throws
    {
        let profile = Self.own([.init(names: ["getcwd"], action: action, errnoRet: errno)])
        #expect(try Question("getcwd", answer).decision(of: profile) == answer)
        #expect(try Question("read", .allow).decision(of: profile) == .allow)
    }

    @Test func defaultErrnoIsTheProfiles() throws {
        let profile = Self.own([.init(names: ["read"])], otherwise: "SCMP_ACT_ERRNO", errno: 38)
        #expect(try Question("write", Self.unknown).decision(of: profile) == Self.unknown)
        #expect(try Question("read", .allow).decision(of: profile) == .allow)
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
        #expect(try Question("lseek", [0, match], Self.refused).decision(of: profile) == Self.refused)
        #expect(try Question("lseek", [0, other], .allow).decision(of: profile) == .allow)
    }

    @Test func maskedComparisonsHold() throws {
        let argument = SeccompProfile.Argument(
            index: 0, value: 0xf0, valueTwo: 0x30, op: "SCMP_CMP_MASKED_EQ")
        let profile = Self.own([.init(names: ["umask"], action: "SCMP_ACT_ERRNO", args: [argument])])
        #expect(try Question("umask", [0x3f], Self.refused).decision(of: profile) == Self.refused)
        #expect(try Question("umask", [0x4f], .allow).decision(of: profile) == .allow)
    }

    @Test func severalArgumentsMustAllMatch() throws {
        let arguments = [
            SeccompProfile.Argument(index: 0, value: 1, op: "SCMP_CMP_EQ"),
            SeccompProfile.Argument(index: 2, value: 3, op: "SCMP_CMP_EQ"),
        ]
        let profile = Self.own([.init(names: ["lseek"], action: "SCMP_ACT_ERRNO", args: arguments)])
        #expect(try Question("lseek", [1, 9, 3], Self.refused).decision(of: profile) == Self.refused)
        #expect(try Question("lseek", [1, 9, 4], .allow).decision(of: profile) == .allow)
    }

    @Test func comparisonsOfOneArgumentAreAlternatives() throws {
        // As Docker reads such a rule: either value matches.
        let arguments = [1, 2].map { SeccompProfile.Argument(index: 0, value: $0, op: "SCMP_CMP_EQ") }
        let profile = Self.own([.init(names: ["umask"], action: "SCMP_ACT_ERRNO", args: arguments)])
        let first = try Question("umask", [1], Self.refused).decision(of: profile)
        let second = try Question("umask", [2], Self.refused).decision(of: profile)
        #expect(first == Self.refused)
        #expect(second == Self.refused)
        #expect(try Question("umask", [3], .allow).decision(of: profile) == .allow)
    }

    @Test func unknownCallsArePassedOver() throws {
        let profile = Self.own([.init(names: ["no_such_call", "getcwd"], action: "SCMP_ACT_ERRNO")])
        #expect(try Question("getcwd", Self.refused).decision(of: profile) == Self.refused)
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
        #expect(throws: SeccompError.self) { try SeccompCompiler.compile(profile, capabilities: []) }
    }
}
