public import Cgroups
public import Launching
public import OCI

/// Limits × the host's hierarchies → the program that makes a container's control groups: a pure function.
///
/// A v2 hierarchy always gets a group, for its `cgroup.kill`; a v1 hierarchy only where a limit of its controllers is
/// set, unless a group is wanted everywhere. A controller is in one hierarchy, and v1 comes first. Devices are limited
/// by a filter of the v2 group, also on a hybrid host; the v1 controller does it where there is no v2 hierarchy or no
/// such filter.
public struct CgroupCompiler: Sendable {
    public let host: CgroupHierarchies
    /// A group in every hierarchy, as others expect of an OCI runtime.
    private let everywhere: Bool

    public init(_ host: CgroupHierarchies, everywhere: Bool = false) {
        self.host = host
        self.everywhere = everywhere
    }

    /// - Parameter path: relative to the root of each hierarchy, for example `roost/3f2a`.
    public func program(
        _ path: String, _ resources: RuntimeConfiguration.Resources?
    ) throws(LaunchCompilerError) -> CgroupProgram {
        let resources = resources ?? .init()
        let policy = try DevicePolicy(resources.devices ?? [])
        do throws(CgroupError) {
            try Cgroup.validate(path)
            var directories = start()
            for file in CgroupFile.all { try add(file, resources, to: &directories) }
            try addDevices(policy, to: &directories)
            addUnified(resources.unified ?? [:], to: &directories)
            return CgroupProgram(path: path, directories: directories)
        } catch {
            throw LaunchCompilerError(subject: "cgroup", reason: error.description)
        }
    }

    /// What changes the limits of a group in use. Devices stay as they are.
    public func update(
        _ path: String, _ resources: RuntimeConfiguration.Resources
    ) throws(LaunchCompilerError) -> CgroupProgram {
        var limits = resources
        limits.devices = nil
        var program = try CgroupCompiler(host).program(path, limits)
        let together = "memory.memsw.limit_in_bytes"
        for index in program.directories.indices
        where program.directories[index].writes.contains(where: { $0.file == together }) {
            // Memory is never more than memory with swap: that one is lifted before both are set.
            program.directories[index].writes.insert(CgroupWrite(together, "-1", isOptional: true), at: 0)
        }
        return program
    }

    // MARK: Directories

    private func start() -> [CgroupDirectory] {
        var directories = host.unified.map { [CgroupDirectory($0, .unified)] } ?? []
        // Without v2, stopping the processes is the freezer's work.
        let wanted = everywhere ? CgroupController.allCases : host.unified == nil ? [.freezer] : []
        for controller in wanted where host.legacy[controller] != nil { _ = index(of: controller, in: &directories) }
        return directories
    }

    /// The directory of a v1 controller; made if there is none yet.
    private func index(of controller: CgroupController, in directories: inout [CgroupDirectory]) -> Int? {
        guard let point = host.legacy[controller] else { return nil }
        if let known = directories.firstIndex(where: { $0.mountPoint == point }) { return known }
        let together = CgroupController.allCases.filter { host.legacy[$0] == point }.map(\.rawValue)
        directories.append(CgroupDirectory(point, .legacy, controllers: together))
        return directories.count - 1
    }

    private func add(
        _ file: CgroupFile, _ resources: RuntimeConfiguration.Resources, to directories: inout [CgroupDirectory]
    ) throws(CgroupError) {
        if host.legacy[file.controller] != nil {
            let writes = file.legacy(resources)
            guard !writes.isEmpty, let index = index(of: file.controller, in: &directories) else { return }
            directories[index].writes += writes
            return
        }
        let writes = file.unified(resources)
        guard !writes.isEmpty || !file.legacy(resources).isEmpty else { return }
        guard host.unified != nil, let name = file.controller.unifiedName, host.unifiedControllers.contains(name) else {
            throw .missingController(file.controller, limit: file.limit)
        }
        // What version 2 has nothing like.
        if writes.isEmpty { return }
        directories[0].writes += writes
        if !directories[0].controllers.contains(name) { directories[0].controllers.append(name) }
    }

    private func addDevices(_ policy: DevicePolicy, to directories: inout [CgroupDirectory]) throws(CgroupError) {
        if policy.allowsEverything { return }
        if host.unified != nil && host.filtersDevices {
            directories[0].deviceFilter = DeviceProgram.code(policy)
            directories[0].deviceRules = policy.texts
            return
        }
        guard let index = index(of: .devices, in: &directories) else {
            throw .missingController(.devices, limit: "the use of devices")
        }
        directories[index].writes += policy.legacyWrites
    }

    /// Files of version 2 by their own names (runtime-spec, config-linux.md#unified); a host without them has nothing
    /// to write to.
    private func addUnified(_ files: [String: String], to directories: inout [CgroupDirectory]) {
        guard !files.isEmpty, host.unified != nil else { return }
        for (file, value) in files.sorted(by: { $0.key < $1.key }) {
            directories[0].writes.append(CgroupWrite(file, value))
            let name = String(file.prefix { $0 != "." })
            guard host.unifiedControllers.contains(name), !directories[0].controllers.contains(name) else { continue }
            directories[0].controllers.append(name)
        }
    }
}
