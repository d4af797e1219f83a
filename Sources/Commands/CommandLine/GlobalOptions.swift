import ArgumentParser

/// The options before the command.
struct GlobalOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost", abstract: "Bring a Compose file to life on this host",
        usage: "roost [OPTIONS] COMMAND")

    static let unsupported = ["--compatibility", "--all-resources"]

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("file")], parsing: .unconditionalSingleValue,
        help: "Compose configuration files")
    var files: [String] = []

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("project-name")], parsing: .unconditional,
        help: "Project name")
    var projectName: String?

    @Option(name: .customLong("profile"), parsing: .unconditionalSingleValue, help: "Specify a profile to enable")
    var profiles: [String] = []

    @Option(
        name: .customLong("env-file"), parsing: .unconditionalSingleValue,
        help: "Specify an alternate environment file")
    var envFiles: [String] = []

    @Option(
        name: .customLong("project-directory"), parsing: .unconditional,
        help: "Specify an alternate working directory (default: the path of the, first specified, Compose file)")
    var projectDirectory: String?

    @Option(name: .customLong("progress"), help: "Set type of progress output (auto, tty, plain, json, quiet)")
    var progress: ProgressMode?

    @Option(
        name: .customLong("ansi"),
        help: "Control when to print ANSI control characters (\"never\"|\"always\"|\"auto\") (default \"auto\")")
    var ansi: AnsiMode?

    @Flag(name: .customLong("dry-run"), help: "Execute command in dry run mode")
    var dryRun = false

    @Option(
        name: .customLong("parallel"), parsing: .unconditional,
        help: "Control max parallelism, -1 for unlimited (accepted: Roost bounds its work by what the host can do)")
    var parallel: Int?

    @Flag(name: .customLong("verbose"), help: .hidden)
    var verbose = false

    @Option(name: .customLong("root"), parsing: .unconditional, help: "Directory of the state that survives a reboot")
    var root: String?

    @Option(name: .customLong("run-root"), parsing: .unconditional, help: "Directory of the state that doesn't")
    var runRoot: String?

    @Option(
        name: .customLong("layer-format"), help: "How layers are kept: EROFS images or directories (auto, erofs, tree)")
    var layerFormat: LayerFormat?

    @Flag(name: [.customShort("v"), .customLong("version")], help: "Show the Roost version information")
    var version = false
}

/// `--progress`.
enum ProgressMode: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, tty, plain, json, quiet
}

/// `--layer-format`.
enum LayerFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, erofs, tree
}

/// `--ansi`.
enum AnsiMode: String, ExpressibleByArgument, CaseIterable, Sendable {
    case never, always, auto
}

/// `--dry-run` after the command, where Compose takes it, too.
struct DryRunOption: ParsableArguments {
    @Flag(name: .customLong("dry-run"), help: "Execute command in dry run mode")
    var dryRun = false
}

extension Context {
    /// Whether nothing shall be done: said before the command or after it.
    func isDry(_ option: DryRunOption) -> Bool { global.dryRun || option.dryRun }
}
