import Diagnostics
import OCI

/// Dockerfile × what the build is given × images → the program of a build.
public struct BuildPlanner {
    let file: Dockerfile
    let options: BuildOptions
    let images: [BaseImage: KnownImage]
    var report: CheckReport
    let arguments: GlobalArguments
    var states: [StageState] = []
    let target: Int
    let expander: WordExpander

    /// - Parameter images: what is known so far. The planner says what it misses.
    public static func plan(
        _ file: Dockerfile, _ options: BuildOptions, images: [BaseImage: KnownImage]
    ) throws(DockerfileError) -> PlanningResult {
        var planner = try BuildPlanner(file, options, images)
        return try planner.plan()
    }

    private init(
        _ file: Dockerfile, _ options: BuildOptions, _ images: [BaseImage: KnownImage]
    ) throws(DockerfileError) {
        self.file = file
        self.options = options
        self.images = images
        let check = options.arguments["BUILDKIT_DOCKERFILE_CHECK"] ?? file.directives.check ?? ""
        report = CheckReport(try CheckOptions(check))
        expander = WordExpander(escape: file.directives.escape)
        target = try Self.target(options.target, in: file)
        let name = file.stages[target].from.name ?? ""
        arguments = try GlobalArguments(file, options, targetName: name, given: options.arguments)
        report.check(file)
        try checkDefaults(name)
    }

    private static func target(_ name: String?, in file: Dockerfile) throws(DockerfileError) -> Int {
        guard let name, !name.isEmpty else { return file.stages.count - 1 }
        if let place = file.stages.lastIndex(where: { $0.from.name == name.lowercased() }) { return place }
        if let number = Int(name), file.stages.indices.contains(number) { return number }
        throw DockerfileError(
            "target stage \"\(name)\" could not be found",
            suggestion: Suggestion.clause(for: name, in: file.stages.compactMap(\.from.name)))
    }

    /// Bases have to be images even if nothing is given.
    private mutating func checkDefaults(_ targetName: String) throws(DockerfileError) {
        // `try?`: the same fault shows again where it counts.
        guard let defaults = try? GlobalArguments(file, options, targetName: targetName, given: nil) else { return }
        for stage in file.stages {
            guard stage.from.base.contains("$") else { continue }
            guard let name = try? expander.expand(stage.from.base, { defaults.variables[$0] }) else { return }
            guard name != "scratch", Reference(name) == nil else { continue }
            report.add(
                .invalidDefaultArgInFrom,
                "Default value for ARG \(stage.from.base) results in empty or invalid base image name",
                stage.opening)
        }
    }

    private mutating func plan() throws(DockerfileError) -> PlanningResult {
        for place in file.stages.indices { states.append(try opened(file.stages[place], at: place)) }
        for place in states.indices {
            for instruction in states[place].stage.instructions {
                states[place].commands.append(try command(instruction, in: place))
            }
        }
        while true {
            try checkOrder()
            let needed = needed()
            let missing = needed.flatMap { states[$0].images }.filter { images[$0] == nil }
            guard missing.isEmpty else { return .needs(missing.uniqued()) }
            guard try addTriggers(to: needed) else { return .program(try program(of: needed)) }
        }
    }

    // MARK: Stages

    private mutating func opened(_ stage: Stage, at place: Int) throws(DockerfileError) -> StageState {
        let known = arguments.variables
        let base = try Dockerfiles.place(stage.opening.lines) { () throws(DockerfileError) in
            try expander.result(stage.from.base) { known[$0] }
        }
        reportUndeclared(base.missing, stage)
        guard !base.text.isEmpty else {
            throw DockerfileError(
                "base name (\(stage.from.base)) should not be blank", lines: stage.opening.lines)
        }
        let platform = try platform(of: stage)
        var origin = origin(base.text, platform, before: place)
        if let name = stage.from.name, let context = options.contexts[name] {
            origin = self.origin(context, name, platform)
        }
        return StageState(stage: stage, origin: origin, baseName: base.text, platform: platform)
    }

    private func origin(_ name: String, _ platform: Platform?, before place: Int) -> StageState.Origin {
        if let stage = file.stages[..<place].lastIndex(where: { $0.from.name == name }) { return .stage(stage) }
        if name == "scratch" { return .scratch }
        if let context = namedContext(name) { return origin(context, name, platform) }
        return .image(BaseImage(reference: name, platform: platform ?? options.platform))
    }

    private func origin(_ context: NamedContext, _ name: String, _ platform: Platform?) -> StageState.Origin {
        switch context {
        case .directory: .directory(name)
        case .image(let reference): .image(BaseImage(reference: reference, platform: platform ?? options.platform))
        }
    }

    /// By the name as it is written, or as Docker completes it.
    private func namedContext(_ name: String) -> NamedContext? {
        if let context = options.contexts[name] { return context }
        guard let reference = Reference(name) else { return nil }
        return options.contexts[reference.description] ?? options.contexts[reference.familiar]
    }

    private mutating func platform(of stage: Stage) throws(DockerfileError) -> Platform? {
        guard let text = stage.from.platform else { return nil }
        let known = arguments.variables
        let lines = stage.opening.lines
        let result = try Dockerfiles.place(lines) { () throws(DockerfileError) in
            try expander.result(text) { known[$0] }
        }
        reportUndeclared(result.missing, stage)
        if result.found == ["TARGETPLATFORM"], result.missing.isEmpty, result.text == known["TARGETPLATFORM"] {
            report.add(
                .redundantTargetPlatform,
                "Setting platform to predefined \(text) in FROM is redundant as this is the default behavior",
                stage.opening)
        }
        guard !result.text.isEmpty else {
            throw DockerfileError("empty platform value from expression \(text)", lines: lines)
        }
        guard let platform = Platform(result.text) else {
            throw DockerfileError(
                "failed to parse platform \(text)", suggestion: "write OS/ARCHITECTURE, such as linux/arm64",
                lines: lines)
        }
        let name = stage.from.name ?? ""
        let isConstant = result.found.isEmpty && result.missing.isEmpty
        if isConstant && !name.contains(platform.os) && !name.contains(platform.architecture) {
            report.add(
                .fromPlatformFlagConstDisallowed,
                "FROM --platform flag should not use constant value \"\(result.text)\"", stage.opening)
        }
        return platform
    }

    private mutating func reportUndeclared(_ names: Set<String>, _ stage: Stage) {
        let known = arguments.declared.union(arguments.variables.names)
        for name in names.subtracting(known).sorted() {
            let near = Suggestion.nearest(to: name, in: known.sorted()).map { " (did you mean \($0)?)" } ?? ""
            report.add(.undefinedArgInFrom, "FROM argument '\(name)' is not declared\(near)", stage.opening)
        }
    }

    // MARK: Instructions

    private func command(
        _ instruction: Instruction, in place: Int, isTrigger: Bool = false
    ) throws(DockerfileError) -> StageState.Command {
        var command = StageState.Command(instruction: instruction, isTrigger: isTrigger)
        switch instruction.kind {
        case .copy(let copy):
            guard let from = copy.from else { break }
            command.sources = [try source(from, copyingIn: place, instruction.lines)]
        case .run(let run):
            command.sources = run.mounts.map { RunMount.source(of: $0).map(mounted) ?? .nothing }
        default: break
        }
        return command
    }

    private func source(
        _ name: String, copyingIn place: Int, _ lines: ClosedRange<Int>
    ) throws(DockerfileError) -> FileSource {
        let expanded = try Dockerfiles.place(lines) { () throws(DockerfileError) in
            try expander.expand(name) { _ in nil }
        }
        guard expanded == name else {
            throw DockerfileError(
                "variable expansion is not supported for --from",
                suggestion: "define a new stage with FROM using ARG from global scope as a workaround", lines: lines)
        }
        guard let number = Int(name) else { return mounted(name) }
        guard states.indices.contains(number) else {
            throw DockerfileError("invalid stage index \(number)", lines: lines)
        }
        return .stage(number)
    }

    /// What a name stands for where files are read.
    private func mounted(_ name: String) -> FileSource {
        if let place = file.stages.lastIndex(where: { $0.from.name == name.lowercased() }) { return .stage(place) }
        if name == "scratch" { return .nothing }
        switch namedContext(name) {
        case .directory?: return .context(name)
        case .image(let reference)?: return .image(BaseImage(reference: reference, platform: options.platform))
        case nil: return .image(BaseImage(reference: name, platform: options.platform))
        }
    }

    // MARK: The graph

    /// Stages come before those that use them.
    private func checkOrder() throws(DockerfileError) {
        for (place, state) in states.enumerated() {
            for command in state.commands {
                for case .stage(let source) in command.sources where source >= place {
                    let name = states[source].stage.from.name ?? "\(source)"
                    let problem =
                        source == place || reaches(source, place)
                        ? "circular dependency detected on stage: \(name)"
                        : "cannot copy from stage \"\(name)\", it needs to be defined before current stage"
                    throw DockerfileError(problem, lines: command.instruction.lines)
                }
            }
        }
    }

    private func reaches(_ start: Int, _ end: Int) -> Bool { reachable(from: start).contains(end) }

    private func reachable(from start: Int) -> Set<Int> {
        var seen: Set<Int> = []
        var waiting = [start]
        while let place = waiting.popLast() {
            if seen.insert(place).inserted { waiting += states[place].dependencies }
        }
        return seen
    }

    private func needed() -> [Int] { reachable(from: target).sorted() }

    /// What the bases want to be done first; `true` if there was something.
    private mutating func addTriggers(to needed: [Int]) throws(DockerfileError) -> Bool {
        var added = false
        for place in needed where !states[place].hasTriggers {
            states[place].hasTriggers = true
            let triggers = triggers(of: states[place].origin)
            guard !triggers.isEmpty else { continue }
            added = true
            let lines = states[place].stage.opening.lines
            var commands: [StageState.Command] = []
            for trigger in triggers {
                try commands.append(
                    Dockerfiles.place(lines) { () throws(DockerfileError) in
                        try command(Self.instruction(trigger, lines), in: place, isTrigger: true)
                    })
            }
            states[place].commands.insert(contentsOf: commands, at: 0)
        }
        return added
    }

    private func triggers(of origin: StageState.Origin) -> [String] {
        switch origin {
        case .image(let image): return images[image]?.configuration.config.onBuild ?? []
        case .stage(let place):
            return states[place].stage.instructions.compactMap { instruction in
                if case .onbuild(let trigger) = instruction.kind { trigger } else { nil }
            }
        case .scratch, .directory: return []
        }
    }

    private static func instruction(_ trigger: String, _ lines: ClosedRange<Int>) throws(DockerfileError) -> Instruction
    {
        let statements = try DockerfileText(trigger).statements
        guard statements.count == 1, let statement = statements.first else {
            throw DockerfileError("onbuild trigger should be a single expression")
        }
        var instruction = try InstructionReader.read(statement)
        instruction.lines = lines
        return instruction
    }
}

extension Array where Element: Hashable {
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
