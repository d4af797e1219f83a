import OCI

// The graph → the program.
extension BuildPlanner {
    mutating func program(of needed: [Int]) throws(DockerfileError) -> BuildProgram {
        var program = BuildProgram(epoch: try epoch())
        var writers: [Int: StageWriter] = [:]
        let newPlaces = Dictionary(uniqueKeysWithValues: needed.enumerated().map { ($1, $0) })
        for place in needed {
            var writer = try StageWriter(
                states[place], at: place, planner: self, report: report, base: base(of: place, writers),
                places: newPlaces)
            for command in states[place].commands {
                let lines = command.instruction.lines
                try Dockerfiles.place(lines) { () throws(DockerfileError) in try writer.write(command) }
            }
            report = writer.report
            program.stages.append(writer.stage)
            writers[place] = writer
        }
        program.target = newPlaces[target] ?? 0
        program.stages[program.target].configuration.config.labels.merge(options.labels) { _, new in new }
        program.warnings = report.warnings
        program.isStrict = report.options.isStrict && !report.warnings.isEmpty
        return program
    }

    private func base(of place: Int, _ writers: [Int: StageWriter]) -> StageWriter? {
        if case .stage(let base) = states[place].origin { writers[base] } else { nil }
    }

    private func epoch() throws(DockerfileError) -> Int64? {
        guard let text = options.arguments["SOURCE_DATE_EPOCH"] ?? arguments.variables["SOURCE_DATE_EPOCH"],
            !text.isEmpty
        else { return nil }
        guard let seconds = Int64(text), seconds >= 0 else {
            throw DockerfileError(
                "invalid SOURCE_DATE_EPOCH: \(text)", suggestion: "write seconds since 1970, such as 1700000000")
        }
        return seconds
    }
}
