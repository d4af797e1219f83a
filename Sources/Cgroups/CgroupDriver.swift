import Glibc
import Kernel

/// Makes control groups on hosts with v2, v1, or both (hybrid). A v2 hierarchy always gets a group, for its
/// `cgroup.kill`; a v1 hierarchy only if a limit of its controllers is set. Devices are limited by a filter of the v2
/// group, also on a hybrid host; the v1 controller does it where there is no v2 hierarchy or no such filter.
public struct CgroupDriver: Sendable {
    public let hierarchies: CgroupHierarchies

    public init(_ hierarchies: CgroupHierarchies) {
        self.hierarchies = hierarchies
    }

    /// Uses the hierarchies of this host.
    public init() throws(CgroupError) {
        self.init(try CgroupHierarchies.discover())
    }

    /// Makes the group with its limits; on failure nothing of it is left. An existing group gets the limits.
    /// - Parameter path: relative to the root of each hierarchy, for example `roost/3f2a`.
    public func create(_ path: String, _ limits: CgroupLimits) throws(CgroupError) -> Cgroup {
        // What this kernel can do is seen by trying it, before anything is made.
        let policy = DevicePolicy(limits.devices)
        let filter = policy.allowsEverything ? nil : try filter(for: policy)
        let group = try plan(path, limits, legacyDevices: !policy.allowsEverything && filter == nil)
        // Somebody else's removal of an empty parent may get between the making of parent and child.
        for attempt in 1...16 {
            do throws(CgroupError) {
                try make(group, limits)
                if let unified = group.unified, filter != nil {
                    try Self.attempt("limit the devices of", unified) { () throws(KernelError) in
                        try filter?.attach(to: unified)
                    }
                }
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

    /// Puts limits on a group whose processes run. Where a limit's hierarchy has no group yet, they move into a new one.
    public func update(_ path: String, _ limits: CgroupLimits) throws(CgroupError) {
        let before = try existing(path)
        let wanted = try plan(path, limits, legacyDevices: false)
        try make(wanted, limits)
        let added = wanted.legacy.filter { before.legacy[$0.key] == nil }
        if added.isEmpty { return }
        let new = Cgroup(path: path, unified: nil, legacy: added)
        // What a process starts before it is moved stays behind, and is moved in the next round.
        for _ in 0..<Self.moves {
            let rest = Set(try before.processes()).subtracting(try new.processes())
            if rest.isEmpty { return }
            for pid in rest { try? new.attach(pid) }  // `try?`: it may have ended.
        }
    }

    /// A program that starts processes faster than this is stopped by nothing but `pids_limit`.
    private static let moves = 100

    /// An existing group, in whichever hierarchies it exists.
    public func existing(_ path: String) throws(CgroupError) -> Cgroup {
        try Self.validate(path)
        let present = { (point: String?) -> String? in
            point.flatMap { Files.exists("\($0)/\(path)/cgroup.procs") ? "\($0)/\(path)" : nil }
        }
        var legacy: [CgroupController: String] = [:]
        for (controller, point) in hierarchies.legacy { legacy[controller] = present(point) }
        return Cgroup(path: path, unified: present(hierarchies.unified), legacy: legacy)
    }

    /// The filter for the v2 group, where there is one; nil where the v1 controller has to do.
    private func filter(for policy: DevicePolicy) throws(CgroupError) -> DeviceFilter? {
        guard let unified = hierarchies.unified else { return nil }
        return try Self.attempt("limit devices in the", unified) { () throws(KernelError) in try DeviceFilter(policy) }
    }

    private func plan(
        _ path: String, _ limits: CgroupLimits, legacyDevices: Bool
    ) throws(CgroupError) -> Cgroup {
        try Self.validate(path)
        var legacy: [CgroupController: String] = [:]
        for controller in limits.controllers {
            if let point = hierarchies.legacy[controller] { legacy[controller] = "\(point)/\(path)" }
        }
        if legacyDevices {
            guard let point = hierarchies.legacy[.devices] else {
                throw .missingController(.devices, limit: "the use of devices")
            }
            legacy[.devices] = "\(point)/\(path)"
        }
        return Cgroup(path: path, unified: hierarchies.unified.map { "\($0)/\(path)" }, legacy: legacy)
    }

    private func make(_ group: Cgroup, _ limits: CgroupLimits) throws(CgroupError) {
        if let point = hierarchies.unified {
            let needed = limits.controllers.filter { group.legacy[$0] == nil }
            try makeUnified(group.path, at: point, enabling: needed, limits)
        } else if let missing = limits.controllers.first(where: { group.legacy[$0] == nil }) {
            throw .missingController(missing, limit: limits.unifiedSettings(missing)[0].limit)
        }
        for (controller, directory) in group.legacy {
            guard let point = hierarchies.legacy[controller] else { continue }
            try makeLegacy(group.path, at: point, controller)
            let settings = limits.legacySettings(controller)
            do throws(CgroupError) {
                try apply(settings, in: directory)
            } catch  where error.errno == EINVAL && controller == .memory {
                // Memory is never more than memory with swap: to raise both, the other one has to come first.
                try apply(settings.reversed(), in: directory)
            }
        }
    }

    private func makeUnified(
        _ path: String, at point: String, enabling controllers: [CgroupController], _ limits: CgroupLimits
    ) throws(CgroupError) {
        var directory = point
        for component in path.split(separator: "/") {
            if !controllers.isEmpty { try enable(controllers, below: directory, limits) }
            directory += "/\(component)"
            try Self.makeDirectory(directory)
        }
        for controller in controllers { try apply(limits.unifiedSettings(controller), in: directory) }
    }

    /// Hands the controllers on to the children of a group.
    private func enable(
        _ controllers: [CgroupController], below directory: String, _ limits: CgroupLimits
    ) throws(CgroupError) {
        let present = try Self.words(of: "\(directory)/cgroup.controllers")
        let enabled = try Self.words(of: "\(directory)/cgroup.subtree_control")
        for controller in controllers where !enabled.contains(controller.rawValue) {
            guard present.contains(controller.rawValue) else {
                throw .missingController(controller, limit: limits.unifiedSettings(controller)[0].limit)
            }
            try Self.attempt("enable \(controller.rawValue) below", directory) { () throws(KernelError) in
                try Files.write("+\(controller.rawValue)", to: "\(directory)/cgroup.subtree_control")
            }
        }
    }

    /// A cpuset without CPUs and memory nodes takes no process, so each new level gets its parent's.
    private func makeLegacy(_ path: String, at point: String, _ controller: CgroupController) throws(CgroupError) {
        var directory = point
        for component in path.split(separator: "/") {
            let parent = directory
            directory += "/\(component)"
            guard try Self.makeDirectory(directory), controller == .cpuset else { continue }
            for file in ["cpuset.cpus", "cpuset.mems"] {
                try Self.attempt("copy \(file) to", directory) { () throws(KernelError) in
                    try Files.write(try Files.readText("\(parent)/\(file)"), to: "\(directory)/\(file)")
                }
            }
        }
    }

    private func apply(_ settings: [CgroupLimits.Setting], in directory: String) throws(CgroupError) {
        for setting in settings {
            let file = "\(directory)/\(setting.file)"
            if setting.optional && !Files.exists(file) { continue }
            try Self.attempt("limit \(setting.limit) to \(setting.value) (\(setting.file)) in", directory) {
                () throws(KernelError) in
                try Files.write(setting.value, to: file)
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

    private static func words(of file: String) throws(CgroupError) -> [String] {
        try attempt("read \(file) of the", file) { () throws(KernelError) in
            try Files.readText(file).split { $0 == " " || $0 == "\n" }.map(String.init)
        }
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
    static func validate(_ path: String) throws(CgroupError) {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !names.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { throw .badPath(path) }
    }
}
