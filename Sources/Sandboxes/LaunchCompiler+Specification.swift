import Launching
public import OCI

/// A bundle as others write it: the root file system stands already, and every option of a mount means what the runtime
/// specification says (config.md#mounts), while the engine's own bundles promise less and forbid more.
extension LaunchCompiler {
    static func specifiedSteps(
        _ configuration: RuntimeConfiguration, _ settings: SandboxSettings, _ cgroup: CgroupProgram
    ) throws(LaunchCompilerError) -> [InsideStep] {
        guard let root = settings.boundRoot else { return [] }
        let linux = configuration.linux
        // Mounts of the host may come in, and none goes out unless that is asked for.
        let spread = try linux.rootfsPropagation.map(propagation) ?? (.slave, true)
        var steps: [InsideStep] = [
            .propagation(target: "/", spread.kind == .shared ? .slave : spread.kind, recursive: true),
            .bindRoot(source: root, target: root),
        ]
        for mount in configuration.mounts { steps += try mountSteps(specified: mount, settings, configuration, cgroup) }
        let hasOwnDevices = configuration.mounts.contains { mount in
            mount.destination == "/dev" && MountOptions(mount.options ?? []).bind
        }
        if !hasOwnDevices { steps += devices(completed(configuration)) }
        if let hostname = configuration.hostname { steps.append(.hostname(hostname)) }
        if let domainname = configuration.domainname { steps.append(.domainname(domainname)) }
        steps += hooks(configuration.hooks?.createContainer, "creating", configuration, settings).map(InsideStep.hook)
        steps.append(.pivotRoot)
        if linux.rootfsPropagation != nil {
            steps.append(.propagation(target: "/", spread.kind, recursive: spread.recursive))
        }
        for (name, value) in (linux.sysctl ?? [:]).sorted(by: { $0.key < $1.key }) {
            steps.append(.sysctl(name: name, value: value))
        }
        if configuration.root.readonly == true { steps.append(.readOnlyRoot) }
        steps += (linux.maskedPaths ?? []).map(InsideStep.mask)
        steps += (linux.readonlyPaths ?? []).map(InsideStep.readOnly)
        return steps
    }

    private static func propagation(
        _ name: String
    ) throws(LaunchCompilerError) -> (kind: MountPropagation, recursive: Bool) {
        guard let found = MountOptions([name]).propagation else {
            throw LaunchCompilerError(subject: "rootfsPropagation", reason: "\"\(name)\" is no propagation")
        }
        return found
    }

    /// The devices that every container has (config-linux.md#default-devices).
    private static func completed(_ configuration: RuntimeConfiguration) -> RuntimeConfiguration {
        var result = configuration
        let named = Set((configuration.linux.devices ?? []).map(\.path))
        result.linux.devices =
            standardDevices.filter { !named.contains($0.path) } + (configuration.linux.devices ?? [])
        return result
    }

    /// runtime-spec, config-linux.md#default-devices.
    public static let standardDevices: [RuntimeConfiguration.Device] = [
        .init(path: "/dev/null", major: 1, minor: 3, fileMode: 0o666),
        .init(path: "/dev/zero", major: 1, minor: 5, fileMode: 0o666),
        .init(path: "/dev/full", major: 1, minor: 7, fileMode: 0o666),
        .init(path: "/dev/random", major: 1, minor: 8, fileMode: 0o666),
        .init(path: "/dev/urandom", major: 1, minor: 9, fileMode: 0o666),
        .init(path: "/dev/tty", major: 5, minor: 0, fileMode: 0o666),
    ]

    /// What every container may do with devices: make nodes of any kind, and use its own and its terminals'.
    public static let standardDeviceRules: [RuntimeConfiguration.DeviceRule] =
        [.init(allow: true, type: "c", access: "m"), .init(allow: true, type: "b", access: "m")]
        + standardDevices.map { .init(allow: true, type: $0.type, major: Int64($0.major), minor: Int64($0.minor)) }
        // /dev/console, /dev/ptmx, and the terminals of devpts.
        + [(5, 1), (5, 2), (136, nil)].map { .init(allow: true, type: "c", major: $0.0, minor: $0.1) }

    // MARK: Mounts

    private static func mountSteps(
        specified mount: RuntimeConfiguration.Mount, _ settings: SandboxSettings,
        _ configuration: RuntimeConfiguration, _ cgroup: CgroupProgram
    ) throws(LaunchCompilerError) -> [InsideStep] {
        let options = MountOptions(mount.options ?? [])
        let target = mount.destination.hasPrefix("/") ? mount.destination : "/" + mount.destination
        let type = mount.type ?? ""
        var steps: [InsideStep]
        if options.remount {
            return [.attributes(target: target, set: options.flags, clear: options.cleared, recursive: false)]
        } else if options.bind || type == "bind" {
            guard let source = mount.source, !source.isEmpty else {
                throw LaunchCompilerError(subject: target, reason: "a bind mount needs a source")
            }
            let place = source.hasPrefix("/") ? source : settings.monitor.bundle + "/" + source
            steps = [.bind(source: place, target: target, flags: [], recursive: options.recursive)]
            if !options.flags.isEmpty || !options.cleared.isEmpty {
                steps.append(
                    .attributes(target: target, set: options.flags, clear: options.cleared, recursive: false))
            }
        } else if type == "cgroup" {
            let hasNamespace = configuration.linux.namespaces.contains { $0.type == "cgroup" }
            steps =
                hasNamespace
                ? cgroupSteps(target, options.flags, cgroup) : hostCgroupSteps(target, options.flags, cgroup)
        } else {
            guard !type.isEmpty else {
                throw LaunchCompilerError(subject: target, reason: "a mount needs a type, or the option bind")
            }
            guard !options.copiesUp else {
                throw LaunchCompilerError(subject: target, reason: "the option tmpcopyup is not supported")
            }
            steps = [
                .mount(
                    type: type, source: mount.source ?? type, target: target, flags: options.flags,
                    data: options.data.joined(separator: ","))
            ]
        }
        return steps + later(options, target)
    }

    private static func later(_ options: MountOptions, _ target: String) -> [InsideStep] {
        var steps: [InsideStep] = []
        if !options.recursiveFlags.isEmpty || !options.recursivelyCleared.isEmpty {
            steps.append(
                .attributes(
                    target: target, set: options.recursiveFlags, clear: options.recursivelyCleared, recursive: true))
        }
        if let (kind, recursive) = options.propagation {
            steps.append(.propagation(target: target, kind, recursive: recursive))
        }
        return steps
    }

    /// Without a cgroup namespace the groups are bound, so that only the container's own can be reached.
    private static func hostCgroupSteps(
        _ target: String, _ flags: MountFlags, _ cgroup: CgroupProgram
    ) -> [InsideStep] {
        func bound(_ directory: CgroupDirectory, on place: String) -> [InsideStep] {
            [
                .bind(source: "\(directory.mountPoint)/\(cgroup.path)", target: place, flags: [], recursive: false),
                .attributes(target: place, set: flags, clear: [], recursive: false),
            ]
        }
        let legacy = cgroup.directories.filter { $0.version == .legacy }
        if legacy.isEmpty { return cgroup.directories.first.map { bound($0, on: target) } ?? [] }
        return [
            .mount(
                type: "tmpfs", source: "tmpfs", target: target, flags: flags.subtracting(.readOnly),
                data: "mode=755,size=64k")
        ] + legacy.flatMap { bound($0, on: target + "/" + $0.controllers.joined(separator: ",")) }
    }
}
