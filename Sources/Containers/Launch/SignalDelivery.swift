import Glibc
import Kernel
import StackModel

/// What becomes of a signal to the first process of a process namespace.
enum SignalDelivery {
    /// Whether nothing at all can happen in the process before the time is over: the kernel drops the signal
    /// (`man 7 pid_namespaces`), and the process sleeps for longer, without a handler that anything could wake.
    ///
    /// It is certain or it is no. Of a process that merely shows no handler nothing is known: it may be about to wait for
    /// the signal, or may use the time to finish what it is at.
    ///
    /// - Parameter pid: a process that is alone in its namespace.
    static func isInVain(_ signal: Int32, to pid: Int32, within time: TimeSpan) -> Bool {
        // `try?` in all of this: a process that can't be looked at is none to be certain of.
        guard let threads = try? Directory.names(in: "/proc/\(pid)/task"), threads.count == 1,
            let before = try? Files.readText("/proc/\(pid)/status"),
            let call = (try? Files.readText("/proc/\(pid)/syscall")).flatMap(SystemCall.init),
            let sleep = call.sleep(of: pid),
            let after = try? Files.readText("/proc/\(pid)/status"), before == after,
            hearsNothing(before, signal)
        else { return false }
        switch sleep {
        case .forever: return true
        case .seconds(let whole):
            // It began to sleep when it was there: it has slept no longer than it lives.
            guard let age = age(of: pid) else { return false }
            return whole > age && whole - age > time.nanoseconds / 1_000_000_000 + margin
        }
    }

    /// Seconds: more than clocks are rounded by.
    private static let margin: Int64 = 2

    private static func hearsNothing(_ status: String, _ signal: Int32) -> Bool {
        let fields = status.split(separator: "\n").reduce(into: [String: String]()) { result, line in
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { result[String(parts[0])] = parts[1].filter { !$0.isWhitespace } }
        }
        func mask(_ name: String) -> UInt64? { fields[name].flatMap { UInt64($0, radix: 16) } }
        guard fields["State"]?.hasPrefix("S") == true, fields["voluntary_ctxt_switches"] != nil,
            mask("SigCgt") == 0, let blocked = mask("SigBlk"), let ignored = mask("SigIgn")
        else { return false }
        return (blocked | ignored) & (1 << UInt64(signal - 1)) == 0
    }

    /// Seconds since it was made, rounded up.
    private static func age(of pid: Int32) -> Int64? {
        guard let identity = try? ProcessIdentity(pid: pid) else { return nil }
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        let ticks = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return Int64(now.tv_sec) - Int64(identity.startTime / ticks) + 1
    }
}

/// A system call that a process is in (`man 5 proc`, `/proc/PID/syscall`).
private struct SystemCall {
    enum Sleep {
        case forever
        case seconds(Int64)
    }

    private let number: Int
    private let arguments: [UInt64]

    /// `nil`: it is in none, or it is one of a 32-bit program, which has other numbers and its stack below 4 GiB.
    init?(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 9, let number = Int(words[0]) else { return nil }
        let values = words.dropFirst().compactMap { UInt64($0.dropFirst(2), radix: 16) }
        guard values.count == 8, values[6] > 0xffff_ffff else { return nil }
        self.number = number
        arguments = Array(values.prefix(6))
    }

    /// How long it sleeps in all; `nil` for another call.
    func sleep(of pid: Int32) -> Sleep? {
        #if arch(x86_64)
            let (nanosleep, clockNanosleep, pause) = (35, 230, 34)
        #else
            let (nanosleep, clockNanosleep, pause) = (101, 115, -1)
        #endif
        switch number {
        case pause: return .forever
        case nanosleep: return Self.seconds(at: arguments[0], of: pid).map { .seconds($0) }
        // Not up to a point in time.
        case clockNanosleep where arguments[1] == 0: return Self.seconds(at: arguments[2], of: pid).map { .seconds($0) }
        default: return nil
        }
    }

    private static func seconds(at address: UInt64, of pid: Int32) -> Int64? {
        // `try?`: as above.
        guard let memory = try? OwnedDescriptor(open: "/proc/\(pid)/mem") else { return nil }
        var time = timespec()
        let size = MemoryLayout<timespec>.size
        guard pread(memory.number, &time, size, off_t(bitPattern: UInt(address))) == size, time.tv_sec >= 0 else {
            return nil
        }
        return Int64(time.tv_sec)
    }
}
