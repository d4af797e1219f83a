/// A device policy as the program that the kernel runs when a process of a v2 group opens a device or makes a node
/// (`BPF_PROG_TYPE_CGROUP_DEVICE`). It gets `struct bpf_cgroup_dev_ctx`: what is attempted and the kind of the device in
/// one word, its major and its minor number; it returns 1 to let it pass.
enum DeviceProgram {
    /// Finished, 8 bytes an instruction.
    static func code(_ policy: DevicePolicy) -> [UInt8] {
        instructions(policy).flatMap { withUnsafeBytes(of: $0, Array.init) }
    }

    /// The last rule first: whichever matches first decides.
    static func instructions(_ policy: DevicePolicy) -> [UInt64] {
        var code = [
            load(kind, offset: 0), move(access, from: kind), shiftRight(access, 16), and(kind, 0xffff),
            load(major, offset: 4), load(minor, offset: 8),
        ]
        for rule in policy.exceptions.reversed() { code += instructions(rule) }
        return code + verdict(policy.allows)
    }

    private static func instructions(_ rule: DeviceRule) -> [UInt64] {
        let end = verdict(rule.allow)
        var tests: [(_ distance: Int) -> UInt64] = []
        if let wanted = rule.kind { tests.append { unless(kind, equals: wanted.rawValue, skip: $0) } }
        var prefix: [UInt64] = []
        if rule.access != 7 {
            // All of the attempt has to be allowed, and any of it may be denied.
            let bits = rule.allow ? ~rule.access & 7 : rule.access
            prefix = [move(scratch, from: access), and(scratch, UInt32(bits))]
            tests.append { distance in
                rule.allow ? unless(scratch, equals: 0, skip: distance) : when(scratch, equals: 0, skip: distance)
            }
        }
        if let wanted = rule.major { tests.append { unless(major, equals: wanted, skip: $0) } }
        if let wanted = rule.minor { tests.append { unless(minor, equals: wanted, skip: $0) } }
        let jumps = tests.enumerated().map { index, test in test(tests.count - index - 1 + end.count) }
        return prefix + jumps + end
    }

    /// Registers: the context comes in r1, the verdict leaves in r0.
    private static let context: UInt64 = 1
    private static let kind: UInt64 = 2
    private static let access: UInt64 = 3
    private static let major: UInt64 = 4
    private static let minor: UInt64 = 5
    private static let scratch: UInt64 = 6

    /// `struct bpf_insn`: operation, registers, offset, number (Documentation/bpf/standardization/instruction-set.rst).
    private static func instruction(
        _ operation: UInt64, _ target: UInt64, _ source: UInt64 = 0, offset: Int = 0, number: UInt32 = 0
    ) -> UInt64 {
        let jump = UInt64(UInt16(truncatingIfNeeded: offset))
        return (operation | target << 8 | source << 12 | jump << 16 | UInt64(number) << 32).littleEndian
    }

    private static func load(_ register: UInt64, offset: Int) -> UInt64 {
        instruction(0x61, register, context, offset: offset)
    }
    private static func move(_ register: UInt64, from other: UInt64) -> UInt64 { instruction(0xbc, register, other) }
    private static func and(_ register: UInt64, _ mask: UInt32) -> UInt64 { instruction(0x54, register, number: mask) }
    private static func shiftRight(_ register: UInt64, _ bits: UInt32) -> UInt64 {
        instruction(0x74, register, number: bits)
    }
    private static func unless(_ register: UInt64, equals number: UInt32, skip distance: Int) -> UInt64 {
        instruction(0x56, register, offset: distance, number: number)
    }
    private static func when(_ register: UInt64, equals number: UInt32, skip distance: Int) -> UInt64 {
        instruction(0x16, register, offset: distance, number: number)
    }
    private static func verdict(_ allows: Bool) -> [UInt64] {
        [instruction(0xb4, 0, number: allows ? 1 : 0), instruction(0x95, 0)]
    }
}
