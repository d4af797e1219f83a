import Launching
import OCI

extension LaunchCompiler {
    static func insideSteps(
        _ configuration: RuntimeConfiguration, _ settings: SandboxSettings, _ cgroup: CgroupProgram
    ) throws(LaunchCompilerError) -> [InsideStep] {
        var steps = [InsideStep.privatePropagation] + ownFileSteps(settings)
        steps.append(
            .overlayRoot(
                lower: settings.layers, upper: settings.upper, work: settings.work, target: settings.mountPoint,
                noDevices: !settings.privileged))
        for mount in configuration.mounts { steps += try mountSteps(mount, settings, cgroup) }
        steps += devices(configuration)
        if let hostname = configuration.hostname { steps.append(.hostname(hostname)) }
        if let domainname = configuration.domainname { steps.append(.domainname(domainname)) }
        steps += hooks(configuration.hooks?.createContainer, "creating", configuration, settings).map(InsideStep.hook)
        steps.append(.pivotRoot)
        // Before /proc/sys becomes read-only.
        for (name, value) in (configuration.linux.sysctl ?? [:]).sorted(by: { $0.key < $1.key }) {
            steps.append(.sysctl(name: name, value: value))
        }
        steps += (configuration.linux.maskedPaths ?? []).map(InsideStep.mask)
        steps += (configuration.linux.readonlyPaths ?? []).map(InsideStep.readOnly)
        if configuration.root.readonly == true { steps.append(.readOnlyRoot) }
        return steps
    }

    /// The container's own files are on a file system of its own, which is mounted in its namespace alone and lost with
    /// it.
    private static func ownFileSteps(_ settings: SandboxSettings) -> [InsideStep] {
        if settings.ownFiles.isEmpty { return [] }
        let files = settings.ownFiles.sorted { $0.key < $1.key }
        let size = files.reduce(ownFilesBound) { $0 + $1.value.count }
        let directory = InsideStep.mount(
            type: "tmpfs", source: "tmpfs", target: ownFilesDirectory(settings),
            flags: [.noSUID, .noDevices, .noExecute], data: "mode=755,size=\(size),nr_inodes=\(files.count + 1)")
        return [directory]
            + files.map {
                .file(
                    path: ownFilePlace($0.key, settings), content: $0.value, mode: 0o644, user: 0, group: 0)
            }
    }

    /// Bytes that a container may add to its /etc/hosts and the like, all of them together.
    private static let ownFilesBound = 1 << 20

    private static func ownFilesDirectory(_ settings: SandboxSettings) -> String {
        settings.monitor.runDirectory + "/own"
    }

    private static func ownFilePlace(_ source: String, _ settings: SandboxSettings) -> String {
        let name = source.split(separator: "/").last.map(String.init) ?? "file"
        return ownFilesDirectory(settings) + "/" + name
    }

    static func devices(_ configuration: RuntimeConfiguration) -> [InsideStep] {
        var steps: [InsideStep] = (configuration.linux.devices ?? []).map {
            // `S_IFBLK` and `S_IFIFO`; a character device if there is nothing.
            let kind: UInt32 = $0.type == "b" ? 0o060000 : $0.type == "p" ? 0o010000 : 0
            return .device(
                path: $0.path, major: $0.major, minor: $0.minor, mode: kind | ($0.fileMode ?? 0o666) & 0o7777,
                user: $0.uid ?? 0, group: $0.gid ?? 0)
        }
        // runtime-spec, config-linux.md#dev-symbolic-links.
        let links = [
            ("/proc/self/fd", "/dev/fd"), ("/proc/self/fd/0", "/dev/stdin"), ("/proc/self/fd/1", "/dev/stdout"),
            ("/proc/self/fd/2", "/dev/stderr"), ("pts/ptmx", "/dev/ptmx"), ("/proc/kcore", "/dev/core"),
        ]
        steps += links.map { .symbolicLink(target: $0.0, path: $0.1) }
        return steps
    }

    private static func mountSteps(
        _ mount: RuntimeConfiguration.Mount, _ settings: SandboxSettings, _ cgroup: CgroupProgram
    ) throws(LaunchCompilerError) -> [InsideStep] {
        let options = MountOptions(mount.options ?? [])
        let type = mount.type ?? "bind"
        if type == "bind" || options.bind || options.recursive {
            guard let source = mount.source else {
                throw LaunchCompilerError(subject: mount.destination, reason: "a bind mount needs a source")
            }
            if settings.ownFiles[source] != nil {
                return [
                    .bind(
                        source: ownFilePlace(source, settings), target: mount.destination,
                        flags: options.flags, recursive: false)
                ]
            }
            let within = settings.sharedSources.first { source.hasPrefix($0 + "/") }
            return [
                .bind(
                    source: within.map { String(source.dropFirst($0.count + 1)) } ?? source, within: within ?? "",
                    target: mount.destination, flags: options.flags, recursive: options.recursive)
            ]
        }
        if type == "cgroup" { return cgroupSteps(mount.destination, options.flags, cgroup) }
        return [
            .mount(
                type: type, source: mount.source ?? type, target: mount.destination, flags: options.flags,
                data: options.data.joined(separator: ","))
        ]
    }

    /// What the container sees of its own groups. On hosts with v1 controllers it has groups of its own only where it
    /// has limits.
    static func cgroupSteps(_ target: String, _ flags: MountFlags, _ cgroup: CgroupProgram) -> [InsideStep] {
        let hierarchies = cgroup.directories.filter {
            $0.version == .legacy && $0.controllers != ["devices"] && $0.controllers != ["freezer"]
        }
        guard !hierarchies.isEmpty else {
            guard cgroup.directories.contains(where: { $0.version == .unified }) else { return [] }
            return [.mount(type: "cgroup2", source: "cgroup", target: target, flags: flags, data: "")]
        }
        let directory = InsideStep.mount(
            type: "tmpfs", source: "tmpfs", target: target, flags: flags.subtracting(.readOnly),
            data: "mode=755,size=64k")
        return [directory]
            + hierarchies.map {
                let names = $0.controllers.joined(separator: ",")
                return .mount(type: "cgroup", source: "cgroup", target: target + "/" + names, flags: flags, data: names)
            }
    }
}

/// The options of a mount, taken apart into flags and what is the file system's own (`man 8 mount`).
public struct MountOptions {
    var flags: MountFlags = []
    var data: [String] = []
    var bind = false
    var recursive = false
    /// Flags that are cleared, and those that concern everything below too (`rro`, `rnosuid`, …).
    var cleared: MountFlags = []
    var recursiveFlags: MountFlags = []
    var recursivelyCleared: MountFlags = []
    var remount = false
    var propagation: (kind: MountPropagation, recursive: Bool)?
    var copiesUp = false
    /// `idmap` or `ridmap`, if it is there.
    public private(set) var mapping: String?

    public init(_ options: [String]) {
        for option in options {
            if let flag = Self.setting[option] {
                flags.insert(flag)
                cleared.remove(flag)
            } else if let flag = Self.clearing[option] {
                flags.remove(flag)
                cleared.insert(flag)
            } else if option.first == "r", let flag = Self.setting[String(option.dropFirst())] {
                recursiveFlags.insert(flag)
            } else if option.first == "r", let flag = Self.clearing[String(option.dropFirst())] {
                recursivelyCleared.insert(flag)
            } else if let kind = Self.propagations[option] {
                propagation = (kind, option.first == "r")
            } else {
                readOther(option)
            }
        }
    }

    private mutating func readOther(_ option: String) {
        switch option {
        case "bind": bind = true
        case "rbind":
            bind = true
            recursive = true
        case "remount": remount = true
        case "tmpcopyup": copiesUp = true
        case "idmap", "ridmap": mapping = option
        case _ where Self.ignored.contains(option): break
        default: data.append(option)
        }
    }

    /// All that mean something here, as `features` lists them.
    public static var known: [String] {
        let flags = Array(setting.keys) + Array(clearing.keys)
        return (flags + flags.map { "r" + $0 } + Array(propagations.keys) + ["bind", "rbind", "remount"]).sorted()
    }

    private static let setting: [String: MountFlags] = [
        "ro": .readOnly, "nosuid": .noSUID, "nodev": .noDevices, "noexec": .noExecute,
        "strictatime": .strictAccessTime, "noatime": .noAccessTime, "relatime": .relativeAccessTime,
        "nodiratime": .noDirectoryAccessTime,
    ]
    private static let clearing: [String: MountFlags] = [
        "rw": .readOnly, "suid": .noSUID, "dev": .noDevices, "exec": .noExecute, "atime": .noAccessTime,
        "diratime": .noDirectoryAccessTime,
    ]
    private static let propagations: [String: MountPropagation] = [
        "private": .private, "rprivate": .private, "slave": .slave, "rslave": .slave, "shared": .shared,
        "rshared": .shared, "unbindable": .unbindable, "runbindable": .unbindable,
    ]
    /// `nocopy` and the SELinux letters have their meaning elsewhere or none.
    private static let ignored: Set<String> = [
        "z", "Z", "nocopy", "consistent", "cached", "delegated", "defaults", "norelatime", "nostrictatime",
        "loud", "silent", "copy",
    ]
}
