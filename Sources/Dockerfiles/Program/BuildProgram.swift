public import OCI

/// A build, before anything of it is done: what each stage begins with and which steps follow. A pure value; nothing
/// decides again when it is carried out.
public struct BuildProgram: Equatable, Sendable {
    /// Only what the target needs, in the order of the file.
    public var stages: [StageProgram] = []
    /// The place of the stage that becomes the image.
    public var target = 0
    public var warnings: [CheckWarning] = []
    /// The file or the user wants no image where there are warnings.
    public var isStrict = false
    /// Seconds since 1970 that all times are said to be (`SOURCE_DATE_EPOCH`).
    public var epoch: Int64?
}

/// What becomes of one stage.
public struct StageProgram: Equatable, Sendable {
    /// Empty where the file has one stage alone.
    public var name: String
    public var base: Base
    /// What of the file opens it.
    public var title: String
    public var lines: ClosedRange<Int>
    public var platform: Platform
    public var steps: [BuildStep] = []
    /// The image's configuration, but for the digests of the layers that the steps make. Its history has all entries.
    public var configuration: ImageConfiguration
    /// No record of an earlier build is used.
    public var ignoresCache = false
}

/// What a stage begins with.
public enum Base: Equatable, Sendable {
    case scratch
    case image(BaseImage)
    /// An earlier stage of the program.
    case stage(Int)
    /// A directory that the build was given by name.
    case directory(String)
}

/// An image that a build reads.
public struct BaseImage: Equatable, Hashable, Sendable {
    /// As the file spells it, without variables.
    public var reference: String
    public var platform: Platform?
    /// The digest of its configuration.
    public var id: Digest?

    public init(reference: String, platform: Platform?, id: Digest? = nil) {
        self.reference = reference
        self.platform = platform
        self.id = id
    }
}

/// One step: it makes a layer.
public struct BuildStep: Equatable, Sendable {
    public enum Action: Equatable, Sendable {
        case run(RunAction)
        case copy(CopyAction)
        case makeDirectory(path: String, owner: String)
    }

    /// `[build 2/4] RUN make`.
    public var title: String
    public var lines: ClosedRange<Int>
    public var action: Action
}

/// Where files are read.
public enum FileSource: Equatable, Hashable, Sendable {
    /// `nil`: the build's own context.
    case context(String?)
    case stage(Int)
    case image(BaseImage)
    case nothing
}

/// A `RUN` with everything known.
public struct RunAction: Equatable, Sendable {
    public var arguments: [String]
    /// `NAME=VALUE`.
    public var environment: [String]
    public var workingDirectory: String
    public var user: String
    public var mounts: [StepMount] = []
    public var network = Run.Network.default
    public var isInsecure = false
    /// A heredoc that is executed as a file: its name below `/dev/pipes`, and its content.
    public var script: Script?
    /// Variables that reach the process, and neither key nor history.
    public var proxies: [String: String] = [:]

    public struct Script: Equatable, Sendable {
        public var name: String
        public var content: String
    }
}

/// A mount of a `RUN`, with its place.
public struct StepMount: Equatable, Sendable {
    public var options: RunMount
    public var source: FileSource
    /// Absolute; empty for a secret that is a variable alone.
    public var target: String
}

/// A `COPY` or `ADD` with everything known.
public struct CopyAction: Equatable, Sendable {
    public enum Item: Equatable, Sendable {
        /// A path, or a pattern of paths, in the source.
        case path(String)
        case file(name: String, content: String)
        case url(String)
        case repository(String)
    }

    public var source: FileSource
    public var items: [Item]
    /// Absolute. With a slash at its end it is a directory.
    public var destination: String
    public var owner: String?
    public var mode: String?
    public var excludes: [String] = []
    public var keepsParents = false
    public var isLinked = false
    /// Archives of the context are unpacked.
    public var unpacks = false
    public var checksum: String?
    public var keepsGitDirectory = false

    public init(source: FileSource, items: [Item], destination: String) {
        self.source = source
        self.items = items
        self.destination = destination
    }
}
