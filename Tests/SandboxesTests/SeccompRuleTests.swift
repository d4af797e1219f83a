import FoundationEssentials
import Testing

@testable import Sandboxes

@Suite struct SeccompRuleTests {
    private typealias Rule = SeccompProfile.Rule
    private typealias Condition = SeccompProfile.Condition

    struct Sample: Sendable, CustomTestStringConvertible {
        var title: String
        var includes: SeccompProfile.Condition?
        var excludes: SeccompProfile.Condition?
        var capabilities: Set<String> = []
        var architecture = "amd64"
        var kernel = KernelVersion(major: 6, minor: 1)
        var counts: Bool

        var testDescription: String { title }
    }

    @Test(arguments: [
        Sample(title: "without conditions", counts: true),
        Sample(title: "empty conditions", includes: Condition(), excludes: Condition(), counts: true),
        Sample(
            title: "has the capability", includes: Condition(caps: ["CAP_BPF"]),
            capabilities: ["CAP_BPF"], counts: true),
        Sample(title: "lacks the capability", includes: Condition(caps: ["CAP_BPF"]), counts: false),
        Sample(
            title: "has one of two capabilities", includes: Condition(caps: ["CAP_BPF", "CAP_SYSLOG"]),
            capabilities: ["CAP_BPF"], counts: false),
        Sample(
            title: "one of two architectures", includes: Condition(arches: ["arm64", "amd64"]),
            counts: true),
        Sample(title: "another architecture", includes: Condition(arches: ["arm64"]), counts: false),
        Sample(title: "no architecture at all", includes: Condition(arches: []), counts: false),
        Sample(title: "newer kernel", includes: Condition(minKernel: "5.19"), counts: true),
        Sample(title: "same kernel", includes: Condition(minKernel: "6.1"), counts: true),
        Sample(title: "older kernel", includes: Condition(minKernel: "6.10"), counts: false),
        Sample(
            title: "capability but not architecture",
            includes: Condition(arches: ["arm64"], caps: ["CAP_BPF"]),
            capabilities: ["CAP_BPF"], counts: false),
        Sample(
            title: "excluded capability", excludes: Condition(caps: ["CAP_BPF"]),
            capabilities: ["CAP_BPF"], counts: false),
        Sample(
            title: "one excluded capability of two",
            excludes: Condition(caps: ["CAP_SYSLOG", "CAP_BPF"]),
            capabilities: ["CAP_BPF"], counts: false),
        Sample(
            title: "absent excluded capability", excludes: Condition(caps: ["CAP_BPF"]), counts: true),
        Sample(title: "excluded architecture", excludes: Condition(arches: ["amd64"]), counts: false),
        Sample(
            title: "another excluded architecture", excludes: Condition(arches: ["s390x"]), counts: true),
        Sample(
            title: "excluded from this kernel on", excludes: Condition(minKernel: "5.0"), counts: false),
        Sample(
            title: "excluded from a later kernel on", excludes: Condition(minKernel: "6.2"), counts: true),
        Sample(
            title: "included and excluded", includes: Condition(arches: ["amd64"]),
            excludes: Condition(caps: ["CAP_BPF"]), capabilities: ["CAP_BPF"], counts: false),
    ])
    func conditionsSelectRules(_ sample: Sample) {
        let profile = SeccompProfile(
            defaultAction: "SCMP_ACT_ERRNO",
            syscalls: [Rule(names: ["read"], includes: sample.includes, excludes: sample.excludes)])
        let rules = profile.rules(
            capabilities: sample.capabilities, architecture: sample.architecture, kernel: sample.kernel)
        #expect(rules.isEmpty == !sample.counts)
    }

    @Test(
        arguments: [
            ("6.1", KernelVersion(major: 6, minor: 1)),
            ("6.18.3-generic", KernelVersion(major: 6, minor: 18)),
            ("5.10-rc1", KernelVersion(major: 5, minor: 10)),
            ("4.8.0", KernelVersion(major: 4, minor: 8)),
            ("6", nil), ("", nil), ("x.y", nil), ("6.", nil),
        ] as [(String, KernelVersion?)])
    func kernelReleasesAreRead(_ text: String, _ version: KernelVersion?) {
        #expect(KernelVersion(text) == version)
    }

    @Test func kernelVersionsCompareByNumber() {
        #expect(KernelVersion(major: 5, minor: 9) < KernelVersion(major: 5, minor: 10))
        #expect(KernelVersion(major: 5, minor: 19) < KernelVersion(major: 6, minor: 0))
        #expect(!(KernelVersion(major: 6, minor: 0) < KernelVersion(major: 6, minor: 0)))
    }

    @Test func profilesAreReadInDockersForm() throws {
        let text = """
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
             "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
                         {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null}],
             "syscalls": [
               {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "comment": "passed over",
                "args": [{"index": 0, "value": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}],
                "excludes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["s390"]}},
               {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38,
                "includes": {"minKernel": "4.8"}}]}
            """
        let profile = try JSONDecoder().decode(SeccompProfile.self, from: Data(text.utf8))
        let clone = Rule(
            names: ["clone"],
            args: [SeccompProfile.Argument(index: 0, value: 0x7e02_0000, op: "SCMP_CMP_MASKED_EQ")],
            excludes: Condition(arches: ["s390"], caps: ["CAP_SYS_ADMIN"]))
        let clone3 = Rule(
            names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38,
            includes: Condition(minKernel: "4.8"))
        #expect(
            profile
                == SeccompProfile(
                    defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1,
                    archMap: [
                        .init(architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86"]),
                        .init(architecture: "SCMP_ARCH_RISCV64", subArchitectures: nil),
                    ],
                    syscalls: [clone, clone3]))
    }
}
