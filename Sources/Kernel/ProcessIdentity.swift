import Glibc

/// A process and the moment it started, so that a reused pid is never taken for it.
public struct ProcessIdentity: Hashable, Sendable {
    public var pid: Int32
    /// Clock ticks since boot: field 22 of `/proc/PID/stat` (`man 5 proc`).
    public var startTime: UInt64

    public init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// The process that has this pid now; `ESRCH` if there is none.
    public init(pid: Int32) throws(KernelError) {
        self.init(pid: pid, startTime: try Self.status(of: pid).startTime)
    }

    /// Whether the process still runs: the same start time, and not a zombie.
    public var isAlive: Bool {
        // Any failure to read it means that there is no such process.
        guard let status = try? Self.status(of: pid) else { return false }
        return status.startTime == startTime && status.state != UInt8(ascii: "Z") && status.state != UInt8(ascii: "X")
    }

    /// The start time of a process by another /proc than that of the calling process's root; 0 if it has ended.
    public static func startTime(of pid: Int32, in proc: borrowing OwnedDescriptor) throws(KernelError) -> UInt64 {
        do throws(KernelError) {
            let file = try OwnedDescriptor(open: "\(pid)/stat", in: proc.number)
            return parse(stat: try file.readAll(limit: 8192))?.startTime ?? 0
        } catch  where error.errno == ENOENT || error.errno == ESRCH {
            return 0
        }
    }

    /// State letter and start time out of `/proc/PID/stat`.
    static func status(of pid: Int32) throws(KernelError) -> (state: UInt8, startTime: UInt64) {
        do throws(KernelError) {
            let content = try Files.read("/proc/\(pid)/stat", limit: 8192)
            if let status = parse(stat: content) { return status }
        } catch  where error.errno != ENOENT && error.errno != ESRCH {
            throw error
        } catch {}
        throw KernelError("find process", String(pid), errno: ESRCH)
    }

    /// The command's name (field 2) may hold spaces and parentheses, so fields are counted after the last `)`.
    static func parse(stat: [UInt8]) -> (state: UInt8, startTime: UInt64)? {
        guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = stat[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let state = fields[0].first else { return nil }
        var startTime: UInt64 = 0
        for byte in fields[19] {
            guard (48...57).contains(byte) else { return nil }
            startTime = startTime &* 10 &+ UInt64(byte - 48)
        }
        return (state, startTime)
    }
}
