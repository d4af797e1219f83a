import CSeccomp
import Glibc
import Kernel

/// Turns a profile into a finished BPF program through libseccomp.
///
/// It takes about 1.4 ms a profile, so the caller keeps the result by profile and capabilities
/// (see ``SeccompCache``).
public enum SeccompCompiler {
    /// - Parameter capabilities: `CAP_…` names that the container has.
    /// - Returns: `struct sock_filter` one after the other, 8 bytes each.
    public static func compile(_ profile: SeccompProfile, capabilities: Set<String>) throws(SeccompError) -> [UInt8] {
        let defaultAction = try action(profile.defaultAction, errno: profile.defaultErrnoRet)
        guard let context = seccomp_init(defaultAction) else { throw SeccompError("can't start the filter", ENOMEM) }
        defer { seccomp_release(context) }
        try addArchitectures(of: profile, to: context)
        var newer: [(number: UInt32, action: UInt32)] = []
        for rule in profile.rules(capabilities: capabilities, architecture: hostArchitecture, kernel: hostKernel) {
            let ruleAction = try action(rule.action, errno: rule.errnoRet)
            // libseccomp refuses a rule that only repeats the default.
            if ruleAction == defaultAction { continue }
            for name in rule.names {
                if let number = NewerCalls.number(name), seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR {
                    if rule.args?.isEmpty ?? true { newer.append((UInt32(number), ruleAction)) }
                } else {
                    try add(name, rule: rule, action: ruleAction, to: context)
                }
            }
        }
        // SCMP_ACT_ERRNO
        let isRefusing = defaultAction & 0xffff_0000 == 0x0005_0000
        let known = profile.syscalls.flatMap(\.names).map {
            max(seccomp_syscall_resolve_name($0), NewerCalls.number($0) ?? 0)
        }
        return prefix(newer, highest: isRefusing ? UInt32(max(0, known.max() ?? 0)) : nil) + (try export(context))
    }

    /// Instructions that stand before the filter, for calls of the native architecture.
    /// - Parameters:
    ///   - newer: calls that libseccomp doesn't know.
    ///   - highest: a call with a number above it doesn't exist (ENOSYS) instead of being forbidden. C libraries try a
    ///     new call and do without it after ENOSYS; EPERM they take for the answer.
    private static func prefix(_ newer: [(number: UInt32, action: UInt32)], highest: UInt32?) -> [UInt8] {
        if newer.isEmpty && highest == nil { return [] }
        // struct sock_filter: code, jump if true, jump if false, k (linux/filter.h).
        let load: UInt16 = 0x20
        let jumpIfEqual: UInt16 = 0x15
        let jumpIfGreater: UInt16 = 0x25
        let jumpIfGreaterOrEqual: UInt16 = 0x35
        let result: UInt16 = 0x06
        let x32: UInt32 = 0x4000_0000
        var rest: [(UInt16, UInt8, UInt8, UInt32)] = newer.flatMap {
            [(jumpIfEqual, 0, 1, $0.number), (result, 0, 0, $0.action)]
        }
        if let highest {
            rest += [(jumpIfGreater, 0, 1, highest), (result, 0, 0, 0x0005_0000 | UInt32(ENOSYS))]
        }
        // There are fewer newer calls than a jump is long.
        let length = UInt8(clamping: rest.count)
        let instructions: [(UInt16, UInt8, UInt8, UInt32)] =
            [
                // The architecture is the second word of struct seccomp_data, the number the first.
                (load, 0, 0, 4), (jumpIfEqual, 0, length + 2, seccomp_arch_native()), (load, 0, 0, 0),
                (jumpIfGreaterOrEqual, length, 0, x32),
            ] + rest
        return instructions.flatMap { code, isTrue, isFalse, operand in
            withUnsafeBytes(of: code) { Array($0) } + [isTrue, isFalse] + withUnsafeBytes(of: operand) { Array($0) }
        }
    }

    private static func addArchitectures(of profile: SeccompProfile, to context: scmp_filter_ctx) throws(SeccompError) {
        let entry = profile.archMap?.first { $0.architecture == nativeArchitecture }
        for name in entry?.subArchitectures ?? [] {
            let token = seccomp_arch_resolve_name(String(name.dropFirst("SCMP_ARCH_".count)).lowercased())
            if token == 0 { continue }
            let result = seccomp_arch_add(context, token)
            if result != 0 && result != -EEXIST { throw SeccompError("can't add architecture \(name)", -result) }
        }
    }

    private static func add(
        _ name: String, rule: SeccompProfile.Rule, action: UInt32, to context: scmp_filter_ctx
    ) throws(SeccompError) {
        // A call that this libseccomp, or this architecture, doesn't know can't be made in the container either.
        let number = seccomp_syscall_resolve_name(name)
        if number == __NR_SCMP_ERROR { return }
        let arguments = rule.args ?? []
        // libseccomp takes one comparison an argument. Several of one are alternatives, as runc reads them.
        let isAlternative = Set(arguments.map(\.index)).count < arguments.count
        let groups = isAlternative ? arguments.map { [$0] } : [arguments]
        for group in groups {
            var comparisons: [scmp_arg_cmp] = []
            for argument in group { comparisons.append(try comparison(argument)) }
            let result = seccomp_rule_add_array(context, action, number, UInt32(comparisons.count), comparisons)
            // The call may not exist on one of the architectures.
            if result != 0 && result != -EEXIST && result != -EDOM {
                throw SeccompError("can't add a rule for \(name)", -result)
            }
        }
    }

    private static func comparison(_ argument: SeccompProfile.Argument) throws(SeccompError) -> scmp_arg_cmp {
        guard let op = comparisons[argument.op] else {
            throw SeccompError("unknown comparison \(argument.op)", EINVAL)
        }
        // For a masked comparison the profile's `value` is the mask and `valueTwo` what must remain.
        return scmp_arg_cmp(arg: argument.index, op: op, datum_a: argument.value, datum_b: argument.valueTwo ?? 0)
    }

    private static let comparisons: [String: scmp_compare] = [
        "SCMP_CMP_NE": SCMP_CMP_NE, "SCMP_CMP_LT": SCMP_CMP_LT, "SCMP_CMP_LE": SCMP_CMP_LE,
        "SCMP_CMP_EQ": SCMP_CMP_EQ, "SCMP_CMP_GE": SCMP_CMP_GE, "SCMP_CMP_GT": SCMP_CMP_GT,
        "SCMP_CMP_MASKED_EQ": SCMP_CMP_MASKED_EQ,
    ]

    /// The numbers of `SCMP_ACT_…` (`seccomp.h`), which are macros that Swift can't import.
    private static func action(_ name: String, errno: UInt32?) throws(SeccompError) -> UInt32 {
        switch name {
        case "SCMP_ACT_ALLOW": 0x7fff_0000
        case "SCMP_ACT_LOG": 0x7ffc_0000
        case "SCMP_ACT_ERRNO": 0x0005_0000 | (errno ?? UInt32(EPERM)) & 0xffff
        case "SCMP_ACT_TRAP": 0x0003_0000
        case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD": 0x0000_0000
        case "SCMP_ACT_KILL_PROCESS": 0x8000_0000
        case "SCMP_ACT_TRACE": 0x7ff0_0000 | (errno ?? 0) & 0xffff
        default: throw SeccompError("unknown action \(name)", EINVAL)
        }
    }

    private static func export(_ context: scmp_filter_ctx) throws(SeccompError) -> [UInt8] {
        do {
            let file = try OwnedDescriptor.memory("seccomp")
            let result = seccomp_export_bpf(context, file.number)
            guard result == 0 else { throw SeccompError("can't write the program", -result) }
            lseek(file.number, 0, SEEK_SET)
            return try file.readAll()
        } catch let error as SeccompError {
            throw error
        } catch {
            throw SeccompError("can't hold the program", (error as? KernelError)?.errno ?? EIO)
        }
    }

    /// Go's names, which profiles use.
    private static var hostArchitecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "riscv64"
        #endif
    }

    /// As profiles name it.
    static var nativeArchitecture: String { "SCMP_ARCH_" + nativeName }

    private static var nativeName: String {
        #if arch(x86_64)
            "X86_64"
        #elseif arch(arm64)
            "AARCH64"
        #else
            "RISCV64"
        #endif
    }

    private static var hostKernel: KernelVersion {
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return KernelVersion(release) ?? .oldestSupported
    }
}

/// A profile that can't be compiled.
public struct SeccompError: Error, CustomStringConvertible {
    public var attempt: String
    public var errno: Int32

    init(_ attempt: String, _ errno: Int32) {
        self.attempt = attempt
        self.errno = errno
    }

    public var description: String {
        "seccomp profile: \(attempt): \(String(cString: strerror(errno))); check the profile named in security_opt"
    }
}
