import Testing

/// What a filter is asked about: `struct seccomp_data` (`linux/seccomp.h`).
struct SystemCall {
    var number: Int32
    var architecture: UInt32 = Self.amd64
    var arguments: [UInt64] = []

    /// `AUDIT_ARCH_…` (`linux/audit.h`).
    static let amd64: UInt32 = 0xc000_003e
    static let i386: UInt32 = 0x4000_0003
    static let aarch64: UInt32 = 0xc000_00b7
    static let riscv64: UInt32 = 0xc000_00f3

    #if arch(x86_64)
        static let native = amd64
    #elseif arch(arm64)
        static let native = aarch64
    #else
        static let native = riscv64
    #endif

    /// The 32-bit word at a byte offset; little-endian, as the architectures that Roost runs on.
    func word(at offset: UInt32) throws -> UInt32 {
        switch offset {
        case 0: return UInt32(bitPattern: number)
        case 4: return architecture
        case 8, 12: return 0
        case 16..<64 where offset % 4 == 0:
            let index = Int(offset - 16) / 8
            let value = index < arguments.count ? arguments[index] : 0
            return UInt32(truncatingIfNeeded: offset % 8 == 0 ? value : value >> 32)
        default: throw FilterFault(reason: "loads offset \(offset) of the call")
        }
    }
}

/// What the kernel does with a call (`man 2 seccomp`).
enum FilterDecision: Equatable, CustomStringConvertible {
    case allow
    case fail(errno: UInt32)
    case other(UInt32)

    init(_ value: UInt32) {
        switch value & 0xffff_0000 {
        case 0x7fff_0000: self = .allow
        case 0x0005_0000: self = .fail(errno: value & 0xffff)
        default: self = .other(value)
        }
    }

    var description: String {
        switch self {
        case .allow: "allow"
        case .fail(let errno): "fail(\(errno))"
        case .other(let value): "0x" + String(value, radix: 16)
        }
    }
}

/// A program that the kernel would refuse.
struct FilterFault: Error {
    var reason: String
}

/// Classic BPF as far as seccomp allows it (`Documentation/networking/filter.rst`): the filter is asked what it
/// decides, without a process that has to live under it.
struct FilterInterpreter {
    private struct Instruction {
        var code: UInt16
        var whenTrue: UInt8
        var whenFalse: UInt8
        var operand: UInt32

        /// Eight bytes, each number with its lowest byte first.
        init(_ bytes: ArraySlice<UInt8>) {
            let start = bytes.startIndex
            code = UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8
            whenTrue = bytes[start + 2]
            whenFalse = bytes[start + 3]
            operand = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    private let instructions: [Instruction]

    /// - Parameter program: `struct sock_filter` one after the other, 8 bytes each.
    init(_ program: [UInt8]) throws {
        try #require(program.count % 8 == 0 && !program.isEmpty)
        instructions = stride(from: 0, to: program.count, by: 8).map {
            Instruction(program[$0..<($0 + 8)])
        }
    }

    var count: Int { instructions.count }

    func decision(on call: SystemCall) throws -> FilterDecision {
        var accumulator: UInt32 = 0
        var position = 0
        // Jumps only go forwards, so each instruction runs at most once.
        while position < instructions.count {
            let instruction = instructions[position]
            position += 1
            switch instruction.code {
            case 0x20: accumulator = try call.word(at: instruction.operand)  // load word, absolute
            case 0x54: accumulator &= instruction.operand  // and
            case 0x05: position += Int(instruction.operand)  // jump
            case 0x15, 0x25, 0x35, 0x45:
                let holds = Self.holds(instruction.code, accumulator, instruction.operand)
                position += Int(holds ? instruction.whenTrue : instruction.whenFalse)
            case 0x06: return FilterDecision(instruction.operand)
            default: throw FilterFault(reason: "instruction 0x" + String(instruction.code, radix: 16))
            }
        }
        throw FilterFault(reason: "runs past its end")
    }

    private static func holds(_ code: UInt16, _ value: UInt32, _ operand: UInt32) -> Bool {
        switch code {
        case 0x15: value == operand
        case 0x25: value > operand
        case 0x35: value >= operand
        default: value & operand != 0
        }
    }
}
