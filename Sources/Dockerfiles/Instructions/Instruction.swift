public import OCI

/// One instruction of a Dockerfile, with its meaning.
public struct Instruction: Equatable, Sendable {
    /// What it does. Words are as they are written: each instruction says itself which of them are expanded.
    public enum Kind: Equatable, Sendable {
        case from(From)
        case arg([BuildArgument])
        case env([Assignment])
        case label([Assignment])
        case run(Run)
        case copy(Copy)
        /// A `Copy` that also knows URLs, repositories and archives.
        case add(Copy)
        case command(CommandLine)
        case entrypoint(CommandLine)
        case shell([String])
        case workdir(String)
        case user(String)
        case volume([String])
        case expose([String])
        case stopSignal(String)
        case healthcheck(ImageHealthcheck)
        /// What a build on top of the image does first.
        case onbuild(String)
        case maintainer(String)
    }

    public var kind: Kind
    /// Its first word, as it is spelled.
    public var keyword: String
    /// Its lines, joined.
    public var source: String
    public var lines: ClosedRange<Int>
    public var comments: [String]
}

/// `FROM [--platform=P] BASE [AS NAME]`.
public struct From: Equatable, Sendable {
    /// An image, or an earlier stage.
    public var base: String
    /// In small letters; `nil` for a stage without a name.
    public var name: String?
    public var platform: String?
    /// The `AS` and the name, as they are spelled.
    var spelling: [String] = []
}

/// `NAME=VALUE` of `ENV` and `LABEL`.
public struct Assignment: Equatable, Sendable {
    public var name: String
    public var value: String
    /// Written as `NAME VALUE`.
    public var isLegacy: Bool
}

/// One name of an `ARG`.
public struct BuildArgument: Equatable, Sendable {
    public var name: String
    /// `nil`: only what the build is given.
    public var value: String?
}

/// A command of `RUN`, `CMD` and `ENTRYPOINT`: words to execute as they are, or a line for a shell.
public struct CommandLine: Equatable, Sendable {
    public var words: [String]
    public var isForShell: Bool
}

/// `RUN`.
public struct Run: Equatable, Sendable {
    public enum Network: String, Equatable, Sendable { case `default`, none, host }
    public enum Security: String, Equatable, Sendable { case sandbox, insecure }

    public var command: CommandLine
    public var heredocs: [Heredoc] = []
    /// As they are written: variables in them are expanded when it is executed.
    public var mounts: [String] = []
    public var network = Network.default
    public var security = Security.sandbox
    /// The names of the flags that it has.
    public var flags: [String] = []
}

/// `COPY` and `ADD`.
public struct Copy: Equatable, Sendable {
    public var sources: [String]
    /// Files that stand in the Dockerfile itself.
    public var inlineFiles: [Heredoc] = []
    public var destination: String
    /// A stage, its number, or an image; `nil`: the context.
    public var from: String?
    public var owner: String?
    public var mode: String?
    /// The layer doesn't depend on what is below it.
    public var isLinked = false
    /// The sources' directories are made at the destination.
    public var keepsParents = false
    public var excludes: [String] = []
    // Of `ADD` alone.
    public var keepsGitDirectory: Bool?
    public var checksum: String?
    public var unpacks: Bool?
}
