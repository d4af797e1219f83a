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

    /// Closes all descriptors but 0, 1, 2 and those that are kept. Marking the rest close-on-exec would leave them open,
    /// and reachable by the links of /proc/self/fd, until the program is executed.
    public static func closeAll(keeping kept: [Int32]) throws(KernelError) {
        var first: UInt32 = 3
        for number in kept.sorted() where number >= 3 {
            let keep = UInt32(number)
            if keep > first {
                let (start, end) = (first, keep - 1)
                try check("close descriptors") { clinux_close_range(start, end, 0) }
            }
            first = Swift.max(first, keep + 1)
        }
        try closeAll(from: first)
    }

    /// Changes to a directory of the calling process's own root. No link of /proc to an open file is followed, and what
    /// is reached has to lie below the root: a directory that somebody else opened does not.
    public static func enterDirectory(_ path: String) throws(KernelError) {
        let directory = try RootDirectory("/").open(path, [.path, .directory])
        let number = directory.number
        try check("enter", path) { fchdir(number) }
        try requireDirectoryInRoot(path)
    }

    /// Fails if the working directory can't be reached from the process's root.
    static func requireDirectoryInRoot(_ path: String) throws(KernelError) {
        let first = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer -> CChar? in
            clinux_working_directory(buffer.baseAddress, buffer.count) > 0 ? buffer[0] : nil
        }
        if first == CChar(bitPattern: UInt8(ascii: "/")) { return }
        // A path that is too long for the answer is no escape: the walk to it was inside.
        let reason = first == nil ? lastError() : EXDEV
        if reason == ENAMETOOLONG || reason == ERANGE { return }
        throw KernelError("enter", "\(path), which is not inside the root file system", errno: reason)
    }

    /// The name by which the calling process is listed (`man 5 proc`, `comm`), at most 15 bytes.
    public static func setName(_ name: String) throws(KernelError) {
        try check("set the process's name") {
            name.withCString { clinux_prctl(15, UInt(bitPattern: $0), 0, 0, 0) }
        }
    }

    /// Becomes the program; returns only by failing.
    /// - Parameter environment: `KEY=value`; nil hands on the caller's.
    public static func become(_ path: String, _ arguments: [String], environment: [String]?) -> KernelError {
        let arguments = CStrings(arguments)
        let environment = environment.map(CStrings.init)
        clinux_execve(path, arguments.pointer, environment?.pointer ?? environ)
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
