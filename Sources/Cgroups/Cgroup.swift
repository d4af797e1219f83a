import Glibc
public import Kernel

/// A control group, in each hierarchy in which it exists.
public struct Cgroup: Equatable, Sendable {
    /// Relative to the root of each hierarchy.
    public let path: String
    /// The directory in the v2 hierarchy.
    public let unified: String?
    /// The directories in v1 hierarchies, each once.
    public let legacy: [String]

    public init(path: String, unified: String?, legacy: [String]) {
        self.path = path
        self.unified = unified
        self.legacy = legacy
    }

    /// The v2 directory for `CLONE_INTO_CGROUP`; nil without v2.
    public func cloneTarget() throws(CgroupError) -> OwnedDescriptor? {
        guard let unified else { return nil }
        do throws(KernelError) {
            return try OwnedDescriptor(open: unified, [.path, .directory])
        } catch {
            throw .kernel(operation: "open the", path: unified, errno: error.errno)
        }
    }

    /// The v1 files that a process with one thread joins by writing `0` to them. Moving only oneself spares the
    /// kernel the wait for all processes that a write of a pid to `cgroup.procs` costs (milliseconds).
    /// Where there is no `cloneTarget`, these are all that is needed.
    public var joinFiles: [String] { legacy.map { "\($0)/tasks" } }

    /// Moves a process into the group, in all hierarchies.
    public func attach(_ pid: Int32) throws(CgroupError) {
        for directory in directories {
            try Self.attempt("put process \(pid) into the", directory) { () throws(KernelError) in
                try Files.write("\(pid)", to: "\(directory)/cgroup.procs")
            }
        }
    }

    /// The processes in the group itself, without those of groups below.
    public func processes() throws(CgroupError) -> [Int32] {
        guard let directory = directories.first else { return [] }
        do throws(KernelError) {
            return try Files.readText("\(directory)/cgroup.procs").split(separator: "\n").compactMap { Int32($0) }
        } catch {
            if error.errno == ENOENT || error.errno == ENODEV { return [] }
            throw .kernel(operation: "read the processes of the", path: directory, errno: error.errno)
        }
    }

    /// Ends all processes of the group and of those below; a group that is gone is fine.
    public func kill() throws(CgroupError) {
        if let unified {
            do throws(KernelError) {
                return try Files.write("1", to: "\(unified)/cgroup.kill")
            } catch {
                if error.errno == ENOENT && !Files.exists(unified) { return }
                // cgroup.kill came with Linux 5.14.
                guard error.errno == ENOENT else {
                    throw .kernel(operation: "end the processes of the", path: unified, errno: error.errno)
                }
            }
        }
        // New processes may appear while others are ended, so again until none is left.
        for _ in 0..<100 {
            let pids = try processes()
            if pids.isEmpty { return }
            for pid in pids { Glibc.kill(pid, SIGKILL) }
            usleep(1000)
        }
    }

    /// Whether the kernel killed a process of the group for want of memory.
    public var hasKilledForMemory: Bool {
        for file in legacy.map({ "\($0)/memory.oom_control" }) + (unified.map { ["\($0)/memory.events"] } ?? []) {
            // Without the memory controller there is no such file, and no such limit.
            guard let text = try? Files.readText(file) else { continue }
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if words.count == 2 && words[0] == "oom_kill" { return words[1] != "0" }
            }
        }
        return false
    }

    /// Ends what runs in the group and removes it, with the groups below.
    /// - Parameter withParents: empty groups above it too, where those are ours.
    public func remove(withParents: Bool = true) throws(CgroupError) {
        guard directories.contains(where: Files.exists) else { return }
        try kill()
        for directory in directories {
            try Self.removeTree(directory, patience: 500)
            if withParents { removeEmptyParents(of: directory) }
        }
    }

    func removeQuietly() {
        for directory in directories where rmdir(directory) == 0 { removeEmptyParents(of: directory) }
    }

    private var directories: [String] { (unified.map { [$0] } ?? []) + legacy }

    /// Parents are shared with other groups: rmdir refuses as long as one is there.
    private func removeEmptyParents(of directory: String) {
        var path = Substring(directory)
        for _ in path.isEmpty ? 0..<0 : 1..<self.path.split(separator: "/").count {
            guard let slash = path.lastIndex(of: "/") else { return }
            path = path[..<slash]
            guard rmdir(String(path)) == 0 else { return }
        }
    }

    /// - Parameter patience: milliseconds to wait for ending processes.
    private static func removeTree(_ directory: String, patience: Int) throws(CgroupError) {
        var waited = 0
        while rmdir(directory) != 0 {
            let reason = lastError()
            if reason == ENOENT { return }
            guard reason == EBUSY || reason == ENOTEMPTY, waited < patience else {
                throw .kernel(operation: "remove the", path: directory, errno: reason)
            }
            for child in children(of: directory) { try removeTree("\(directory)/\(child)", patience: patience) }
            usleep(1000)
            waited += 1
        }
    }

    private static func children(of directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            guard entry.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    static func attempt<Value: ~Copyable>(
        _ operation: @autoclosure () -> String, _ path: String, _ body: () throws(KernelError) -> Value
    ) throws(CgroupError) -> Value {
        do throws(KernelError) {
            return try body()
        } catch {
            throw .kernel(operation: operation(), path: path, errno: error.errno)
        }
    }

    /// Only relative paths of at least one plain name: nothing that is not ours can be reached.
    public static func validate(_ path: String) throws(CgroupError) {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !names.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { throw .badPath(path) }
    }
}
