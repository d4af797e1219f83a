// What can be told from the file alone.
extension CheckReport {
    mutating func check(_ file: Dockerfile) {
        for line in file.emptyContinuations { add(.noEmptyContinuation, "Empty continuation line", line...line) }
        checkStages(file.stages)
        checkCasing(file)
        for instruction in file.arguments { checkDescription(of: instruction) }
        for stage in file.stages {
            for instruction in stage.instructions {
                checkDescription(of: instruction)
                if case .maintainer = instruction.kind {
                    add(
                        .maintainerDeprecated, "Maintainer instruction is deprecated in favor of using label",
                        instruction)
                }
            }
        }
    }

    private mutating func checkStages(_ stages: [Stage]) {
        var names: Set<String> = []
        for stage in stages {
            checkSpelling(of: stage)
            guard let name = stage.from.name else { continue }
            if name == "context" || name == "scratch" {
                add(
                    .reservedStageName, "Stage name should not use the same name as reserved stage \"\(name)\"",
                    stage.opening)
            }
            if !names.insert(name).inserted {
                add(
                    .duplicateStageName, "Duplicate stage name \"\(name)\", stage names should be unique",
                    stage.opening)
            }
            checkDescription("FROM", of: [name], stage.opening)
        }
    }

    private mutating func checkSpelling(of stage: Stage) {
        guard stage.from.spelling.count == 2 else { return }
        let (word, name) = (stage.from.spelling[0], stage.from.spelling[1])
        if name != name.lowercased() {
            add(.stageNameCasing, "Stage name '\(name)' should be lowercase", stage.opening)
        }
        let keyword = stage.opening.keyword
        guard keyword == keyword.lowercased() || keyword == keyword.uppercased() else { return }
        let expected = keyword == keyword.lowercased() ? word.lowercased() : word.uppercased()
        if word != expected {
            add(.fromAsCasing, "'\(word)' and '\(keyword)' keywords' casing do not match", stage.opening)
        }
    }

    private mutating func checkCasing(_ file: Dockerfile) {
        let instructions = file.stages.flatMap { [$0.opening] + $0.instructions }
        let lower = instructions.filter { $0.keyword == $0.keyword.lowercased() }.count
        let upper = instructions.filter { $0.keyword == $0.keyword.uppercased() }.count
        for instruction in instructions {
            let keyword = instruction.keyword
            let expected = lower > upper ? keyword.lowercased() : keyword.uppercased()
            guard keyword != expected else { continue }
            let casing = lower > upper ? "lowercase" : "uppercase"
            add(
                .consistentInstructionCasing,
                "Command '\(keyword)' should match the case of the command majority (\(casing))", instruction.lines)
        }
    }

    private mutating func checkDescription(of instruction: Instruction) {
        guard case .arg(let arguments) = instruction.kind else { return }
        checkDescription("ARG", of: arguments.map(\.name), instruction)
    }

    private mutating func checkDescription(_ keyword: String, of names: [String], _ instruction: Instruction) {
        guard let comment = instruction.comments.last, let first = names.first else { return }
        let word = comment.split(separator: " ", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard !names.contains(word) else { return }
        let example = names.count > 1 ? "<arg_key>" : first
        add(
            .invalidDefinitionDescription,
            "Comment for \(keyword) should follow the format: `# \(example) <description>`", instruction)
    }
}
