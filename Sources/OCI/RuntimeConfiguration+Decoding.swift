// Bundles of other programs leave out what they have nothing to say about.

extension RuntimeConfiguration {
    /// Reads a `config.json`.
    public init(json: [UInt8]) throws(DocumentError) {
        self = try Document.decode(RuntimeConfiguration.self, from: json, what: "config.json")
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: FieldKey.self)
        ociVersion = try values.decode(String.self, forKey: "ociVersion")
        process = try values.decodeIfPresent(Process.self, forKey: "process") ?? Process()
        root = try values.decodeIfPresent(Root.self, forKey: "root") ?? Root()
        hostname = try values.decodeIfPresent(String.self, forKey: "hostname")
        domainname = try values.decodeIfPresent(String.self, forKey: "domainname")
        mounts = try values.decodeIfPresent([Mount].self, forKey: "mounts") ?? []
        hooks = try values.decodeIfPresent(Hooks.self, forKey: "hooks")
        annotations = try values.decodeIfPresent([String: String].self, forKey: "annotations")
        linux = try values.decodeIfPresent(Linux.self, forKey: "linux") ?? Linux()
    }
}

extension RuntimeConfiguration.Process {
    /// Reads what `exec --process` names.
    public init(json: [UInt8]) throws(DocumentError) {
        self = try Document.decode(Self.self, from: json, what: "process")
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: FieldKey.self)
        self.init()
        terminal = try values.decodeIfPresent(Bool.self, forKey: "terminal")
        user = try values.decodeIfPresent(RuntimeConfiguration.User.self, forKey: "user") ?? .init()
        args = try values.decodeIfPresent([String].self, forKey: "args") ?? []
        env = try values.decodeIfPresent([String].self, forKey: "env") ?? []
        cwd = try values.decodeIfPresent(String.self, forKey: "cwd") ?? "/"
        capabilities = try values.decodeIfPresent(RuntimeConfiguration.Capabilities.self, forKey: "capabilities")
        rlimits = try values.decodeIfPresent([RuntimeConfiguration.ResourceLimit].self, forKey: "rlimits")
        noNewPrivileges = try values.decodeIfPresent(Bool.self, forKey: "noNewPrivileges")
        oomScoreAdj = try values.decodeIfPresent(Int.self, forKey: "oomScoreAdj")
        consoleSize = try values.decodeIfPresent(RuntimeConfiguration.ConsoleSize.self, forKey: "consoleSize")
        apparmorProfile = try values.decodeIfPresent(String.self, forKey: "apparmorProfile")
        selinuxLabel = try values.decodeIfPresent(String.self, forKey: "selinuxLabel")
        scheduler = try values.decodeIfPresent(RuntimeConfiguration.Scheduler.self, forKey: "scheduler")
        ioPriority = try values.decodeIfPresent(RuntimeConfiguration.IOPriority.self, forKey: "ioPriority")
        execCPUAffinity = try values.decodeIfPresent(
            RuntimeConfiguration.ProcessorAffinity.self, forKey: "execCPUAffinity")
    }
}

extension RuntimeConfiguration.User {
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: FieldKey.self)
        self.init(
            uid: try values.decodeIfPresent(UInt32.self, forKey: "uid") ?? 0,
            gid: try values.decodeIfPresent(UInt32.self, forKey: "gid") ?? 0,
            umask: try values.decodeIfPresent(UInt32.self, forKey: "umask"),
            additionalGids: try values.decodeIfPresent([UInt32].self, forKey: "additionalGids"))
    }
}

extension RuntimeConfiguration.Linux {
    public init(from decoder: any Decoder) throws {
        typealias Configuration = RuntimeConfiguration
        let values = try decoder.container(keyedBy: FieldKey.self)
        self.init()
        namespaces = try values.decodeIfPresent([Configuration.Namespace].self, forKey: "namespaces") ?? []
        resources = try values.decodeIfPresent(Configuration.Resources.self, forKey: "resources")
        cgroupsPath = try values.decodeIfPresent(String.self, forKey: "cgroupsPath")
        sysctl = try values.decodeIfPresent([String: String].self, forKey: "sysctl")
        maskedPaths = try values.decodeIfPresent([String].self, forKey: "maskedPaths")
        readonlyPaths = try values.decodeIfPresent([String].self, forKey: "readonlyPaths")
        devices = try values.decodeIfPresent([Configuration.Device].self, forKey: "devices")
        seccomp = try values.decodeIfPresent(Configuration.Seccomp.self, forKey: "seccomp")
        rootfsPropagation = try values.decodeIfPresent(String.self, forKey: "rootfsPropagation")
        uidMappings = try values.decodeIfPresent([Configuration.IDMapping].self, forKey: "uidMappings")
        gidMappings = try values.decodeIfPresent([Configuration.IDMapping].self, forKey: "gidMappings")
        mountLabel = try values.decodeIfPresent(String.self, forKey: "mountLabel")
        personality = try values.decodeIfPresent(Configuration.Personality.self, forKey: "personality")
        timeOffsets = try values.decodeIfPresent([String: Configuration.TimeOffset].self, forKey: "timeOffsets")
    }
}

extension RuntimeConfiguration.Resources {
    /// Reads what `update --resources` names.
    public init(json: [UInt8]) throws(DocumentError) {
        self = try Document.decode(Self.self, from: json, what: "resources")
    }
}

extension RuntimeConfiguration {
    /// As `config.json`.
    public func json() throws(DocumentError) -> [UInt8] { try Document.encode(self, what: "config.json") }
}

/// A field by its name.
private struct FieldKey: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringLiteral name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
