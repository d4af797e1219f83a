/// Names that Linux has for its numbers, each list by the number.
package enum KernelNames {
    /// `man 7 capabilities` (`linux/capability.h`), without `CAP_`.
    package static let capabilities = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]

    /// `man 7 signal`, without `SIG`; the first has the number 1.
    package static let signals = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]

    private static let otherSignals = ["IOT": "ABRT", "CLD": "CHLD", "POLL": "IO"]

    /// `man 2 getrlimit` (`asm-generic/resource.h`), without `RLIMIT_`, in the lower case of `ulimit` and Compose.
    package static let resourceLimits = [
        "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending",
        "msgqueue", "nice", "rtprio", "rttime",
    ]

    /// A capability's name without `CAP_`, from one with it or without, in any case; also `ALL`. `nil`: there is none.
    package static func capability(_ text: String) -> String? {
        let name = bare(text, without: "CAP_")
        return name == "ALL" || capabilities.contains(name) ? name : nil
    }

    /// The number of `SIGTERM`, `TERM`, `term`, `15` or `RTMIN+3`; `nil`: there is no such signal.
    package static func signal(_ text: String) -> Int32? {
        if let number = Int32(text) { return signalNumbers.contains(number) ? number : nil }
        let name = bare(text, without: "SIG")
        if let place = signals.firstIndex(of: otherSignals[name] ?? name) { return Int32(place) + 1 }
        // The C library keeps the first two real-time signals for itself.
        let ranges: [(String, Int32, ClosedRange<Int32>)] = [("RTMIN", 34, 0...30), ("RTMAX", 64, -30...0)]
        for (prefix, start, offsets) in ranges where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            let offset = rest.isEmpty ? 0 : Int32(rest)
            return offset.flatMap { offsets.contains($0) ? start + $0 : nil }
        }
        return nil
    }

    package static let signalNumbers: ClosedRange<Int32> = 1...64

    /// `SIGTERM`, `SIGRTMIN+3`; the number alone for 32 and 33, which the C library keeps for itself.
    package static func signalName(_ number: Int32) -> String {
        let place = Int(number) - 1
        if signals.indices.contains(place) { return "SIG" + signals[place] }
        if number < 34 { return String(number) }
        return number == 34 ? "SIGRTMIN" : "SIGRTMIN+\(number - 34)"
    }

    /// Whether a name can be one below `/proc/sys`: parts divided by dots or, where a part has dots itself, by slashes
    /// (`man 8 sysctl`). No part may lead out of it.
    package static func isParameter(_ text: String) -> Bool {
        let separator: Character = text.contains("/") ? "/" : "."
        return text.split(separator: separator, omittingEmptySubsequences: false).allSatisfy { part in
            !["", ".", ".."].contains(part) && part.utf8.allSatisfy(isParameterByte)
        }
    }

    /// Names of network interfaces are parts, too.
    private static func isParameterByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-.:@".utf8.contains(byte)
        }
    }

    private static func bare(_ text: String, without prefix: String) -> String {
        let upper = text.uppercased()
        return upper.hasPrefix(prefix) ? String(upper.dropFirst(prefix.count)) : upper
    }
}
