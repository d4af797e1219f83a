/// Names that mean something to the kernel. A stack file may hold any text in their place, a start needs one of these.
enum KernelNames {
    /// `man 7 capabilities`, without `CAP_`.
    static let capabilities = [
        "ALL", "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
        "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE",
        "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST",
        "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT",
        "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME",
        "SYS_TTY_CONFIG", "WAKE_ALARM",
    ]

    /// `man 7 signal`, without `SIG`; the real-time signals follow a rule of their own.
    static let signals = [
        "ABRT", "ALRM", "BUS", "CHLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "KILL", "PIPE", "PROF", "PWR", "QUIT",
        "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM",
        "WINCH", "XCPU", "XFSZ",
    ]

    /// `man 2 getrlimit`, without `RLIMIT_`, in the lower case of stack files.
    static let resourceLimits = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
        "rtprio", "rttime", "sigpending", "stack",
    ]

    /// With `CAP_` or without, in any case, `ALL` included.
    static func isCapability(_ text: String) -> Bool { capabilities.contains(bare(text, without: "CAP_")) }

    /// `SIGTERM`, `TERM`, `term`, `15`, `RTMIN+3`.
    static func isSignal(_ text: String) -> Bool {
        if let number = Int32(text) { return (1...64).contains(number) }
        let name = bare(text, without: "SIG")
        if signals.contains(name) { return true }
        let ranges: [(String, ClosedRange<Int32>)] = [("RTMIN", 0...30), ("RTMAX", -30...0)]
        return ranges.contains { prefix, offsets in
            guard name.hasPrefix(prefix) else { return false }
            let rest = name.dropFirst(prefix.count)
            return rest.isEmpty || Int32(rest).map(offsets.contains) ?? false
        }
    }

    static func isResourceLimit(_ text: String) -> Bool { resourceLimits.contains(text.lowercased()) }

    /// Parts divided by dots or, where a part has dots itself, by slashes (`man 8 sysctl`). No part may lead out of
    /// `/proc/sys`.
    static func isParameter(_ text: String) -> Bool {
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

    /// The known words in the form in which `text` is written, to find the nearest among them.
    static func candidates(_ words: [String], prefix: String, for text: String) -> [String] {
        text.uppercased().hasPrefix(prefix) ? words.map { prefix + $0 } : words
    }

    private static func bare(_ text: String, without prefix: String) -> String {
        let upper = text.uppercased()
        return upper.hasPrefix(prefix) ? String(upper.dropFirst(prefix.count)) : upper
    }
}
