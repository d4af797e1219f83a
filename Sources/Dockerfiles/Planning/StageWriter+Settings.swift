import OCI

// Instructions that only change the image's configuration.
extension StageWriter {
    mutating func write(_ declared: [BuildArgument], _ instruction: Instruction) throws(DockerfileError) {
        var texts: [String] = []
        for argument in declared {
            checkSecret("ARG", argument.name, instruction)
            var argument = argument
            if let given = options.arguments[argument.name] {
                argument.value = given
            } else if let value = argument.value {
                argument.value = try expand(value, instruction)
            } else {
                argument.value = globals.variables[argument.name]
            }
            if let value = argument.value, !Self.notForProcesses.contains(argument.name) {
                variables[argument.name] = value
            }
            arguments.append(argument)
            texts.append(argument.name + (argument.value.map { "=\($0)" } ?? ""))
        }
        addHistory("ARG " + texts.joined(separator: " "))
    }

    /// These only say what is looked into for a bill of materials.
    private static let notForProcesses: Set = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"]

    private mutating func checkSecret(_ keyword: String, _ name: String, _ instruction: Instruction) {
        guard SecretNames.contains(name) else { return }
        report.add(
            .secretsUsedInArgOrEnv,
            "Do not use ARG or ENV instructions for sensitive data (\(keyword) \"\(name)\")", instruction)
    }

    private mutating func expand(
        _ assignments: [Assignment], _ instruction: Instruction
    ) throws(DockerfileError) -> [Assignment] {
        var result: [Assignment] = []
        for assignment in assignments {
            result.append(
                Assignment(
                    name: try expand(assignment.name, instruction), value: try expand(assignment.value, instruction),
                    isLegacy: assignment.isLegacy))
        }
        if assignments.contains(where: \.isLegacy) {
            let keyword = instruction.keyword
            report.add(
                .legacyKeyValueFormat,
                "\"\(keyword) key=value\" should be used instead of legacy \"\(keyword) key value\" format",
                instruction)
        }
        return result
    }

    mutating func writeEnvironment(
        _ assignments: [Assignment], _ instruction: Instruction
    ) throws(DockerfileError) {
        let assignments = try expand(assignments, instruction)
        for assignment in assignments {
            checkSecret("ENV", assignment.name, instruction)
            variables[assignment.name] = assignment.value
            let entry = "\(assignment.name)=\(assignment.value)"
            let entries = stage.configuration.config.environment
            if let place = entries.firstIndex(where: { ($0.cut("=")?.before ?? $0) == assignment.name }) {
                stage.configuration.config.environment[place] = entry
            } else {
                stage.configuration.config.environment.append(entry)
            }
        }
        addHistory("ENV" + assignments.map { " \($0.name)=\($0.value)" }.joined())
    }

    mutating func writeLabels(_ assignments: [Assignment], _ instruction: Instruction) throws(DockerfileError) {
        let assignments = try expand(assignments, instruction)
        for assignment in assignments { stage.configuration.config.labels[assignment.name] = assignment.value }
        addHistory("LABEL" + assignments.map { " \($0.name)=\($0.value)" }.joined())
    }

    mutating func writeVolumes(_ paths: [String], _ instruction: Instruction) throws(DockerfileError) {
        var volumes: [String] = []
        for path in paths { volumes.append(try expand(path, instruction)) }
        guard !volumes.contains("") else { throw DockerfileError("VOLUME specified can not be an empty string") }
        stage.configuration.config.volumes = Set(stage.configuration.config.volumes + volumes).sorted()
        addHistory("VOLUME \(plainList(volumes))")
    }

    mutating func writeStopSignal(_ signal: String, _ instruction: Instruction) throws(DockerfileError) {
        let signal = try expand(signal, instruction)
        guard KernelNames.signal(signal) != nil else { throw DockerfileError("invalid signal: \(signal)") }
        stage.configuration.config.stopSignal = signal
        addHistory("STOPSIGNAL \(signal)")
    }

    mutating func writePorts(_ texts: [String], _ instruction: Instruction) throws(DockerfileError) {
        var ports: [String] = []
        let known = variables
        for text in texts {
            for word in try expander.words(text, { known[$0] }) {
                let port = try ExposedPort(word)
                if port.protocol != port.protocol.lowercased() {
                    report.add(
                        .exposeProtoCasing, "Defined protocol '\(word)' in EXPOSE instruction should be lowercase",
                        instruction)
                }
                if port.saysHost {
                    report.add(
                        .exposeInvalidFormat,
                        "EXPOSE instruction should not define an IP address or host-port mapping, found '\(word)'",
                        instruction)
                }
                ports += port.ports
            }
        }
        stage.configuration.config.exposedPorts = Set(stage.configuration.config.exposedPorts + ports).sorted()
        addHistory("EXPOSE \(plainList(ports))")
    }
}

/// `[IP:][HOST:]PORT[-PORT][/PROTOCOL]`.
struct ExposedPort {
    var `protocol`: String
    /// `80/tcp` each.
    var ports: [String]
    /// An address or a port of the host stands before it.
    var saysHost: Bool

    init(_ text: String) throws(DockerfileError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let container = parts.last ?? ""
        let (range, name) = container.cut("/") ?? (container, "")
        `protocol` = name.isEmpty ? "tcp" : name
        guard !range.isEmpty else { throw DockerfileError("invalid port: \"\(text)\": no port specified") }
        guard ["tcp", "udp", "sctp"].contains(`protocol`.lowercased()) else {
            throw DockerfileError("invalid port: \"\(text)\": invalid proto: \(name)")
        }
        saysHost = parts.dropLast().contains { !$0.isEmpty }
        guard let numbers = Self.range(range) else { throw DockerfileError("invalid containerPort: \(range)") }
        if let host = parts.dropLast().last, !host.isEmpty {
            guard let hostNumbers = Self.range(host) else { throw DockerfileError("invalid hostPort: \(host)") }
            guard hostNumbers.count == numbers.count || numbers.count == 1 else {
                throw DockerfileError("invalid ranges specified for container and host Ports: \(range) and \(host)")
            }
        }
        let lower = `protocol`.lowercased()
        ports = numbers.map { "\($0)/\(lower)" }
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let (first, last) = text.cut("-") ?? (text, text)
        guard let low = UInt16(first), let high = UInt16(last), low <= high else { return nil }
        return Int(low)...Int(high)
    }
}
