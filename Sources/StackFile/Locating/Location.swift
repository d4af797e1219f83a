import Diagnostics

/// Which files make the stack, and the variables that they are read with.
struct Location {
    /// Absolute paths; `-` is the standard input.
    var files: [String] = []
    /// Absolute.
    var directory: String
    /// The shell's variables, then those of the environment files.
    var variables: Variables
    private var ignoresFiles = false

    /// The values of ``variables``.
    var environment: [String: String] { variables.values }

    private static let names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
    private static let overrideNames = [
        "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml",
    ]

    private init(directory: String, variables: Variables) {
        self.directory = directory
        self.variables = variables
    }

    /// Finds the files as Docker Compose does: `-f`, `COMPOSE_FILE` (which `.env` may set), then the default names
    /// here and in the directories above. `files` stays empty where there are none.
    static func find(_ request: LoadRequest, _ findings: inout Findings) -> Location {
        let current = request.currentDirectory
        var shell = request.environment
        if shell["PWD"] == nil { shell["PWD"] = current }
        var location = Location(directory: current, variables: Variables(shell: shell))
        location.files = request.files.map { location.absolute($0, request) }
        location.directory = location.projectDirectory(request)
        let read = location.readEnvironment(request, alreadyRead: [], &findings)
        location.obeyOwnSwitch(request, &findings)
        if location.files.isEmpty, let list = location.variables["COMPOSE_FILE"] {
            let separator = location.variables["COMPOSE_PATH_SEPARATOR"] ?? ""
            location.files = split(list, by: separator.isEmpty ? ":" : separator).map { location.absolute($0, request) }
        }
        if location.files.isEmpty { location.searchUpwards(&findings) }
        location.directory = location.projectDirectory(request)
        _ = location.readEnvironment(request, alreadyRead: read, &findings)
        return location
    }

    private func absolute(_ path: String, _ request: LoadRequest) -> String {
        path == "-" ? "-" : FilePath.absolute(path, in: request.currentDirectory, home: nil)
    }

    private static func split(_ text: String, by separator: String) -> [String] {
        var parts: [String] = []
        var rest = text[...]
        while let found = rest.firstRange(of: separator) {
            parts.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return parts + [String(rest)]
    }

    private func projectDirectory(_ request: LoadRequest) -> String {
        if let directory = request.projectDirectory, !directory.isEmpty {
            return FilePath.absolute(directory, in: request.currentDirectory, home: nil)
        }
        guard let first = files.first(where: { $0 != "-" }) else { return request.currentDirectory }
        return FilePath.directory(of: first)
    }

    private mutating func searchUpwards(_ findings: inout Findings) {
        var place = directory
        while true {
            let found = Self.names.map { FilePath.clean(place + "/" + $0) }.filter(FileBytes.exists)
            if let file = found.first {
                let overrides = Self.overrideNames.map { FilePath.clean(place + "/" + $0) }.filter(FileBytes.exists)
                warn(found, &findings)
                warn(overrides, &findings)
                files = [file] + overrides.prefix(1)
                return
            }
            if place == "/" || place == "." { return }
            place = FilePath.directory(of: place)
        }
    }

    private func warn(_ files: [String], _ findings: inout Findings) {
        guard let first = files.first, files.count > 1 else { return }
        let names = files.map(FilePath.name(of:)).joined(separator: ", ")
        findings.warning("several files could be meant: \(names); using \(FilePath.name(of: first))", at: nil)
    }

    /// Reads `--env-file`, `COMPOSE_ENV_FILES` or `.env`. What is set already stays. Returns the paths read.
    private mutating func readEnvironment(
        _ request: LoadRequest, alreadyRead: Set<String>, _ findings: inout Findings
    ) -> Set<String> {
        let explicit =
            request.envFiles.isEmpty
            ? (request.environment["COMPOSE_ENV_FILES"] ?? "").split(separator: ",").map(String.init)
            : request.envFiles
        var paths = explicit.map { FilePath.absolute($0, in: request.currentDirectory, home: nil) }
        let isDisabled = ignoresFiles || isDisabled(request.environment["COMPOSE_DISABLE_ENV_FILE"], &findings)
        if paths.isEmpty, !isDisabled {
            let path = FilePath.clean(directory + "/.env")
            if FileBytes.exists(path), !FileBytes.isDirectory(path) { paths = [path] }
        }
        let files = paths.filter { !alreadyRead.contains($0) }.map { path in
            EnvironmentFile(path: path, name: FilePath.shown(path, from: request.currentDirectory))
        }
        variables.add(files, &findings)
        return alreadyRead.union(paths)
    }

    /// A `.env` that says `COMPOSE_DISABLE_ENV_FILE` itself: only its settings for Compose are left.
    private mutating func obeyOwnSwitch(_ request: LoadRequest, _ findings: inout Findings) {
        let name = "COMPOSE_DISABLE_ENV_FILE"
        guard request.environment[name] == nil, request.envFiles.isEmpty, let text = variables[name] else { return }
        guard isDisabled(text, &findings) else { return }
        variables.keepOnly { $0.hasPrefix("COMPOSE_") }
        ignoresFiles = true
    }

    private func isDisabled(_ text: String?, _ findings: inout Findings) -> Bool {
        switch text {
        case nil, "0", "f", "F", "false", "FALSE", "False": return false
        case "1", "t", "T", "true", "TRUE", "True": return true
        case let text?:
            findings.error(
                "COMPOSE_DISABLE_ENV_FILE must be true or false, not \"\(text)\"", at: nil,
                suggestion: "set it to 1 or 0")
            return true
        }
    }
}
