import OCI

// Instructions that make a layer.
extension StageWriter {
    mutating func writeDirectory(_ path: String, _ command: StageState.Command) throws(DockerfileError) {
        let instruction = command.instruction
        let path = try expand(path, instruction)
        if !hasWorkingDirectory && !path.hasPrefix("/") {
            report.add(
                .workdirRelativePath,
                "Relative workdir \"\(path)\" can have unexpected results if the base image changes", instruction)
        }
        hasWorkingDirectory = true
        workingDirectory = CleanPath.rooted(CleanPath.join(workingDirectory, path))
        stage.configuration.config.workingDirectory = workingDirectory
        let makesLayer = workingDirectory != "/"
        if makesLayer {
            add(
                .makeDirectory(path: workingDirectory, owner: stage.configuration.config.user), command,
                name(of: instruction, expander))
        }
        addHistory("WORKDIR \(workingDirectory)", makesLayer: makesLayer)
    }

    private mutating func add(_ action: BuildStep.Action, _ command: StageState.Command, _ name: String) {
        stage.steps.append(
            BuildStep(
                title: title(name, isTrigger: command.isTrigger), lines: command.instruction.lines, action: action))
    }

    /// The instruction as progress shows it.
    private func name(of instruction: Instruction, _ expander: WordExpander, secrets: [String] = []) -> String {
        let known = variables
        // `try?`: what can't be expanded is shown as it is written.
        let text =
            (try? expander.expand(instruction.source) { secrets.contains($0) ? "****" : known[$0] })
            ?? instruction.source
        let (keyword, rest) = text.cut(" ") ?? (text, "")
        return rest.isEmpty ? keyword.uppercased() : "\(keyword.uppercased()) \(rest)"
    }

    // MARK: RUN

    mutating func write(_ run: Run, _ command: StageState.Command) throws(DockerfileError) {
        let instruction = command.instruction
        let mounts = try mounts(of: run, command)
        var words = run.command.words
        var script: RunAction.Script?
        var summary = ""
        if let first = run.heredocs.first {
            guard words.count == 1, run.command.isForShell else {
                throw DockerfileError("parsing produced an invalid run command: \(words)")
            }
            // A line that only announces text is that text.
            if try Heredoc(words[0]) != nil {
                if first.text.hasPrefix("#!") {
                    script = RunAction.Script(name: first.name, content: first.text)
                    words = ["/dev/pipes/\(first.name)"]
                } else {
                    words = [first.text]
                }
                summary = " (\(Self.summary(of: first.content)))"
            } else {
                words = [run.heredocs.reduce(words[0]) { "\($0)\n\($1.content)\($1.name)" }]
            }
        }
        if run.command.isForShell {
            words = (stage.configuration.config.shell ?? ["/bin/sh", "-c"]) + [words.joined(separator: " ")]
        }
        let shown = WordExpander(escape: expander.escape, keepsQuotes: true, keepsUnset: true)
        let secrets = mounts.filter { $0.options.kind == .secret }.compactMap(\.options.environment)
        let action = RunAction(
            arguments: words, environment: variables.entries, workingDirectory: workingDirectory,
            user: stage.configuration.config.user, mounts: mounts, network: run.network,
            isInsecure: run.security == .insecure, script: script, proxies: proxies)
        add(.run(action), command, name(of: instruction, shown, secrets: secrets) + summary)
        addHistory("RUN \(history(of: words)) # buildkit", makesLayer: true)
    }

    private static func summary(of content: String) -> String {
        let lines = content.trimmed.split(separator: "\n", omittingEmptySubsequences: false)
        let first = (lines.first.map(String.init) ?? "").withoutEnd
        return lines.count > 1 ? first + "..." : first
    }

    /// The arguments that were in force stand before the command.
    private func history(of words: [String]) -> String {
        var names: [String] = []
        for argument in arguments where !names.contains(argument.name) { names.append(argument.name) }
        let values = names.map { name in
            "\(name)=\(variables[name] ?? arguments.last { $0.name == name }?.value ?? "")"
        }
        let count = values.isEmpty ? [] : ["|\(values.count)"]
        return (count + values + words).joined(separator: " ")
    }

    /// Both spellings, as programs look for one or the other.
    private var proxies: [String: String] {
        let names: Set = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"]
        var result: [String: String] = [:]
        for (name, value) in options.arguments.sorted(by: { $0.key < $1.key }) where names.contains(name.lowercased()) {
            result[name.lowercased()] = value
            result[name.uppercased()] = value
        }
        return result
    }

    private mutating func mounts(of run: Run, _ command: StageState.Command) throws(DockerfileError) -> [StepMount] {
        var result: [StepMount] = []
        var agents = 0
        for (place, text) in run.mounts.enumerated() {
            let instruction = command.instruction
            var missing: [String] = []
            let known = variables
            let expander = expander
            let options = try RunMount(text) { (value: String) throws(DockerfileError) -> String in
                let result = try expander.result(value) { known[$0] }
                missing += result.missing
                return result.text
            }
            for name in missing { _ = try expand("$" + name, instruction) }
            let source: FileSource =
                switch options.kind {
                case .bind: options.from == nil ? .context(nil) : moved(command.sources[place])
                case .cache: options.from == nil ? .nothing : moved(command.sources[place])
                case .tmpfs, .secret, .ssh: .nothing
                }
            result.append(StepMount(options: options, source: source, target: try target(of: options, agents: agents)))
            if options.kind == .ssh { agents += 1 }
        }
        return result
    }

    /// - Parameter agents: how many came before.
    private func target(of mount: RunMount, agents: Int) throws(DockerfileError) -> String {
        if mount.kind == .secret && mount.target == nil {
            guard mount.environment == nil else { return "" }
            return "/run/secrets/" + CleanPath.name(mount.source ?? mount.id ?? "")
        }
        if mount.kind == .ssh && mount.target == nil { return "/run/buildkit/ssh_agent.\(agents)" }
        guard let text = mount.target else { throw DockerfileError("invalid mount target \"\"") }
        let target = CleanPath.rooted(CleanPath.join(workingDirectory, text))
        guard target != "/" else { throw DockerfileError("invalid mount target \"/\"") }
        return target
    }

    /// A source by its place in the program.
    private func moved(_ source: FileSource) -> FileSource {
        if case .stage(let place) = source { .stage(places[place] ?? place) } else { source }
    }

    // MARK: COPY and ADD

    mutating func write(_ copy: Copy, _ command: StageState.Command, isAdd: Bool) throws(DockerfileError) {
        let instruction = command.instruction
        var copy = copy
        copy.owner = try expandFlag(copy.owner, instruction)
        copy.mode = try expandFlag(copy.mode, instruction)
        copy.checksum = try expandFlag(copy.checksum, instruction)
        for place in copy.sources.indices { copy.sources[place] = try expand(copy.sources[place], instruction) }
        copy.destination = try expand(copy.destination, instruction)
        if let mode = copy.mode { _ = try FileMode(mode) }
        let source = command.sources.first.map(moved) ?? .context(nil)
        var action = CopyAction(source: source, items: [], destination: destination(of: copy))
        for path in copy.sources {
            action.items.append(try item(path, copy, isAdd: isAdd))
            if case .url? = action.items.last, copy.unpacks == true {
                throw DockerfileError("ADD --unpack of a URL is not supported yet; use RUN to unpack it")
            }
            if source == .context(nil) { checkIgnored(path, isAdd: isAdd, instruction) }
        }
        for file in copy.inlineFiles {
            let raw = WordExpander(ignoresQuotes: true)
            let content = file.expands ? try expand(file.text, raw, instruction) : file.text
            action.items.append(.file(name: file.name, content: content))
        }
        action.owner = copy.owner
        action.mode = copy.mode
        action.excludes = copy.excludes
        action.keepsParents = copy.keepsParents
        action.isLinked = copy.isLinked
        action.unpacks = copy.unpacks ?? isAdd
        action.checksum = copy.checksum
        action.keepsGitDirectory = copy.keepsGitDirectory ?? false
        try checkSum(copy)
        add(.copy(action), command, name(of: instruction, expander))
        addHistory(history(of: copy, isAdd: isAdd) + " # buildkit", makesLayer: true)
    }

    private mutating func expandFlag(_ text: String?, _ instruction: Instruction) throws(DockerfileError) -> String? {
        guard let text else { return nil }
        let value = try expand(text, instruction)
        return value.isEmpty ? nil : value
    }

    /// Absolute, with the slash at its end if it had one.
    private func destination(of copy: Copy) -> String {
        let path = CleanPath.rooted(CleanPath.join(workingDirectory, copy.destination))
        let last = copy.destination.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let isDirectory = last.isEmpty || last == "." || last == ".."
        return isDirectory && path != "/" ? path + "/" : path
    }

    private func item(_ path: String, _ copy: Copy, isAdd: Bool) throws(DockerfileError) -> CopyAction.Item {
        if RemoteSource.isRepository(path) {
            guard isAdd else { throw DockerfileError("source can't be a git ref for COPY") }
            return .repository(path)
        }
        if path.hasPrefix("http://") || path.hasPrefix("https://") {
            guard isAdd else { throw DockerfileError("source can't be a URL for COPY") }
            return .url(path)
        }
        return .path(path)
    }

    private func checkSum(_ copy: Copy) throws(DockerfileError) {
        guard copy.checksum != nil else { return }
        guard copy.sources.count == 1 else {
            throw DockerfileError("checksum can't be specified for multiple sources")
        }
        let source = copy.sources[0]
        guard source.hasPrefix("http://") || source.hasPrefix("https://") || RemoteSource.isRepository(source) else {
            throw DockerfileError("checksum requires HTTP(S) or Git sources")
        }
    }

    private mutating func checkIgnored(_ path: String, isAdd: Bool, _ instruction: Instruction) {
        guard !options.ignoring.isEmpty, !options.ignoring.hasExceptions else { return }
        let cleaned = CleanPath.of(path)
        let everything: Set = ["*", "**", "**/*"]
        if cleaned == "." || cleaned == "/" {
            guard options.ignoring.patterns.contains(where: everything.contains) else { return }
        } else {
            guard options.ignoring.ignores(cleaned) else { return }
        }
        report.add(
            .copyIgnoredFile,
            "Attempting to \(isAdd ? "Add" : "Copy") file \"\(cleaned)\" that is excluded by .dockerignore",
            instruction)
    }

    private func history(of copy: Copy, isAdd: Bool) -> String {
        var text = isAdd ? "ADD" : "COPY"
        if copy.keepsParents { text += " --parents" }
        if let owner = copy.owner { text += " --chown=\(owner)" }
        if let mode = copy.mode { text += " --chmod=\(mode)" }
        for source in copy.sources { text += " \(source)" }
        for file in copy.inlineFiles { text += " <<\(file.name)" }
        return text + " \(copy.destination)"
    }
}

/// Sources of `ADD` that are somewhere else.
enum RemoteSource {
    /// `git://`, `git@host:path`, `ssh://` with a `.git`, or a URL of a `.git`.
    static func isRepository(_ text: String) -> Bool {
        if text.hasPrefix("git://") || text.hasPrefix("git@") { return true }
        guard let (scheme, rest) = text.cut(":"), rest.hasPrefix("//") else { return false }
        guard scheme == "http" || scheme == "https" || scheme == "ssh" else { return false }
        return scheme == "ssh" || rest.prefix { $0 != "#" && $0 != "?" }.hasSuffix(".git")
    }
}
