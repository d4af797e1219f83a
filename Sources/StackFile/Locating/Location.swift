import Diagnostics

/// Which files make the stack, and the environment that they are read in.
struct Location {
    /// Absolute paths; `-` is the standard input.
    var files: [String] = []
    /// Absolute.
    var directory: String
    /// The shell's variables, then those of the environment files.
    var environment: [String: String]

    private static let names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
    private static let overrideNames = [
        "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml",
    ]

    /// Finds the files as Docker Compose does: `-f`, `COMPOSE_FILE` (which `.env` may set), then the default names
    /// here and in the directories above. `files` stays empty where there are none.
    static func find(_ request: LoadRequest, _ findings: inout Findings) -> Location {
        let current = request.currentDirectory
        let home = request.environment["HOME"]
        var location = Location(directory: current, environment: request.environment)
        location.files = request.files.map { $0 == "-" ? "-" : FilePath.absolute($0, in: current, home: home) }
        location.directory = location.projectDirectory(request)
        let read = location.readEnvironment(request, alreadyRead: [], &findings)
        if location.files.isEmpty, let list = location.environment["COMPOSE_FILE"], !list.isEmpty {
            let separator = location.environment["COMPOSE_PATH_SEPARATOR"].flatMap(\.first) ?? ":"
            let paths = list.split(separator: separator)
            location.files = paths.map {
                $0 == "-" ? "-" : FilePath.absolute(String($0), in: location.directory, home: home)
            }
        }
        if location.files.isEmpty { location.searchUpwards(&findings, shownFrom: current) }
        location.directory = location.projectDirectory(request)
        _ = location.readEnvironment(request, alreadyRead: read, &findings)
        return location
    }

    private func projectDirectory(_ request: LoadRequest) -> String {
        if let directory = request.projectDirectory {
            return FilePath.absolute(directory, in: request.currentDirectory, home: request.environment["HOME"])
        }
        guard let first = files.first(where: { $0 != "-" }) else { return request.currentDirectory }
        return FilePath.directory(of: first)
    }

    private mutating func searchUpwards(_ findings: inout Findings, shownFrom current: String) {
        var place = directory
        while true {
            let found = Self.names.map { FilePath.clean(place + "/" + $0) }.filter(FileBytes.exists)
            if let file = found.first {
                if found.count > 1 {
                    let names = found.map(FilePath.name(of:)).joined(separator: ", ")
                    findings.warning(
                        "several files could be meant: \(names); using \(FilePath.name(of: file))", at: nil)
                }
                files = [file]
                files += Self.overrideNames.map { FilePath.clean(place + "/" + $0) }.filter(FileBytes.exists).prefix(1)
                return
            }
            if place == "/" || place == "." { return }
            place = FilePath.directory(of: place)
        }
    }

    /// Reads `--env-file`, `COMPOSE_ENV_FILES` or `.env`. What is set already stays. Returns the paths read.
    private mutating func readEnvironment(
        _ request: LoadRequest, alreadyRead: Set<String>, _ findings: inout Findings
    ) -> Set<String> {
        let explicit =
            request.envFiles.isEmpty
            ? (request.environment["COMPOSE_ENV_FILES"] ?? "").split(separator: ",").map(String.init)
            : request.envFiles
        var paths = explicit.map {
            FilePath.absolute($0, in: request.currentDirectory, home: request.environment["HOME"])
        }
        if paths.isEmpty, !["1", "true"].contains(request.environment["COMPOSE_DISABLE_ENV_FILE"] ?? "") {
            let path = FilePath.clean(directory + "/.env")
            if FileBytes.exists(path), !FileBytes.isDirectory(path) { paths = [path] }
        }
        var fromFiles: [String: String] = [:]
        for path in paths where !alreadyRead.contains(path) {
            let known = environment.merging(fromFiles) { shell, _ in shell }
            let name = FilePath.shown(path, from: request.currentDirectory)
            let file = EnvironmentFile(path: path, name: name)
            for entry in file.read(lookup: { known[$0] }, &findings) {
                if let value = entry.value { fromFiles[entry.name] = value }
            }
        }
        environment.merge(fromFiles) { shell, _ in shell }
        return alreadyRead.union(paths)
    }
}
