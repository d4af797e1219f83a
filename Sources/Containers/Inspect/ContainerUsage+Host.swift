import Cgroups
public import ControlAPI
import Glibc
import Kernel
import Planning
import StackModel

extension HostContainers {
    /// What a container uses; `nil` if it doesn't run.
    public func usage(of snapshot: ContainerSnapshot) throws -> ContainerUsage? {
        guard let processes = snapshot.machine.processes else { return nil }
        let group = try launcher.cgroups.existing(snapshot.record.id)
        let pids = try group.processes()
        var usage = ContainerUsage(
            id: snapshot.record.id, name: snapshot.record.name, service: snapshot.record.service,
            number: snapshot.record.number, time: Timestamp.now())
        usage.processes = pids.count
        usage.processorTime = UsageFiles.processorTime(group) ?? pids.reduce(0) { $0 + UsageFiles.processorTime($1) }
        usage.memory = UsageFiles.memory(group) ?? pids.reduce(0) { $0 + UsageFiles.memory($1) }
        usage.memoryLimit = min(UsageFiles.memoryLimit(group) ?? .max, UsageFiles.hostMemory)
        (usage.received, usage.sent) = UsageFiles.network(processes.pid)
        for pid in pids {
            let (read, written) = UsageFiles.disk(pid)
            usage.read += read
            usage.written += written
        }
        return usage
    }
}

/// What the kernel counts, of a control group or, where there is no controller for it, of a process. What can't be read
/// has ended, and counts nothing.
private enum UsageFiles {
    static func processorTime(_ group: Cgroup) -> Int64? {
        value("usage_usec", in: group.unified.map { $0 + "/cpu.stat" }).map { $0 * 1000 }
    }

    static func processorTime(_ pid: Int32) -> Int64 {
        guard let stat = text("/proc/\(pid)/stat"), let close = stat.lastIndex(of: ")") else { return 0 }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else { return 0 }
        return (user + system) * (1_000_000_000 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK)))))
    }

    static func memory(_ group: Cgroup) -> Int64? {
        number(of: group, unified: "memory.current", legacy: "memory.usage_in_bytes")
    }

    static func memory(_ pid: Int32) -> Int64 { (value("VmRSS:", in: "/proc/\(pid)/status") ?? 0) * 1024 }

    static func memoryLimit(_ group: Cgroup) -> Int64? {
        number(of: group, unified: "memory.max", legacy: "memory.limit_in_bytes")
    }

    static var hostMemory: Int64 { (value("MemTotal:", in: "/proc/meminfo") ?? 0) * 1024 }

    /// Bytes received and sent by a process's network, without the loopback.
    static func network(_ pid: Int32) -> (received: Int64, sent: Int64) {
        var sum: (received: Int64, sent: Int64) = (0, 0)
        for line in (text("/proc/\(pid)/net/dev") ?? "").split(separator: "\n") {
            let sides = line.split(separator: ":", maxSplits: 1)
            guard sides.count == 2, sides[0].drop(while: { $0 == " " }) != "lo" else { continue }
            let numbers = sides[1].split(separator: " ").compactMap { Int64($0) }
            guard numbers.count > 8 else { continue }
            sum.received += numbers[0]
            sum.sent += numbers[8]
        }
        return sum
    }

    static func disk(_ pid: Int32) -> (read: Int64, written: Int64) {
        let path = "/proc/\(pid)/io"
        return (value("read_bytes:", in: path) ?? 0, value("write_bytes:", in: path) ?? 0)
    }

    /// The file's number in whichever hierarchy has it.
    private static func number(of group: Cgroup, unified: String, legacy: String) -> Int64? {
        let paths = (group.unified.map { [$0 + "/" + unified] } ?? []) + group.legacy.map { $0 + "/" + legacy }
        return paths.lazy.compactMap { number($0) }.first
    }

    private static func text(_ path: String?) -> String? {
        // `try?`: see above.
        path.flatMap { try? Files.readText($0) }
    }

    private static func number(_ path: String?) -> Int64? {
        text(path)?.split(separator: "\n").first.flatMap { Int64($0) }
    }

    /// The number behind a name.
    private static func value(_ name: String, in path: String?) -> Int64? {
        for line in (text(path) ?? "").split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count > 1, words[0] == name { return Int64(words[1]) }
        }
        return nil
    }
}
