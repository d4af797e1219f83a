import CLinux
import Glibc

/// The last steps of a process that becomes another program.
public enum Execution {
    /// Marks all descriptors from the number on close-on-exec.
    public static func closeOnExecution(from first: UInt32) throws(KernelError) {
        let closeOnExec: UInt32 = 4
        try check("mark descriptors close-on-exec") { clinux_close_range(first, .max, closeOnExec) }
    }

    /// Closes all descriptors from the number on.
    public static func closeAll(from first: UInt32) throws(KernelError) {
        try check("close descriptors") { clinux_close_range(first, .max, 0) }
    }

    /// Becomes the program; returns only by failing.
    public static func become(_ path: String, _ arguments: [String], environment: [String]) -> KernelError {
        let arguments = CStrings(arguments)
        let environment = CStrings(environment)
        clinux_execve(path, arguments.pointer, environment.pointer)
        return KernelError("execute", path, errno: lastError())
    }

    /// Reaps one child that has ended: its pid and its ending, or nil if none has.
    public static func reapAny() -> (pid: Int32, ending: ProcessDescriptor.Ending)? {
        var status: Int32 = 0
        let pid = clinux_reap(&status)
        guard pid > 0 else { return nil }
        let signal = status & 0x7f
        return (pid, signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal))
    }
}
