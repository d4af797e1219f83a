import CLinux
import Glibc

/// What the calling process may do. All of it concerns the calling thread and is meant for a process with one thread
/// that is about to execute another program.
public enum Credentials {
    /// Takes all capabilities out of the bounding set that the mask (bit N for capability N) doesn't hold.
    public static func limitBoundingSet(to mask: UInt64) throws(KernelError) {
        let read: Int32 = 23
        let drop: Int32 = 24
        for capability in UInt(0)..<64 {
            let present = clinux_prctl(read, capability, 0, 0, 0)
            // The kernel knows no more capabilities.
            if present < 0 { return }
            guard present == 1, mask & (1 << UInt64(capability)) == 0 else { continue }
            try check("drop capability \(capability) from the bounding set") {
                clinux_prctl(drop, capability, 0, 0, 0)
            }
        }
    }

    /// What of the mask this process has to give: a capability that it lacks can't be passed on.
    public static func available(_ mask: UInt64) throws(KernelError) -> UInt64 {
        var permitted: UInt64 = 0
        try check("read the capabilities") { clinux_permitted_capabilities(&permitted) }
        return mask & permitted
    }

    /// Sets the three classic sets.
    public static func setCapabilities(
        effective: UInt64, permitted: UInt64, inheritable: UInt64
    ) throws(KernelError) {
        try check("set the capabilities") { clinux_capset(effective, permitted, inheritable) }
    }

    /// Sets the ambient set, which survives the execution of programs without file capabilities.
    public static func setAmbient(_ mask: UInt64) throws(KernelError) {
        let ambient: Int32 = 47
        let clearAll: UInt = 4
        let raise: UInt = 2
        try check("clear the ambient capabilities") { clinux_prctl(ambient, clearAll, 0, 0, 0) }
        for capability in UInt64(0)..<64 where mask & (1 << capability) != 0 {
            try check("raise the ambient capability \(capability)") {
                clinux_prctl(ambient, raise, UInt(capability), 0, 0)
            }
        }
    }

    /// Whether the permitted set survives a change from root to another user.
    public static func keepCapabilities(_ keep: Bool) throws(KernelError) {
        try check("keep the capabilities") { clinux_prctl(8, keep ? 1 : 0, 0, 0, 0) }
    }

    /// Becomes another user: the groups first, as the right to set them goes with the user.
    public static func become(user: UInt32, group: UInt32, additionalGroups: [UInt32]) throws(KernelError) {
        try check("set the additional groups") { clinux_set_groups(additionalGroups.count, additionalGroups) }
        try check("set the group to", "\(group)") { clinux_set_group(group) }
        try check("set the user to", "\(user)") { clinux_set_user(user) }
    }

    /// Executing a program never gives new rights from now on.
    public static func forbidNewPrivileges() throws(KernelError) {
        try check("set no_new_privs") { clinux_prctl(38, 1, 0, 0, 0) }
    }

    /// Loads a seccomp filter: `struct sock_filter` one after the other, 8 bytes each.
    /// - Parameter flags: `SECCOMP_FILTER_FLAG_…`.
    public static func loadFilter(_ program: [UInt8], flags: UInt32 = 0) throws(KernelError) {
        guard program.count % 8 == 0, let length = UInt16(exactly: program.count / 8) else {
            throw KernelError("load the seccomp filter", "of \(program.count) bytes", errno: EINVAL)
        }
        try check("load the seccomp filter") {
            program.withUnsafeBytes { clinux_seccomp($0.baseAddress, length, flags) }
        }
    }

    /// Sets a resource limit; `kind` is the kernel's `RLIMIT_…` number.
    public static func setLimit(kind: UInt32, soft: UInt64, hard: UInt64) throws(KernelError) {
        try check("set limit \(kind)", "to \(soft):\(hard)") { clinux_set_limit(Int32(bitPattern: kind), soft, hard) }
    }

    /// The signal that the calling process gets when its parent dies. Cleared by each change of credentials.
    public static func setParentDeathSignal(_ signal: Int32) throws(KernelError) {
        try check("set the parent's death signal") { clinux_prctl(1, UInt(signal), 0, 0, 0) }
    }

    /// Leaves the caller's keys behind (`man 7 session-keyring`). A kernel without keys has none to leave.
    public static func leaveSessionKeyring() throws(KernelError) {
        do throws(KernelError) {
            try check("make a session keyring") { clinux_new_session_keyring() }
        } catch  where error.errno == ENOSYS {}
    }

    /// Runs with the usual share of the processor, whatever the caller had (`man 2 setpriority`).
    public static func resetPriority() throws(KernelError) {
        do throws(KernelError) {
            try check("set the priority") { clinux_reset_priority() }
        } catch  where error.errno == EACCES {
            // A lower one can't be raised without the right to it.
        }
    }

    /// From now on the calling process takes in the orphans among its descendants (`man 2 prctl`,
    /// `PR_SET_CHILD_SUBREAPER`).
    public static func becomeReaper() throws(KernelError) {
        try check("become a reaper of orphans") { clinux_prctl(36, 1, 0, 0, 0) }
    }

    /// Keeps other processes from reaching into this one through /proc or ptrace, its executable included.
    public static func makeUntouchable() throws(KernelError) {
        try check("become undumpable") { clinux_prctl(4, 0, 0, 0, 0) }
    }
}
