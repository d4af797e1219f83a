import Glibc
import Kernel
import Launching

/// Finds out who has a port, for the sake of the message.
enum PortHolder {
    /// `NAME (pid N)`, if it can be found in bounded time.
    static func find(_ transport: HeldProtocol, _ port: UInt16) -> String? {
        let inodes = socketInodes(transport, port)
        guard !inodes.isEmpty, let processes = opendir("/proc") else { return nil }
        defer { closedir(processes) }
        while let entry = readdir(processes) {
            let name = text(of: entry)
            guard let pid = Int32(name), holds(pid, inodes) else { continue }
            // A process that has ended in the meantime has no name any more.
            let command = (try? Files.readText("/proc/\(pid)/comm"))?.split(separator: "\n").first ?? "a process"
            return "\(command) (pid \(pid))"
        }
        return nil
    }

    /// The inodes of listening (TCP) or bound (UDP) sockets on the port (`man 5 proc`, /proc/net/tcp).
    private static func socketInodes(_ transport: HeldProtocol, _ port: UInt16) -> [Substring] {
        // SCTP's table (/proc/net/sctp/eps) has another form.
        guard transport != .sctp else { return [] }
        let name = transport.name
        let state = transport == .tcp ? "0A" : "07"
        var suffix = String(port, radix: 16, uppercase: true)
        suffix = ":" + String(repeating: "0", count: 4 - suffix.count) + suffix
        var inodes: [Substring] = []
        for file in ["/proc/net/\(name)", "/proc/net/\(name)6"] {
            // A kernel without IPv6 has one of the two only.
            guard let table = try? Files.readText(file) else { continue }
            for line in table.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[1].hasSuffix(suffix), fields[3] == state else { continue }
                inodes.append(fields[9])
            }
        }
        return inodes
    }

    private static func holds(_ pid: Int32, _ inodes: [Substring]) -> Bool {
        let directory = "/proc/\(pid)/fd"
        guard let descriptors = opendir(directory) else { return false }
        defer { closedir(descriptors) }
        while let entry = readdir(descriptors) {
            var target = [UInt8](repeating: 0, count: 64)
            let path = "\(directory)/\(text(of: entry))"
            let count = target.withUnsafeMutableBytes { buffer in
                buffer.withMemoryRebound(to: CChar.self) { chars in
                    chars.baseAddress.map { readlink(path, $0, chars.count) } ?? 0
                }
            }
            guard count > 0 else { continue }
            let link = String(decoding: target[..<count], as: UTF8.self)
            if inodes.contains(where: { link == "socket:[\($0)]" }) { return true }
        }
        return false
    }

    private static func text(of entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
    }
}
