import Diagnostics

/// Statement → instruction.
struct InstructionReader {
    let statement: Statement
    private let name: String
    private var flags: Flags

    static func read(_ statement: Statement) throws(DockerfileError) -> Instruction {
        try place(statement.lines) { () throws(DockerfileError) in
            var reader = try InstructionReader(statement)
            let kind = try reader.kind()
            // As in BuildKit, these two don't look at theirs.
            if !["ARG", "STOPSIGNAL"].contains(reader.name) { try reader.flags.finish() }
            return Instruction(
                kind: kind, keyword: statement.keyword, source: statement.source.trimmed, lines: statement.lines,
                comments: statement.comments)
        }
    }

    static let names = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ]

    private init(_ statement: Statement) throws(DockerfileError) {
        self.statement = statement
        name = statement.keyword.uppercased()
        flags = try Flags(statement.flags)
    }

    private mutating func kind() throws(DockerfileError) -> Instruction.Kind {
        switch name {
        case "FROM": return .from(try from())
        case "ARG": return .arg(try arguments())
        case "ENV": return .env(try assignments())
        case "LABEL": return .label(try assignments())
        case "RUN": return .run(try run())
        case "COPY": return .copy(try copy())
        case "ADD": return .add(try copy())
        case "CMD": return .command(commandLine)
        case "ENTRYPOINT": return .entrypoint(commandLine)
        case "SHELL": return .shell(try shell())
        case "WORKDIR": return .workdir(try only())
        case "USER": return .user(try only())
        case "VOLUME": return .volume(try volumes())
        case "EXPOSE": return .expose(try some().sorted(by: Self.isBefore))
        case "STOPSIGNAL": return .stopSignal(try only())
        case "HEALTHCHECK": return .healthcheck(try HealthCheckReader(statement).read(&flags))
        case "ONBUILD": return .onbuild(try trigger())
        case "MAINTAINER": return .maintainer(try only())
        default:
            throw DockerfileError(
                "unknown instruction: \(statement.keyword)", suggestion: Suggestion.clause(for: name, in: Self.names))
        }
    }

    /// By bytes, as nothing else sorts them.
    private static func isBefore(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private func only() throws(DockerfileError) -> String {
        guard statement.arguments.count == 1 else {
            throw DockerfileError("\(name) requires exactly one argument")
        }
        return statement.arguments[0]
    }

    private func some() throws(DockerfileError) -> [String] {
        guard !statement.arguments.isEmpty else {
            throw DockerfileError("\(name) requires at least one argument")
        }
        return statement.arguments
    }

    private var commandLine: CommandLine {
        CommandLine(words: statement.arguments, isForShell: !statement.isArray)
    }

    private mutating func from() throws(DockerfileError) -> From {
        let words = statement.arguments
        guard words.count == 1 || words.count == 3 && words[1].lowercased() == "as" else {
            throw DockerfileError("FROM requires either one or three arguments")
        }
        var result = From(base: words[0], platform: try flags.string("platform"), spelling: Array(words.dropFirst()))
        guard let name = words.dropFirst(2).first else { return result }
        result.name = name.lowercased()
        let others = name.lowercased().utf8.dropFirst()
        guard let first = name.lowercased().utf8.first, (0x61...0x7A).contains(first),
            others.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "-_.".utf8.contains($0) })
        else {
            throw DockerfileError(
                "invalid name for build stage: \"\(name)\", name can't start with a number or contain symbols")
        }
        return result
    }

    private func arguments() throws(DockerfileError) -> [BuildArgument] {
        var result: [BuildArgument] = []
        for word in try some() {
            let (name, value) = word.cut("=").map { ($0.before, Optional($0.behind)) } ?? (word, nil)
            guard !name.isEmpty else { throw DockerfileError("ARG names can not be blank") }
            result.append(BuildArgument(name: name, value: value))
        }
        return result
    }

    private func assignments() throws(DockerfileError) -> [Assignment] {
        let words = try some()
        var result: [Assignment] = []
        for start in stride(from: 0, to: words.count - 2, by: 3) {
            guard !words[start].isEmpty else { throw DockerfileError("\(name) names can not be blank") }
            result.append(
                Assignment(name: words[start], value: words[start + 1], isLegacy: words[start + 2].isEmpty))
        }
        return result
    }

    private mutating func run() throws(DockerfileError) -> Run {
        if try !flags.strings("device").isEmpty {
            throw DockerfileError(
                "RUN --device is not supported", suggestion: "a build on this host has no devices of its own")
        }
        let mounts = try flags.strings("mount")
        let network = try flags.string("network") ?? "default"
        let security = try flags.string("security") ?? "sandbox"
        guard let network = Run.Network(rawValue: network.lowercased()) else {
            throw DockerfileError("invalid network mode \"\(network)\"", suggestion: "it is default, none or host")
        }
        guard let security = Run.Security(rawValue: security.lowercased()) else {
            throw DockerfileError("security \"\(security)\" is not valid", suggestion: "it is sandbox or insecure")
        }
        for mount in mounts { try RunMount.check(mount) }
        return Run(
            command: commandLine, heredocs: statement.heredocs, mounts: mounts, network: network, security: security,
            flags: statement.flags.map { String(($0.cut("=")?.before ?? $0).dropFirst(2)) })
    }

    private mutating func copy() throws(DockerfileError) -> Copy {
        let words = statement.arguments
        guard words.count > 1, let destination = words.last else {
            throw DockerfileError(
                "\(name) requires at least two arguments, but only one was provided. Destination could not be determined"
            )
        }
        guard try Heredoc(destination) == nil else {
            throw DockerfileError("\(name) cannot accept a heredoc as a destination")
        }
        var result = Copy(sources: [], destination: destination)
        for word in words.dropLast() {
            // A word that only looks like one, because of its quotes, is a path.
            guard let announced = try? Heredoc(word) else {
                result.sources.append(word)
                continue
            }
            var heredoc = announced
            heredoc.content = statement.heredocs.last { $0.name == announced.name }?.content ?? ""
            result.inlineFiles.append(heredoc)
        }
        try readFlags(of: &result)
        return result
    }

    private mutating func readFlags(of copy: inout Copy) throws(DockerfileError) {
        copy.owner = try flags.string("chown")
        copy.mode = try flags.string("chmod")
        copy.isLinked = try flags.bool("link") ?? false
        copy.excludes = try flags.strings("exclude")
        if name == "COPY" {
            copy.from = try flags.string("from")
            copy.keepsParents = try flags.bool("parents") ?? false
        } else {
            copy.keepsGitDirectory = try flags.bool("keep-git-dir")
            copy.checksum = try flags.string("checksum")
            copy.unpacks = try flags.bool("unpack")
        }
    }

    private func shell() throws(DockerfileError) -> [String] {
        let words = try some()
        guard statement.isArray else {
            throw DockerfileError(
                "SHELL requires the arguments to be in JSON form", suggestion: "write [\"/bin/bash\", \"-c\"]")
        }
        return words
    }

    private func volumes() throws(DockerfileError) -> [String] {
        let volumes = try some().map(\.trimmed)
        guard !volumes.contains("") else { throw DockerfileError("VOLUME specified can not be an empty string") }
        return volumes
    }

    private func trigger() throws(DockerfileError) -> String {
        guard let trigger = statement.trigger.first else {
            throw DockerfileError("ONBUILD requires at least one argument")
        }
        let name = trigger.keyword.uppercased()
        guard name != "ONBUILD" else {
            throw DockerfileError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
        }
        guard name != "MAINTAINER", name != "FROM" else {
            throw DockerfileError("\(name) isn't allowed as an ONBUILD trigger")
        }
        let text = statement.source.trimmedStart.dropFirst("ONBUILD".count)
        return statement.heredocs.reduce(String(text).trimmedStart) { "\($0)\n\($1.content)\($1.name)" }
    }
}
