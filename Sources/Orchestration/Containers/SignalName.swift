import Glibc
import Kernel
import OCI

/// Signals by name or number (`man 7 signal`).
enum SignalName {
    /// `SIGTERM`, `TERM`, `term`, `15`, `RTMIN+3`.
    static func number(_ text: String) throws(OperationError) -> Int32 {
        if let number = KernelNames.signal(text) { return number }
        throw OperationError("\"\(text)\" is no signal; use a name as SIGTERM or a number")
    }

    /// Whether a process catches the signal or waits for it (`SigCgt` and `SigBlk` in `/proc/PID/status`). PID 1 of a
    /// namespace gets no other signals (`man 7 pid_namespaces`).
    static func isHandled(_ signal: Int32, by pid: Int32) -> Bool {
        // If it can't be told, the signal is sent and waited for as usual.
        guard let status = try? Files.readText("/proc/\(pid)/status") else { return true }
        let masks = status.split(separator: "\n").compactMap { line -> UInt64? in
            guard line.hasPrefix("SigCgt:") || line.hasPrefix("SigBlk:") else { return nil }
            return UInt64(line.dropFirst("SigCgt:".count).filter { !$0.isWhitespace }, radix: 16)
        }
        return masks.count < 2 || masks.contains { $0 & (1 << UInt64(signal - 1)) != 0 }
    }
}
