/// A Dockerfile: the arguments before its first stage, and its stages.
public struct Dockerfile: Equatable, Sendable {
    public var directives = Directives()
    public var arguments: [Instruction] = []
    public var stages: [Stage] = []
    var emptyContinuations: [Int] = []

    /// - Throws: the first error, with its place.
    public init(_ bytes: [UInt8]) throws(DockerfileError) {
        let text = try DockerfileText(bytes)
        directives = text.directives
        emptyContinuations = text.emptyContinuations
        try checkFrontend()
        for statement in text.statements {
            let instruction = try InstructionReader.read(statement)
            switch instruction.kind {
            case .from(let from): stages.append(Stage(from: from, opening: instruction))
            case .arg where stages.isEmpty: arguments.append(instruction)
            case _ where stages.isEmpty:
                throw DockerfileError(
                    "no build stage in current context", suggestion: "a Dockerfile begins with FROM",
                    lines: statement.lines)
            default: stages[stages.count - 1].instructions.append(instruction)
            }
        }
        guard !stages.isEmpty else { throw DockerfileError("dockerfile contains no stages to build") }
    }

    public init(_ text: String) throws(DockerfileError) { try self.init(Array(text.utf8)) }

    /// Roost has the frontend of `docker/dockerfile` inside; others are programs that it doesn't run.
    private func checkFrontend() throws(DockerfileError) {
        guard let syntax = directives.syntax else { return }
        let repository = String(syntax.splitAtBlanks.first.prefix { $0 != "@" && $0 != ":" })
        let builtIn: Set<String> = [
            "docker/dockerfile", "docker.io/docker/dockerfile", "docker/dockerfile-upstream",
            "docker.io/docker/dockerfile-upstream", "docker/dockerfile-experimental",
        ]
        guard !builtIn.contains(repository) else { return }
        throw DockerfileError(
            "the frontend \(syntax) is not supported", suggestion: "only docker/dockerfile is, which is built in",
            lines: 1...1)
    }
}

/// What stands between one `FROM` and the next.
public struct Stage: Equatable, Sendable {
    public var from: From
    /// The `FROM` itself.
    public var opening: Instruction
    public var instructions: [Instruction] = []
}
