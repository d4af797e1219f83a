/// What the kernel's scheduler, its security modules and its older interfaces make of a process. `nil` and empty leave a
/// trait as it is.
public struct ProcessTraits: Equatable, Sendable {
    public var scheduling: SchedulingPolicy?
    /// The class in bits 13 to 15, the level below (`man 2 ioprio_set`).
    public var ioPriority: UInt32?
    /// `PER_…` (`man 2 personality`).
    public var personality: UInt64?
    /// What the security modules give the command when it is executed.
    public var labels: [SecurityLabel] = []
    /// `SECCOMP_FILTER_FLAG_…`.
    public var seccompFlags: UInt32 = 0
    /// Processors before the process is in the container's groups, and in them: for further processes only.
    public var initialProcessors: [UInt32] = []
    public var finalProcessors: [UInt32] = []

    public init() {}
}

/// `man 2 sched_setattr`; times in nanoseconds.
public struct SchedulingPolicy: Equatable, Sendable {
    public var policy: UInt32
    public var flags: UInt64 = 0
    public var niceness: Int32 = 0
    public var priority: UInt32 = 0
    public var runtime: UInt64 = 0
    public var deadline: UInt64 = 0
    public var period: UInt64 = 0

    public init(policy: UInt32) { self.policy = policy }
}

/// What is written to a file of `/proc/self/attr` before the command is executed.
public struct SecurityLabel: Equatable, Sendable {
    /// Below `/proc/self/attr`.
    public var file: String
    public var value: String

    public init(file: String, value: String) {
        self.file = file
        self.value = value
    }
}

extension ProcessTraits {
    func describe(in text: inout ProgramText) {
        if let scheduling { text.line(2, "scheduler", scheduling.text) }
        if let ioPriority { text.line(2, "io-priority", "\(ioPriority >> 13):\(ioPriority & 0x1fff)") }
        if let personality { text.line(2, "personality", String(personality)) }
        for label in labels { text.line(2, "label", label.file, ProgramText.word(label.value)) }
        if seccompFlags != 0 { text.line(2, "seccomp-flags", String(seccompFlags)) }
        for (name, numbers) in [("initial", initialProcessors), ("final", finalProcessors)] where !numbers.isEmpty {
            text.line(2, "\(name)-processors", numbers.map { String($0) }.joined(separator: ","))
        }
    }
}

extension SchedulingPolicy {
    var text: String {
        let parts: [(String, UInt64)] = [
            ("flags", flags), ("priority", UInt64(priority)), ("runtime", runtime), ("deadline", deadline),
            ("period", period),
        ]
        let rest = parts.filter { $0.1 != 0 }.map { " \($0.0)=\($0.1)" }.joined()
        return "policy=\(policy)\(niceness == 0 ? "" : " nice=\(niceness)")\(rest)"
    }
}

extension ProcessTraits: WireRecord {
    static var blank: Self { Self() }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&scheduling)
        try coder.field(&ioPriority)
        try coder.field(&personality)
        try coder.field(&labels)
        try coder.field(&seccompFlags)
        try coder.field(&initialProcessors)
        try coder.field(&finalProcessors)
    }
}

extension SchedulingPolicy: WireRecord {
    static var blank: Self { Self(policy: 0) }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&policy)
        try coder.field(&flags)
        try coder.field(&niceness)
        try coder.field(&priority)
        try coder.field(&runtime)
        try coder.field(&deadline)
        try coder.field(&period)
    }
}

extension SecurityLabel: WireRecord {
    static var blank: Self { Self(file: "", value: "") }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&file)
        try coder.field(&value)
    }
}
