import Foundation
import Testing

/// What runs on a test's host, seen from outside.
extension Host {
    /// The processes of this host whose command line holds `text`. Quick enough to catch one in the middle of a command.
    func processes(_ text: String) async throws -> [pid_t] {
        try members(of: controlGroup).filter { process in
            guard process != self.process else { return false }
            // A process may end between any two looks.
            let words = (try? read("/proc/\(process)/cmdline")) ?? ""
            return words.replacing("\0", with: " ").contains(text)
        }
    }

    /// The part of a hierarchy that is all that this host sees; scripts/testing/instance makes one in each.
    private var controlGroup: String {
        ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/pids", "/sys/fs/cgroup"].map { join($0, "roost-test-\(name)") }
            .first { FileManager.default.fileExists(atPath: $0) } ?? ""
    }

    private func members(of group: String) throws -> [pid_t] {
        // A group may go between any two looks.
        let own = ((try? read(join(group, "cgroup.procs"))) ?? "").split(separator: "\n").compactMap { pid_t($0) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: group)) ?? []
        let below = names.filter { !$0.contains(".") && $0 != "tasks" && $0 != "notify_on_release" }
        return try own + below.flatMap { try members(of: join(group, $0)) }
    }

    /// The supervisor, once it runs.
    func supervisor(at location: SourceLocation = #_sourceLocation) async throws -> pid_t {
        try await eventually("there is a supervisor", at: location) { try await processes("roost-supervisor ").first }
    }

    /// The shim of the first container of `service`: the parent of its process.
    func shim(of service: String, at location: SourceLocation = #_sourceLocation) async throws -> pid_t {
        let process = try await mainProcess(of: service, at: location)
        guard let parent = field("PPid", of: process).flatMap({ pid_t($0) }), parent > 1 else {
            throw ScenarioFailure("process \(process) of \(service) has no parent", location)
        }
        let command = join("/proc", "\(parent)", "cmdline")
        guard try read(command).contains("roost-shim") else {
            throw ScenarioFailure("the parent of \(service)'s process is not roost-shim", location)
        }
        return parent
    }

    /// A field of /proc/PROCESS/status; nil when the process is gone.
    func field(_ field: String, of process: pid_t) -> String? {
        // A process may end between any two looks.
        guard let status = try? read("/proc/\(process)/status") else { return nil }
        return status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
            .map { $0.dropFirst(field.count + 1).trimmingCharacters(in: .whitespaces) }
    }

    func isAlive(_ process: pid_t) -> Bool {
        field("State", of: process).map { !$0.hasPrefix("Z") } ?? false
    }
}
