/// Where a stack is to be found and what it may see.
public struct LoadRequest: Sendable {
    /// `-f`, in the order given; `-` is the standard input. Empty: `COMPOSE_FILE`, then the default names.
    public var files: [String] = []
    /// `--project-directory`.
    public var projectDirectory: String?
    /// `-p`.
    public var projectName: String?
    /// `--env-file`. Empty: `.env` in the project's directory, if there is one.
    public var envFiles: [String] = []
    /// `--profile`.
    public var profiles: [String] = []
    /// The shell's environment.
    public var environment: [String: String]
    /// Absolute.
    public var currentDirectory: String
    /// Services named on the command line: each activates its profile.
    public var services: [String] = []
    /// `true`: only those services and what they depend on are loaded, as `config SERVICE…` prints them.
    public var selectsServices = false
    /// The standard input's content for `-f -`; `nil`: it is read when it is needed.
    public var standardInput: [UInt8]?
    /// `false`: variables stay as they are written (`--no-interpolate`).
    public var interpolates = true
    /// `false`: what the files leave to defaults isn't filled in (`--no-normalize`).
    public var normalizes = true
    /// `false`: relative paths stay relative (`--no-path-resolution`).
    public var resolvesPaths = true
    /// `false`: references to what isn't defined, and contradictions, are let pass (`--no-consistency`).
    public var checksConsistency = true
    /// `false`: `env_file` and variables without a value stay as they are written (`--no-env-resolution`).
    public var resolvesEnvironment = true

    public init(environment: [String: String], currentDirectory: String) {
        self.environment = environment
        self.currentDirectory = currentDirectory
    }
}
