import CSeccomp
import FoundationEssentials
import Glibc
import Kernel
import Testing

@testable import Sandboxes

private let referencePath = getenv("ROOST_SECCOMP_REFERENCE").map { String(cString: $0) }

/// Our profile beside Docker's own, which ROOST_SECCOMP_REFERENCE names (moby's `default.json`).
@Suite(
    .enabled(
        if: referencePath != nil,
        "ROOST_SECCOMP_REFERENCE names no file: Docker's seccomp profile in its JSON form"))
struct ReferenceProfileTests {
    /// What a call may do: each way in which a rule decides on it.
    private struct Decision: Hashable, CustomStringConvertible {
        var action: String
        var errno: UInt32?
        var arguments: [String]

        init(_ rule: SeccompProfile.Rule) {
            action = rule.action
            errno = rule.errnoRet
            arguments = (rule.args ?? []).map { "\($0.index) \($0.op) \($0.value) \($0.valueTwo ?? 0)" }
        }

        var description: String {
            ([action, errno.map { "\($0)" } ?? ""] + arguments).joined(separator: " ")
        }
    }

    private static func reference() throws -> SeccompProfile {
        let content = try Files.read(try #require(referencePath))
        return try JSONDecoder().decode(SeccompProfile.self, from: Data(content))
    }

    private static let standard: Set<String> = Set(Capability.standard.map { "CAP_" + $0 })
    private static let choices: [Set<String>] = [
        [], standard, standard.union(["CAP_SYS_ADMIN"]), Set(Capability.names.map { "CAP_" + $0 }),
    ]

    private static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "riscv64"
        #endif
    }

    /// All that libseccomp knows on this architecture.
    private static let knownNames: Set<String> = {
        let native = seccomp_arch_native()
        return Set(
            (0..<1024).compactMap { number -> String? in
                guard let name = seccomp_syscall_resolve_num_arch(native, Int32(number)) else { return nil }
                defer { free(name) }
                return String(cString: name)
            })
    }()

    private static func decisions(
        _ profile: SeccompProfile, _ capabilities: Set<String>
    ) -> [String: Set<Decision>] {
        let kernel = KernelVersion(major: 6, minor: 12)
        let rules = profile.rules(
            capabilities: capabilities, architecture: architecture, kernel: kernel)
        return rules.reduce(into: [:]) { result, rule in
            for name in rule.names { result[name, default: []].insert(Decision(rule)) }
        }
    }

    @Test(arguments: choices)
    func eachCallIsDecidedTheSame(_ capabilities: Set<String>) throws {
        let reference = Self.decisions(try Self.reference(), capabilities)
        let own = Self.decisions(.standard, capabilities)
        // Names that this libseccomp is too young for count as well.
        let names = Self.knownNames.union(reference.keys).union(own.keys).sorted()
        #expect(names.count > 300)
        for name in names { #expect(own[name] == reference[name], "\(name)") }
    }

    @Test func restIsDecidedTheSame() throws {
        let reference = try Self.reference()
        #expect(SeccompProfile.standard.defaultAction == reference.defaultAction)
        #expect(SeccompProfile.standard.defaultErrnoRet == reference.defaultErrnoRet)
        for entry in SeccompProfile.standard.archMap ?? [] {
            #expect(reference.archMap?.contains(entry) == true)
        }
    }

    @Test(arguments: choices)
    func compiledProgramsAreTheSame(_ capabilities: Set<String>) throws {
        let reference = try FilterInterpreter(
            SeccompCompiler.compile(Self.reference(), capabilities: capabilities))
        let own = try FilterInterpreter(SeccompCompiler.compile(.standard, capabilities: capabilities))
        for number in Int32(0)..<1024 {
            for list in [[]] + (Self.argumentsThatDecide[number] ?? []) {
                let call = SystemCall(number: number, architecture: SystemCall.native, arguments: list)
                let expected = try reference.decision(on: call)
                #expect(try own.decision(on: call) == expected, "\(number)(\(list))")
            }
        }
    }

    /// By the numbers of the calls that a filter looks closer at.
    private static let argumentsThatDecide: [Int32: [[UInt64]]] = [
        seccomp_syscall_resolve_name("socket"): (0..<50).map { [$0] },
        seccomp_syscall_resolve_name("personality"): [[8], [9], [0x20000], [0x20008], [0x40000], [0xffff_ffff]],
        seccomp_syscall_resolve_name("clone"): (0..<32).flatMap { [[1 << $0], [0, 1 << $0], [17 | 1 << $0]] },
    ]
}
