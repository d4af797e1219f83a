import Cgroups
public import ControlAPI
import Glibc
import Kernel
import Planning
import StackModel

extension HostContainers {
    /// The processes of a container, as `ps -ef` shows them; `nil` if it doesn't run.
    public func processTable(of snapshot: ContainerSnapshot) throws -> ProcessTable? {
        guard snapshot.machine.processes != nil else { return nil }
        let pids = try launcher.cgroups.existing(snapshot.record.id).processes().sorted()
        return ProcessTable(
            container: snapshot.record.name, service: snapshot.record.service, number: snapshot.record.number,
            titles: ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"],
            // One that has ended meanwhile is left out.
            rows: pids.compactMap { ProcessRow(pid: $0)?.cells })
    }
}

/// A process of the host, as /proc tells of it (`man 5 proc`).
private struct ProcessRow {
    var cells: [String]

    init?(pid: Int32) {
        // `try?`: a process may end at any time.
        guard let stat = try? Files.readText("/proc/\(pid)/stat"), let close = stat.lastIndex(of: ")"),
            let status = try? Files.readText("/proc/\(pid)/status")
        else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 20, let user = Int64(fields[11]), let system = Int64(fields[12]),
            let start = Int64(fields[19])
        else { return nil }
        let ticks = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let started = Self.bootTime + start / ticks
        let used = (user + system) / ticks
        let uid = status.split(separator: "\n").first { $0.hasPrefix("Uid:") }?.split(whereSeparator: \.isWhitespace)
        let life = max(1, Timestamp.now() / 1_000_000_000 - started)
        cells = [
            uid.map { Self.name(of: String($0[1])) } ?? "?", "\(pid)", String(fields[1]), "\(used * 100 / life)",
            Self.startText(started), Self.terminal(Int64(fields[4]) ?? 0), Self.duration(used),
            Self.command(pid) ?? "[\(stat[..<close].drop { $0 != "(" }.dropFirst())]",
        ]
    }

    private static func command(_ pid: Int32) -> String? {
        guard let bytes = try? Files.read("/proc/\(pid)/cmdline", limit: 64 << 10), !bytes.isEmpty else { return nil }
        let words = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        return words.joined(separator: " ").trimmingBlanks
    }

    /// Seconds since 1970 at which the host was started.
    private static var bootTime: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Timestamp.now() / 1_000_000_000 - Int64(now.tv_sec)
    }

    private static func name(of uid: String) -> String {
        // The host's names, as `ps` shows them. `try?`: a host need not have any.
        let accounts = (try? Files.readText("/etc/passwd")) ?? ""
        let account = accounts.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            .first { $0.count > 2 && $0[2] == uid }
        return account.map { String($0[0]) } ?? uid
    }

    private static func startText(_ seconds: Int64) -> String {
        // `2026-01-02 03:04:05 +0000 UTC`
        let words = Timestamp.calendar(seconds * 1_000_000_000).split(separator: " ")
        return words.count > 1 ? String(words[1].prefix(5)) : "?"
    }

    private static func terminal(_ device: Int64) -> String {
        let (major, minor) = ((device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00))
        return switch major {
        case 136...143: "pts/\(minor + (major - 136) * 256)"
        case 4: "tty\(minor)"
        default: "?"
        }
    }

    private static func duration(_ seconds: Int64) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
