import Glibc
import Kernel

extension Cgroup {
    /// Stops (or continues) all processes of the group: by its v2 directory, or by v1's freezer.
    public func freeze(_ frozen: Bool) throws(CgroupError) {
        let words = frozen ? "freeze the" : "thaw the"
        if let unified, Files.exists("\(unified)/cgroup.freeze") {
            return try Self.attempt(words, unified) { () throws(KernelError) in
                try Files.write(frozen ? "1" : "0", to: "\(unified)/cgroup.freeze")
            }
        }
        guard let directory = freezer else { throw .kernel(operation: words, path: path, errno: ENOTSUP) }
        let wanted = frozen ? "FROZEN" : "THAWED"
        try Self.attempt(words, directory) { () throws(KernelError) in
            // A process that forks meanwhile can keep the group from getting there; the kernel asks to write again.
            for _ in 0..<1000 {
                try Files.write(wanted, to: "\(directory)/freezer.state")
                if try Files.readText("\(directory)/freezer.state") == wanted + "\n" { return }
                usleep(1000)
            }
            throw KernelError("freeze", directory, errno: EBUSY)
        }
    }

    /// Whether the processes of the group are stopped.
    public var isFrozen: Bool {
        // `try?`: a group that is gone has nothing that is stopped.
        if let unified, let text = try? Files.readText("\(unified)/cgroup.freeze") { return text == "1\n" }
        guard let directory = freezer else { return false }
        return (try? Files.readText("\(directory)/freezer.state")) != "THAWED\n"
    }

    private var freezer: String? { legacy.first { Files.exists("\($0)/freezer.state") } }
}
