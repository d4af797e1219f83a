public import OCI

extension SeccompProfile {
    /// A bundle's filter: its conditions were decided by whoever wrote it.
    public init(_ seccomp: RuntimeConfiguration.Seccomp) {
        let rules = (seccomp.syscalls ?? []).map { rule in
            Rule(
                names: rule.names, action: rule.action, errnoRet: rule.errnoRet,
                args: rule.args?.map {
                    Argument(index: $0.index, value: $0.value, valueTwo: $0.valueTwo, op: $0.op)
                })
        }
        self.init(
            defaultAction: seccomp.defaultAction, defaultErrnoRet: seccomp.defaultErrnoRet,
            archMap: (seccomp.architectures ?? []).isEmpty
                ? nil
                : [
                    Architecture(
                        architecture: SeccompCompiler.nativeArchitecture, subArchitectures: seccomp.architectures)
                ],
            syscalls: rules)
    }

    /// What a rule may do, and how it may compare.
    public static let actions = [
        "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD",
        "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP",
    ]
    public static let operators = [
        "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE",
    ]
}
