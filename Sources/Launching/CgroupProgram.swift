/// A container's control groups as a program: where they are made, and what is written there, in order.
///
/// `Sandboxes.CgroupCompiler` makes it of limits and of what the host has; the shim, and whoever changes limits while a
/// container runs, carry it out as it stands.
public struct CgroupProgram: Equatable, Sendable {
    /// Below the mount point of each hierarchy, for example `roost/3f2a…`. Empty: no group.
    public var path: String
    public var directories: [CgroupDirectory]

    public init(path: String = "", directories: [CgroupDirectory] = []) {
        self.path = path
        self.directories = directories
    }
}

/// The versions of control groups (`man 7 cgroups`).
public enum CgroupVersion: UInt8, Equatable, Sendable {
    case legacy = 1
    case unified = 2
}

/// The group in one hierarchy.
public struct CgroupDirectory: Equatable, Sendable {
    public var mountPoint: String
    public var version: CgroupVersion
    /// Version 2: what every level above the group hands on to it. Version 1: what the hierarchy was mounted for.
    public var controllers: [String]
    public var writes: [CgroupWrite]
    /// Version 2: the program that decides about devices (`BPF_PROG_TYPE_CGROUP_DEVICE`), 8 bytes an instruction.
    /// Empty: none.
    public var deviceFilter: [UInt8]
    /// What the filter says, for who reads the program.
    public var deviceRules: [String]

    public init(
        _ mountPoint: String, _ version: CgroupVersion, controllers: [String] = [], writes: [CgroupWrite] = [],
        deviceFilter: [UInt8] = [], deviceRules: [String] = []
    ) {
        self.mountPoint = mountPoint
        self.version = version
        self.controllers = controllers
        self.writes = writes
        self.deviceFilter = deviceFilter
        self.deviceRules = deviceRules
    }
}

/// One value for one file of a group. The file's name begins with its controller's.
public struct CgroupWrite: Equatable, Sendable {
    public var file: String
    public var value: String
    /// The file's name on other kernels, which is taken where there is no ``file``; empty for none.
    public var alternative: String
    /// The kernel may have no such file although it has the controller; then nothing is written.
    public var isOptional: Bool

    public init(_ file: String, _ value: String, alternative: String = "", isOptional: Bool = false) {
        self.file = file
        self.value = value
        self.alternative = alternative
        self.isOptional = isOptional
    }
}

extension CgroupProgram {
    func describe(in text: inout ProgramText) {
        guard !path.isEmpty else { return }
        text.line(1, "cgroup", ProgramText.word(path))
        for directory in directories {
            let version = directory.version == .unified ? "v2" : "v1"
            text.line(2, version, ProgramText.word(directory.mountPoint), directory.controllers.joined(separator: ","))
            for write in directory.writes {
                text.line(
                    3, "write", write.file, ProgramText.word(write.value),
                    write.alternative.isEmpty ? "" : "or=\(write.alternative)", write.isOptional ? "if-there" : "")
            }
            if !directory.deviceFilter.isEmpty {
                let count = directory.deviceFilter.count / 8
                text.line(3, "device-filter \(count) instructions", ProgramText.digest(directory.deviceFilter))
                for rule in directory.deviceRules { text.line(4, rule) }
            }
        }
    }
}
