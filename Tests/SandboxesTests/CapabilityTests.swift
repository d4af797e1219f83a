import Testing

@testable import Sandboxes

@Suite struct CapabilityTests {
    private static let all = (UInt64(1) << UInt64(Capability.names.count)) - 1
    private static let standard = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
        "CAP_SETUID",
        "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SYS_CHROOT", "CAP_MKNOD",
        "CAP_AUDIT_WRITE",
        "CAP_SETFCAP",
    ]
    private static let everything = Capability.names.map { "CAP_" + $0 }

    struct Choice: Sendable, CustomTestStringConvertible {
        var added: [String] = []
        var dropped: [String] = []
        var privileged = false
        var available = CapabilityTests.all
        var result: [String]

        var testDescription: String { "+\(added) -\(dropped)\(privileged ? " privileged" : "")" }
    }

    @Test(arguments: [
        Choice(result: standard),
        Choice(added: ["SYS_ADMIN"], result: inOrder(standard + ["CAP_SYS_ADMIN"])),
        Choice(added: ["CAP_SYS_ADMIN"], result: inOrder(standard + ["CAP_SYS_ADMIN"])),
        Choice(
            added: ["cap_net_admin", "sys_time"],
            result: inOrder(standard + ["CAP_NET_ADMIN", "CAP_SYS_TIME"])),
        Choice(added: ["CHOWN"], result: standard),
        Choice(
            dropped: ["NET_RAW", "CAP_MKNOD"],
            result: standard.filter { !["CAP_NET_RAW", "CAP_MKNOD"].contains($0) }),
        Choice(dropped: ["SYS_ADMIN"], result: standard),
        Choice(dropped: ["ALL"], result: []),
        Choice(dropped: ["all"], result: []),
        Choice(added: ["NET_BIND_SERVICE"], dropped: ["ALL"], result: ["CAP_NET_BIND_SERVICE"]),
        // What is named on both sides stays.
        Choice(added: ["NET_RAW"], dropped: ["NET_RAW"], result: standard),
        Choice(added: ["ALL"], result: everything),
        Choice(
            added: ["ALL"], dropped: ["SYS_MODULE"], result: everything.filter { $0 != "CAP_SYS_MODULE" }),
        Choice(
            added: ["ALL", "NET_RAW"], dropped: ["CHOWN"], result: everything.filter { $0 != "CAP_CHOWN" }
        ),
        Choice(privileged: true, result: everything),
        Choice(dropped: ["ALL"], privileged: true, result: everything),
        // Nothing is promised that can't be handed on.
        Choice(available: 0b1, result: ["CAP_CHOWN"]),
        Choice(added: ["ALL"], available: 0b11, result: ["CAP_CHOWN", "CAP_DAC_OVERRIDE"]),
        Choice(added: ["SYS_ADMIN"], available: 0b1, result: ["CAP_CHOWN"]),
        Choice(
            privileged: true, available: 0b110, result: ["CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH"]),
        Choice(privileged: true, available: 0, result: []),
    ])
    func servicesGetWhatDockerGivesThem(_ choice: Choice) throws {
        let result = try Capability.effective(
            added: choice.added, dropped: choice.dropped, privileged: choice.privileged,
            available: choice.available)
        #expect(result == choice.result)
    }

    @Test(arguments: [(["NO_SUCH"], []), ([], ["NO_SUCH"]), (["ALL", "NO_SUCH"], ["ALL"])])
    func unknownNamesAreRefused(_ added: [String], _ dropped: [String]) throws {
        let error = #expect(throws: UnknownCapability.self) {
            try Capability.effective(
                added: added, dropped: dropped, privileged: false, available: Self.all)
        }
        #expect(error?.description == #""NO_SUCH" is no capability; `man 7 capabilities` lists them"#)
    }

    @Test func refusalRepeatsTheUsersSpelling() {
        let error = #expect(throws: UnknownCapability.self) {
            try Capability.effective(
                added: ["cap_Fly"], dropped: [], privileged: false, available: Self.all)
        }
        #expect(error?.name == "cap_Fly")
    }

    @Test(
        arguments: [
            ([], 0), (["CAP_CHOWN"], 1), (["CAP_SYS_ADMIN", "CAP_CHOWN"], 1 << 21 | 1),
            (["CAP_CHECKPOINT_RESTORE"], 1 << 40),
            (["CHOWN"], 0), (["CAP_NO_SUCH"], 0), (["CAP_CHOWN", "CAP_CHOWN"], 1),
        ] as [([String], UInt64)])
    func masksHaveABitForEachName(_ names: [String], _ mask: UInt64) {
        #expect(Capability.mask(names) == mask)
    }

    @Test func standardMaskIsDockers() throws {
        // `CapBnd` of a container that Docker started without options.
        #expect(Capability.mask(Self.standard) == 0xa804_25fb)
    }

    private static func inOrder(_ names: [String]) -> [String] {
        everything.filter { names.contains($0) }
    }
}
