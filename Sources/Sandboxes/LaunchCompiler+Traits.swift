public import Launching
public import OCI

/// Names of the specification as the kernel's numbers.
extension LaunchCompiler {
    /// The part of a process's traits that its bundle tells.
    public static func traits(
        _ process: RuntimeConfiguration.Process, _ linux: RuntimeConfiguration.Linux
    ) throws(LaunchCompilerError) -> ProcessTraits {
        var result = ProcessTraits()
        if let scheduler = process.scheduler { result.scheduling = try scheduling(scheduler) }
        if let priority = process.ioPriority { result.ioPriority = try ioPriority(priority) }
        if let personality = linux.personality { result.personality = try number(of: personality) }
        // The file of a module's own; the common one is the first module's that has it.
        if let profile = process.apparmorProfile, !profile.isEmpty {
            result.labels.append(SecurityLabel(file: "apparmor/exec", value: "exec \(profile)"))
        }
        if let label = process.selinuxLabel, !label.isEmpty {
            result.labels.append(SecurityLabel(file: "exec", value: label))
        }
        for name in linux.seccomp?.flags ?? [] {
            result.seccompFlags |= try number(name, in: seccompFlags, of: "linux.seccomp.flags")
        }
        if let affinity = process.execCPUAffinity {
            result.initialProcessors = try processors(affinity.initial ?? "")
            result.finalProcessors = try processors(affinity.final ?? "")
        }
        return result
    }

    private static func number<Number>(
        _ name: String, in names: [String: Number], of field: String
    ) throws(LaunchCompilerError) -> Number {
        guard let number = names[name] else {
            throw LaunchCompilerError(subject: field, reason: "\"\(name)\" is not known")
        }
        return number
    }

    private static func scheduling(
        _ scheduler: RuntimeConfiguration.Scheduler
    ) throws(LaunchCompilerError) -> SchedulingPolicy {
        let field = "process.scheduler"
        var result = SchedulingPolicy(policy: try number(scheduler.policy, in: policies, of: field))
        for name in scheduler.flags ?? [] { result.flags |= try number(name, in: schedulingFlags, of: field) }
        guard let priority = UInt32(exactly: scheduler.priority ?? 0) else {
            throw LaunchCompilerError(subject: field, reason: "a priority below 0")
        }
        result.priority = priority
        result.niceness = scheduler.nice ?? 0
        result.runtime = scheduler.runtime ?? 0
        result.deadline = scheduler.deadline ?? 0
        result.period = scheduler.period ?? 0
        return result
    }

    private static func ioPriority(_ priority: RuntimeConfiguration.IOPriority) throws(LaunchCompilerError) -> UInt32 {
        let field = "process.ioPriority"
        let level = priority.priority ?? 0
        guard (0...7).contains(level) else {
            throw LaunchCompilerError(subject: field, reason: "\(level) is not 0 to 7")
        }
        return try number(priority.class, in: ioClasses, of: field) << 13 | UInt32(level)
    }

    private static func number(
        of personality: RuntimeConfiguration.Personality
    ) throws(LaunchCompilerError) -> UInt64 {
        guard personality.flags?.isEmpty ?? true else {
            throw LaunchCompilerError(subject: "linux.personality", reason: "the specification knows no flags yet")
        }
        return try number(personality.domain, in: domains, of: "linux.personality")
    }

    /// A list such as `0-2,5`.
    static func processors(_ list: String) throws(LaunchCompilerError) -> [UInt32] {
        // As many as the kernel can be built for (`CONFIG_NR_CPUS`).
        let most: UInt32 = 8192
        var result: Set<UInt32> = []
        for part in list.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { word in
                UInt32(word.drop { $0 == " " })
            }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
                first <= last, last < most
            else {
                throw LaunchCompilerError(
                    subject: "process.execCPUAffinity", reason: "\"\(list)\" is no list of processors such as 0-2,5")
            }
            result.formUnion(first...last)
        }
        return result.sorted()
    }

    /// Of `linux/sched.h`.
    private static let policies: [String: UInt32] = [
        "SCHED_OTHER": 0, "SCHED_FIFO": 1, "SCHED_RR": 2, "SCHED_BATCH": 3, "SCHED_ISO": 4, "SCHED_IDLE": 5,
        "SCHED_DEADLINE": 6,
    ]
    private static let schedulingFlags: [String: UInt64] = [
        "SCHED_FLAG_RESET_ON_FORK": 0x01, "SCHED_FLAG_RECLAIM": 0x02, "SCHED_FLAG_DL_OVERRUN": 0x04,
        "SCHED_FLAG_KEEP_POLICY": 0x08, "SCHED_FLAG_KEEP_PARAMS": 0x10, "SCHED_FLAG_UTIL_CLAMP_MIN": 0x20,
        "SCHED_FLAG_UTIL_CLAMP_MAX": 0x40,
    ]
    /// Of `linux/ioprio.h`.
    private static let ioClasses: [String: UInt32] = [
        "IOPRIO_CLASS_RT": 1, "IOPRIO_CLASS_BE": 2, "IOPRIO_CLASS_IDLE": 3,
    ]
    /// Of `linux/personality.h`.
    private static let domains: [String: UInt64] = ["LINUX": 0, "LINUX32": 8]
    /// Of `linux/seccomp.h`; what is left out there concerns a listener.
    public static let seccompFlags: [String: UInt32] = [
        "SECCOMP_FILTER_FLAG_TSYNC": 1, "SECCOMP_FILTER_FLAG_LOG": 2, "SECCOMP_FILTER_FLAG_SPEC_ALLOW": 4,
    ]
}
