import Glibc
import Kernel
public import Launching

extension Cgroup {
    /// Carries a program out: makes the group and writes its limits; on failure nothing of it is left. An existing group
    /// gets the limits.
    public static func make(_ program: CgroupProgram) throws(CgroupError) -> Cgroup {
        let group = try Cgroup(program)
        // Somebody else's removal of an empty parent may get between the making of parent and child.
        for attempt in 1...16 {
            do throws(CgroupError) {
                try group.perform(program)
                return group
            } catch  where error.errno == ENOENT && attempt < 16 {
                continue
            } catch {
                group.removeQuietly()
                throw error
            }
        }
        return group
    }

    /// Puts limits on a group whose processes run. Where a hierarchy has no group yet, they move into a new one.
    public func update(_ program: CgroupProgram) throws(CgroupError) {
        let wanted = try Cgroup(program)
        try wanted.perform(program)
        let added = wanted.legacy.filter { !legacy.contains($0) }
        if added.isEmpty { return }
        let new = Cgroup(path: path, unified: nil, legacy: added)
        // What a process starts before it is moved stays behind, and is moved in the next round.
        for _ in 0..<Self.moves {
            let rest = Set(try processes()).subtracting(try new.processes())
            if rest.isEmpty { return }
            for pid in rest { try? new.attach(pid) }  // `try?`: it may have ended.
        }
    }

    /// A program that starts processes faster than this is stopped by nothing but `pids_limit`.
    private static let moves = 100

    /// The group that a program makes.
    public init(_ program: CgroupProgram) throws(CgroupError) {
        try Self.validate(program.path)
        let places = { (version: CgroupVersion) in
            program.directories.filter { $0.version == version }.map { "\($0.mountPoint)/\(program.path)" }
        }
        self.init(path: program.path, unified: places(.unified).first, legacy: places(.legacy))
    }

    private func perform(_ program: CgroupProgram) throws(CgroupError) {
        for directory in program.directories {
            let place = "\(directory.mountPoint)/\(path)"
            switch directory.version {
            case .unified: try makeUnified(directory)
            case .legacy: try makeLegacy(directory)
            }
            for write in directory.writes { try Self.perform(write, in: place) }
            guard !directory.deviceFilter.isEmpty else { continue }
            try Self.attempt("limit the devices of", place) { () throws(KernelError) in
                try DeviceFilter(directory.deviceFilter).attach(to: place)
            }
        }
    }

    private static func perform(_ write: CgroupWrite, in directory: String) throws(CgroupError) {
        var file = "\(directory)/\(write.file)"
        if write.isOptional || !write.alternative.isEmpty, !Files.exists(file) {
            if write.alternative.isEmpty { return }
            file = "\(directory)/\(write.alternative)"
            if write.isOptional && !Files.exists(file) { return }
        }
        try attempt("write \(write.value) to \(write.file) of", directory) { () throws(KernelError) in
            try Files.write(write.value, to: file)
        }
    }

    private func makeUnified(_ wanted: CgroupDirectory) throws(CgroupError) {
        var directory = wanted.mountPoint
        for component in path.split(separator: "/") {
            if !wanted.controllers.isEmpty { try Self.enable(wanted.controllers, below: directory) }
            directory += "/\(component)"
            try Self.makeDirectory(directory)
        }
    }

    /// Hands the controllers on to the children of a group.
    private static func enable(_ controllers: [String], below directory: String) throws(CgroupError) {
        let file = "\(directory)/cgroup.subtree_control"
        let text = try attempt("read \(file) of the", directory) { () throws(KernelError) in try Files.readText(file) }
        let enabled = text.split { $0 == " " || $0 == "\n" }
        for controller in controllers where !enabled.contains(Substring(controller)) {
            try attempt("enable \(controller) below", directory) { () throws(KernelError) in
                try Files.write("+\(controller)", to: file)
            }
        }
    }

    /// A cpuset without CPUs and memory nodes takes no process, so each new level gets its parent's.
    private func makeLegacy(_ wanted: CgroupDirectory) throws(CgroupError) {
        let inheriting = wanted.controllers.contains("cpuset")
        var directory = wanted.mountPoint
        for component in path.split(separator: "/") {
            let parent = directory
            directory += "/\(component)"
            guard try Self.makeDirectory(directory), inheriting else { continue }
            for file in ["cpuset.cpus", "cpuset.mems"] {
                try Self.attempt("copy \(file) to", directory) { () throws(KernelError) in
                    try Files.write(try Files.readText("\(parent)/\(file)"), to: "\(directory)/\(file)")
                }
            }
        }
    }

    /// `true` if the directory was made, `false` if it was there.
    @discardableResult
    private static func makeDirectory(_ path: String) throws(CgroupError) -> Bool {
        if mkdir(path, 0o755) == 0 { return true }
        let reason = lastError()
        guard reason == EEXIST else { throw .kernel(operation: "make the", path: path, errno: reason) }
        return false
    }
}
