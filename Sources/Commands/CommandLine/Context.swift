import ControlAPI
import Glibc
import OCI

/// What a command runs in.
final class Context: Sendable {
    let global: GlobalSettings
    let streams: StandardStreams
    let environment: [String: String]
    let locations: Locations

    /// - Parameter options: `nil`: there is none before the command.
    init(global options: GlobalOptions?, streams: StandardStreams) {
        // A variable, so that a supervisor that this command starts has it too.
        if let format = options?.layerFormat { setenv("ROOST_LAYER_FORMAT", format.rawValue, 1) }
        let environment = Self.readEnvironment()
        self.environment = environment
        self.streams = streams
        global = GlobalSettings(options, environment: environment)
        locations = Locations(
            root: options?.root.map(absolutePath), runRoot: options?.runRoot.map(absolutePath),
            environment: environment, userID: geteuid())
    }

    /// A client for this command, which starts the supervisor where none listens.
    func client() -> ControlClient {
        let supervisor = SupervisorStart(locations: locations)
        return ControlClient(
            socketPath: locations.socket, root: locations.root,
            replace: { try await supervisor.replaceIfForeign($0) }, start: { try supervisor.run() })
    }

    /// How this command shows what goes wrong.
    var errorText: ErrorText { ErrorText(streams: streams, settings: global) }

    /// What a supervisor needs to know of this command's environment to speak to registries as its user.
    var registryEnvironment: [String: String] {
        RegistryEnvironment.part(of: environment, directory: currentDirectory())
    }

    /// `COMPOSE_REMOVE_ORPHANS`.
    var removesOrphans: Bool { isOn("COMPOSE_REMOVE_ORPHANS") }
    /// `COMPOSE_IGNORE_ORPHANS`.
    var ignoresOrphans: Bool { isOn("COMPOSE_IGNORE_ORPHANS") }

    private func isOn(_ variable: String) -> Bool {
        ["1", "t", "true", "y", "yes", "on"].contains(environment[variable]?.lowercased() ?? "")
    }

    /// Whom others see when they wait for this command.
    func caller(_ command: String) -> String { "\(command) (pid \(getpid()))" }

    private static func readEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }
}

/// The options before the command with the environment's defaults filled in.
struct GlobalSettings: Sendable {
    let files: [String]
    let projectName: String?
    let projectDirectory: String?
    let profiles: [String]
    let envFiles: [String]
    let dryRun: Bool
    private let progress: ProgressMode
    private let ansi: AnsiMode
    private let noColor: Bool
    private let dumbTerminal: Bool

    init(_ options: GlobalOptions?, environment: [String: String]) {
        files = options?.files ?? []
        projectName = options?.projectName
        projectDirectory = options?.projectDirectory
        profiles = options?.profiles ?? []
        envFiles = options?.envFiles ?? []
        dryRun = options?.dryRun ?? false
        progress = options?.progress ?? environment["COMPOSE_PROGRESS"].flatMap(ProgressMode.init) ?? .auto
        ansi = options?.ansi ?? environment["COMPOSE_ANSI"].flatMap(AnsiMode.init) ?? .auto
        noColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        dumbTerminal = environment["TERM"] == "dumb"
    }

    /// `auto` decided: live lines on a terminal that understands them.
    func progressMode(errorIsTerminal: Bool) -> ProgressMode {
        guard progress == .auto else { return progress }
        switch ansi {
        case .never: return .plain
        case .always: return .tty
        case .auto: return errorIsTerminal && !dumbTerminal ? .tty : .plain
        }
    }

    /// Whether a stream gets colours.
    func colored(isTerminal: Bool) -> Bool {
        if noColor { return false }
        switch ansi {
        case .never: return false
        case .always: return true
        case .auto: return isTerminal && !dumbTerminal
        }
    }
}

/// The path against the current directory; the supervisor has another one.
func absolutePath(_ path: String) -> String {
    path.hasPrefix("/") ? path : currentDirectory() + "/" + path
}

func currentDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
}
