import Diagnostics
import OCI

/// Writes one stage's program, instruction by instruction.
struct StageWriter {
    let options: BuildOptions
    let globals: GlobalArguments
    let expander: WordExpander
    let places: [Int: Int]
    var report: CheckReport
    var stage: StageProgram
    /// What a process would have: `ENV` and `ARG`.
    var variables: Variables
    var arguments: [BuildArgument]
    var workingDirectory: String
    /// The file itself has said where.
    var hasWorkingDirectory: Bool
    var total: Int
    private var written = 0
    private var hasCommand: Instruction?
    private var hasEntrypoint: Instruction?
    private var hasHealthcheck: Instruction?

    static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    init(
        _ state: StageState, at place: Int, planner: BuildPlanner, report: CheckReport, base: StageWriter?,
        places: [Int: Int]
    ) throws(DockerfileError) {
        options = planner.options
        globals = planner.arguments
        expander = planner.expander
        self.places = places
        self.report = report
        let platform = base?.stage.platform ?? state.platform ?? options.platform
        let (start, configuration) = Self.beginning(state, planner, base, platform ?? options.host, places)
        let name = planner.file.stages.count == 1 ? "" : state.stage.from.name ?? "stage-\(place)"
        stage = StageProgram(
            name: name, base: start, title: "", lines: state.stage.opening.lines,
            platform: platform ?? configuration.platform ?? options.host, configuration: configuration)
        stage.ignoresCache = options.uncached.contains("*") || options.uncached.contains(name)
        if !stage.configuration.config.environment.contains(where: { $0.hasPrefix("PATH=") }) {
            stage.configuration.config.environment.append(Self.path)
        }
        variables = base?.variables ?? Variables(stage.configuration.config.environment)
        arguments = base?.arguments ?? []
        workingDirectory = CleanPath.rooted(stage.configuration.config.workingDirectory)
        hasWorkingDirectory = base?.hasWorkingDirectory ?? false
        let isImage = if case .image = start { true } else { false }
        total = state.commands.filter { Self.isStep($0.instruction) }.count + (isImage ? 1 : 0)
        if case .image(let image) = start {
            stage.title = title("FROM " + (Reference(image.reference)?.description ?? image.reference))
            checkPlatform(image, state, planner)
        }
    }

    private static func beginning(
        _ state: StageState, _ planner: BuildPlanner, _ base: StageWriter?, _ platform: Platform,
        _ places: [Int: Int]
    ) -> (Base, ImageConfiguration) {
        var configuration = ImageConfiguration(
            platform: platform, config: ContainerDefaults(environment: [path], workingDirectory: "/"))
        switch state.origin {
        case .scratch: return (.scratch, configuration)
        case .directory(let name): return (.directory(name), configuration)
        case .stage(let place):
            configuration = base?.stage.configuration ?? configuration
            configuration.config.onBuild = nil
            return (.stage(places[place] ?? 0), configuration)
        case .image(let image):
            var known = image
            if let found = planner.images[image] {
                known.id = found.id
                configuration = found.configuration
                configuration.created = nil
                configuration.config.onBuild = nil
            }
            return (.image(known), configuration)
        }
    }

    private mutating func checkPlatform(_ image: BaseImage, _ state: StageState, _ planner: BuildPlanner) {
        guard let wanted = state.platform ?? options.platform,
            let actual = stage.configuration.platform,
            wanted.os != actual.os || wanted.architecture != actual.architecture
        else { return }
        report.add(
            .invalidBaseImagePlatform,
            "Base image \(state.baseName) was pulled with platform \"\(actual)\", expected \"\(wanted)\" for current build",
            state.stage.opening)
    }

    private static func isStep(_ instruction: Instruction) -> Bool {
        switch instruction.kind {
        case .run, .copy, .add, .workdir: true
        default: false
        }
    }

    // MARK: Dispatch

    mutating func write(_ command: StageState.Command) throws(DockerfileError) {
        let instruction = command.instruction
        switch instruction.kind {
        case .from: break
        case .arg(let arguments): try write(arguments, instruction)
        case .env(let assignments): try writeEnvironment(assignments, instruction)
        case .label(let assignments): try writeLabels(assignments, instruction)
        case .run(let run): try write(run, command)
        case .copy(let copy): try write(copy, command, isAdd: false)
        case .add(let copy): try write(copy, command, isAdd: true)
        case .command(let line): writeCommand(line, instruction)
        case .entrypoint(let line): writeEntrypoint(line, instruction)
        case .shell(let words):
            stage.configuration.config.shell = words
            addHistory("SHELL \(plainList(words))")
        case .workdir(let path): try writeDirectory(path, command)
        case .user(let user):
            let user = try expand(user, instruction)
            stage.configuration.config.user = user
            addHistory("USER \(user)")
        case .volume(let paths): try writeVolumes(paths, instruction)
        case .expose(let ports): try writePorts(ports, instruction)
        case .stopSignal(let signal): try writeStopSignal(signal, instruction)
        case .healthcheck(let check): write(check, instruction)
        case .onbuild(let trigger):
            stage.configuration.config.onBuild = (stage.configuration.config.onBuild ?? []) + [trigger]
        case .maintainer(let name):
            stage.configuration.author = name
            addHistory("MAINTAINER \(name)")
        }
    }

    mutating func addHistory(_ text: String, makesLayer: Bool = false) {
        stage.configuration.history.append(
            ImageConfiguration.HistoryEntry(
                createdBy: text, comment: "buildkit.dockerfile.v0", emptyLayer: makesLayer ? nil : true))
    }

    /// Expands a word, and tells of variables that nobody set.
    mutating func expand(_ text: String, _ instruction: Instruction) throws(DockerfileError) -> String {
        try expand(text, expander, instruction)
    }

    mutating func expand(
        _ text: String, _ expander: WordExpander, _ instruction: Instruction
    ) throws(DockerfileError) -> String {
        let known = variables
        let result = try expander.result(text) { known[$0] }
        let declared = Set(arguments.map(\.name))
        for name in result.missing.subtracting(declared).sorted() {
            let near = Suggestion.nearest(to: name, in: variables.names).map { " (did you mean $\($0)?)" } ?? ""
            report.add(.undefinedVar, "Usage of undefined variable '$\(name)'\(near)", instruction)
        }
        return result.text
    }

    /// `[build 2/4] RUN make`.
    mutating func title(_ text: String, isTrigger: Bool = false) -> String {
        guard total > 0 else { return text }
        written += 1
        let width = String(total).count
        let number = String(written)
        let padding = String(repeating: " ", count: max(0, width - number.count))
        let name = stage.name.isEmpty ? "" : stage.name + " "
        return "[\(name)\(padding)\(number)/\(total)] \(isTrigger ? "ONBUILD " : "")\(text)"
    }

    // MARK: What starts

    private func words(of line: CommandLine) -> [String] {
        guard line.isForShell else { return line.words }
        return (stage.configuration.config.shell ?? ["/bin/sh", "-c"]) + [line.words.joined(separator: " ")]
    }

    private mutating func checkForm(_ line: CommandLine, _ instruction: Instruction) {
        guard line.isForShell, stage.configuration.config.shell == nil else { return }
        report.add(
            .jsonArgsRecommended,
            "JSON arguments recommended for \(instruction.keyword) to prevent unintended behavior related to OS signals",
            instruction)
    }

    private mutating func checkOnce(_ earlier: Instruction?, _ instruction: Instruction) {
        guard let earlier else { return }
        report.add(
            .multipleInstructionsDisallowed,
            "Multiple \(instruction.keyword) instructions should not be used in the same stage because only the last one will be used",
            earlier.lines, comments: instruction.comments)
    }

    private mutating func writeCommand(_ line: CommandLine, _ instruction: Instruction) {
        checkOnce(hasCommand, instruction)
        hasCommand = instruction
        checkForm(line, instruction)
        let words = words(of: line)
        stage.configuration.config.command = words
        stage.configuration.config.argumentsEscaped = true
        addHistory("CMD \(quotedList(words))")
    }

    private mutating func writeEntrypoint(_ line: CommandLine, _ instruction: Instruction) {
        checkOnce(hasEntrypoint, instruction)
        hasEntrypoint = instruction
        checkForm(line, instruction)
        let words = words(of: line)
        stage.configuration.config.entrypoint = line.words.isEmpty && !line.isForShell ? nil : words
        // Arguments for another program are none for this one.
        if hasCommand == nil { stage.configuration.config.command = nil }
        addHistory("ENTRYPOINT \(quotedList(words))")
    }

    private mutating func write(_ check: ImageHealthcheck, _ instruction: Instruction) {
        checkOnce(hasHealthcheck, instruction)
        hasHealthcheck = instruction
        stage.configuration.config.healthcheck = check
        func text(_ nanoseconds: Int64?) -> String { GoDuration.text(nanoseconds ?? 0) }
        addHistory(
            "HEALTHCHECK {Test:\(plainList(check.test)) Interval:\(text(check.interval)) Timeout:\(text(check.timeout)) "
                + "StartPeriod:\(text(check.startPeriod)) StartInterval:\(text(check.startInterval)) "
                + "Retries:\(check.retries ?? 0)}")
    }
}
