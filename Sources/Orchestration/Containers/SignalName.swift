import Glibc
import Kernel

/// Signals by name or number (`man 7 signal`).
enum SignalName {
    private static let numbers: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9, "USR1": 10,
        "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CONT": 18, "STOP": 19,
        "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27, "WINCH": 28,
        "IO": 29, "POLL": 29, "IOT": 6, "CLD": 17, "PWR": 30, "SYS": 31,
    ]

    /// `SIGTERM`, `TERM`, `term`, `15`, `RTMIN+3`.
    static func number(_ text: String) throws(OperationError) -> Int32 {
        if let number = Int32(text), (1...64).contains(number) { return number }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let number = numbers[name] { return number }
        // The C library keeps the first two real-time signals for itself.
        if name.hasPrefix("RTMIN"), let offset = offset(name.dropFirst(5)), (0...30).contains(offset) {
            return 34 + offset
        }
        if name.hasPrefix("RTMAX"), let offset = offset(name.dropFirst(5)), (-30...0).contains(offset) {
            return 64 + offset
        }
        throw OperationError("\"\(text)\" is no signal; use a name as SIGTERM or a number")
    }

    private static func offset(_ text: Substring) -> Int32? { text.isEmpty ? 0 : Int32(text) }

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
