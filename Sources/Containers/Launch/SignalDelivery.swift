import Glibc
import Kernel

/// What becomes of a signal to the first process of a process namespace.
enum SignalDelivery {
    /// Whether the kernel drops the signal (`man 7 pid_namespaces`): the process neither catches nor ignores nor blocks
    /// it, and doesn't wait for it.
    ///
    /// What waits in `sigtimedwait` shows its signals neither as caught nor as blocked. So this is certain only of a
    /// process that slept all the while in which it was looked at, in another call; of all others the answer is no.
    static func isDropped(_ signal: Int32, by pid: Int32) -> Bool {
        // `try?` in all of this: a process that can't be looked at is none to be certain of.
        guard let threads = try? Directory.names(in: "/proc/\(pid)/task"), !threads.isEmpty,
            threads.count <= mostThreads
        else {
            return false
        }
        return threads.allSatisfy { sleepsWithout(signal, "/proc/\(pid)/task/\($0)") }
            && (try? Directory.names(in: "/proc/\(pid)/task")) == threads
    }

    /// Looking at more isn't worth it.
    private static let mostThreads = 32

    private static func sleepsWithout(_ signal: Int32, _ thread: String) -> Bool {
        guard let before = try? Files.readText(thread + "/status"),
            let call = try? Files.readText(thread + "/syscall"),
            let after = try? Files.readText(thread + "/status"), before == after
        else { return false }
        let fields = fields(of: before)
        guard fields["State"]?.hasPrefix("S") == true, fields["voluntary_ctxt_switches"] != nil else { return false }
        for name in ["SigBlk", "SigIgn", "SigCgt"] {
            guard let mask = fields[name].flatMap({ UInt64($0, radix: 16) }) else { return false }
            if mask & (1 << UInt64(signal - 1)) != 0 { return false }
        }
        guard let number = call.split(separator: " ").first.flatMap({ Int($0) }) else { return false }
        return !signalWaits.contains(number)
    }

    private static func fields(of status: String) -> [String: String] {
        status.split(separator: "\n").reduce(into: [:]) { result, line in
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { result[String(parts[0])] = parts[1].filter { !$0.isWhitespace } }
        }
    }

    /// `rt_sigtimedwait` of x86_64, of arm64, and of 32-bit programs with the earlier and the later form of time.
    private static let signalWaits: Set<Int> = [128, 137, 177, 421]
}
