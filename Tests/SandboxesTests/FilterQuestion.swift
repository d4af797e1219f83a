import CSeccomp
import Testing

@testable import Sandboxes

/// A call, and what the filter ought to say.
struct FilterQuestion: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [UInt64]
    var capabilities: Set<String>
    var answer: FilterDecision

    init(_ name: String, with capabilities: Set<String> = [], _ answer: FilterDecision) {
        self.init(name, [], with: capabilities, answer)
    }

    init(_ name: String, _ arguments: [UInt64], with capabilities: Set<String> = [], _ answer: FilterDecision) {
        self.name = name
        self.arguments = arguments
        self.capabilities = capabilities
        self.answer = answer
    }

    var testDescription: String {
        let list = arguments.map { "0x" + String($0, radix: 16) }.joined(separator: ", ")
        return "\(name)(\(list)) with \(capabilities.sorted()): \(answer)"
    }

    /// Docker's default set.
    static let standard = Set(Capability.standard.map { "CAP_" + $0 })

    /// What the compiled filter of a container with the standard set and these capabilities decides.
    func decision(of profile: SeccompProfile = .standard) throws -> FilterDecision {
        let program = try SeccompCompiler.compile(profile, capabilities: Self.standard.union(capabilities))
        let number = NewerCalls.number(name) ?? seccomp_syscall_resolve_name(name)
        try #require(number >= 0, "\(name) is not a call of this architecture")
        let call = SystemCall(number: number, architecture: SystemCall.native, arguments: arguments)
        return try FilterInterpreter(program).decision(on: call)
    }
}
