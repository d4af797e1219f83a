import Testing

@testable import StackFile

/// Files and an environment, to be loaded by Roost, and by Docker Compose beside it.
struct ComposeCase: Sendable, CustomTestStringConvertible {
    /// The row of the parity table that counts it; ``topic(_:_:)`` gives it to a whole group.
    var topic = "other"
    var name: String
    /// `compose.yaml` and whatever else it needs. A name that begins with `../` stands beside the project's directory.
    var files: [String: String]
    var environment: [String: String]
    /// `-f`; empty: the default search.
    var order: [String] = []
    var profiles: [String] = []
    /// `--env-file`.
    var envFiles: [String] = []
    /// `-p`.
    var projectName: String?
    /// `--project-directory`.
    var projectDirectory: String?
    /// Where both programs start, below the project's directory.
    var directory = ""
    /// What both read from the standard input.
    var standardInput: String?
    /// Flags and services after `config`: `--no-interpolate`.
    var flags: [String] = []
    /// Why Roost's answer is right where it isn't Docker's: the case is then a reasoned exception.
    var exception: String?

    /// `text` is a whole compose.yaml.
    init(
        _ name: String, _ text: String? = nil, files: [String: String] = [:], environment: [String: String] = [:],
        order: [String] = [], profiles: [String] = [], envFiles: [String] = [], projectName: String? = nil,
        projectDirectory: String? = nil, directory: String = "", standardInput: String? = nil, flags: [String] = [],
        exception: String? = nil
    ) {
        self.name = name
        self.files = files
        self.files["compose.yaml"] = text
        self.environment = environment
        self.order = order
        self.profiles = profiles
        self.envFiles = envFiles
        self.projectName = projectName
        self.projectDirectory = projectDirectory
        self.directory = directory
        self.standardInput = standardInput
        self.flags = flags
        self.exception = exception
    }

    /// The same cases as one row of the parity table.
    static func topic(_ name: String, _ cases: [ComposeCase]) -> [ComposeCase] {
        cases.map { example in
            var example = example
            example.topic = name
            return example
        }
    }

    /// The same case, which counts as a reasoned exception.
    func except(_ reason: String) -> ComposeCase {
        var example = self
        example.exception = reason
        return example
    }

    /// One service `a` with these attributes.
    static func service(
        _ name: String, _ attributes: String, files: [String: String] = [:], environment: [String: String] = [:]
    ) -> ComposeCase {
        let indented = attributes.split(separator: "\n", omittingEmptySubsequences: false)
            .map { "    " + $0 }.joined(separator: "\n")
        return ComposeCase(
            name, "services:\n  a:\n    image: busybox\n" + indented + "\n", files: files, environment: environment)
    }

    var testDescription: String { name }

    /// What is wrong may stand in no file: on the command line, in the environment, or in a file that isn't there.
    var isPlaceless: Bool {
        !arguments.isEmpty || !flags.isEmpty || environment.keys.contains { $0.hasPrefix("COMPOSE_") }
            || !files.keys.contains("compose.yaml") || !(files["compose.yaml"] ?? "").contains(":")
    }

    func request(in directory: String) -> LoadRequest {
        var request = LoadRequest(
            environment: ReferenceCompose.shell.merging(environment) { $1 }, currentDirectory: directory)
        request.files = order
        request.profiles = profiles
        request.envFiles = envFiles
        request.projectName = projectName
        request.projectDirectory = projectDirectory
        request.standardInput = standardInput.map { Array($0.utf8) }
        request.selectsServices = true
        for flag in flags { Self.apply(flag, to: &request) }
        return request
    }

    private static func apply(_ flag: String, to request: inout LoadRequest) {
        switch flag {
        case "--no-interpolate": request.interpolates = false
        case "--no-normalize": request.normalizes = false
        case "--no-path-resolution": request.resolvesPaths = false
        case "--no-consistency": request.checksConsistency = false
        case "--no-env-resolution": request.resolvesEnvironment = false
        default: request.services.append(flag)
        }
    }

    var arguments: [String] {
        var words = order.flatMap { ["-f", $0] } + profiles.flatMap { ["--profile", $0] }
        words += envFiles.flatMap { ["--env-file", $0] }
        if let projectName { words += ["-p", projectName] }
        if let projectDirectory { words += ["--project-directory", projectDirectory] }
        return words
    }
}

extension Node {
    /// Equal as JSON values: order of keys aside, 1 and 1.0 alike.
    static func sameValue(_ left: Node, _ right: Node) -> Bool {
        switch (left.value, right.value) {
        case (.null, .null): true
        case (.boolean(let one), .boolean(let other)): one == other
        case (.string(let one), .string(let other)): one == other
        case (.list(let one), .list(let other)):
            one.count == other.count && zip(one, other).allSatisfy { sameValue($0, $1) }
        case (.map(let one), .map(let other)):
            one.count == other.count
                && one.keys.allSatisfy { key in
                    guard let first = one[key], let second = other[key] else { return false }
                    return sameValue(first, second)
                }
        default:
            if let one = left.number, let other = right.number { one == other } else { false }
        }
    }

    /// Where the two differ, for a message.
    static func differences(_ left: Node, _ right: Node, _ path: Path = Path()) -> [String] {
        if case .map(let one) = left.value, case .map(let other) = right.value {
            return Set(one.keys + other.keys).sorted().flatMap { key -> [String] in
                guard let first = one[key] else { return ["\(path.key(key)): only Docker has it"] }
                guard let second = other[key] else { return ["\(path.key(key)): only Roost has it"] }
                return differences(first, second, path.key(key))
            }
        }
        if sameValue(left, right) { return [] }
        let writer = JSONWriter(isIndented: false)
        return ["\(path): Roost \(writer.text(of: left)), Docker \(writer.text(of: right))"]
    }
}
