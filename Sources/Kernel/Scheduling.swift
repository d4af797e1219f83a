import CLinux

/// How the calling process shares processors and disks.
public enum Scheduling {
    /// - Parameters:
    ///   - policy: `SCHED_…` (`man 2 sched_setattr`), and `flags`: `SCHED_FLAG_…`.
    ///   - niceness: -20 to 19, for ordinary policies.
    ///   - priority: 1 to 99, for real-time ones.
    ///   - times: runtime, deadline and period in nanoseconds, for `SCHED_DEADLINE`.
    public static func setPolicy(
        _ policy: UInt32, flags: UInt64, niceness: Int32, priority: UInt32,
        times: (runtime: UInt64, deadline: UInt64, period: UInt64)
    ) throws(KernelError) {
        try check("set the scheduler", "to policy \(policy)") {
            clinux_set_scheduler(policy, flags, niceness, priority, [times.runtime, times.deadline, times.period])
        }
    }

    /// - Parameter priority: the class in bits 13 to 15, and the level below (`man 2 ioprio_set`).
    public static func setIOPriority(_ priority: UInt32) throws(KernelError) {
        try check("set the I/O priority", "\(priority >> 13):\(priority & 7)") { clinux_set_io_priority(priority) }
    }

    /// The processors that it may run on, by number.
    public static func setProcessors(_ numbers: [UInt32]) throws(KernelError) {
        guard let highest = numbers.max() else { return }
        var mask = [UInt64](repeating: 0, count: Int(highest / 64) + 1)
        for number in numbers { mask[Int(number / 64)] |= 1 << UInt64(number % 64) }
        try check("set the processors") { clinux_set_processors(mask, mask.count) }
    }

    /// - Parameter personality: `PER_…` (`man 2 personality`).
    public static func setPersonality(_ personality: UInt64) throws(KernelError) {
        try check("set the personality") { clinux_set_personality(personality) }
    }
}
