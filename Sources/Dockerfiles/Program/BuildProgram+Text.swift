import OCI

// The program for people, and for keys: a step's text says all that its result depends on, but for what it reads.
extension BuildProgram: CustomStringConvertible {
    public var description: String {
        var lines: [String] = []
        for (place, stage) in stages.enumerated() {
            let name = stage.name.isEmpty ? "" : " \(stage.name)"
            lines.append("stage \(place)\(name)\(place == target ? " (target)" : ""): \(stage.base)")
            for step in stage.steps {
                lines.append("  \(step.title)")
                lines += step.definition().map { "    \($0)" }
            }
            lines += stage.configuration.history.map { "  history: \($0.text)" }
        }
        lines += warnings.map { "warning: \($0.rule.rawValue): \($0.message) (line \($0.lines.lowerBound))" }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ImageConfiguration.HistoryEntry {
    fileprivate var text: String { (emptyLayer ?? false ? "" : "layer ") + quoted(createdBy ?? "") }
}

extension Base: CustomStringConvertible {
    public var description: String {
        switch self {
        case .scratch: "scratch"
        case .image(let image): "image \(image)"
        case .stage(let place): "stage \(place)"
        case .directory(let name): "directory \(name)"
        }
    }
}

extension BaseImage: CustomStringConvertible {
    public var description: String { reference + (platform.map { " \($0)" } ?? "") }
}

extension FileSource: CustomStringConvertible {
    public var description: String {
        switch self {
        case .context(nil): "context"
        case .context(let name?): "context \(name)"
        case .stage(let place): "stage \(place)"
        case .image(let image): "image \(image)"
        case .nothing: "nothing"
        }
    }
}

extension BuildStep {
    /// The step in lines. Two steps on the same files with the same lines, and the same content of what they read, have
    /// the same result.
    ///
    /// - Parameter naming: how sources are called. A stage's number is no part of what a step does.
    public func definition(naming: (FileSource) -> String = \.description) -> [String] {
        switch action {
        case .run(let run): run.definition(naming)
        case .copy(let copy): copy.definition(naming)
        case .makeDirectory(let path, let owner):
            ["directory \(quoted(path))"] + (owner.isEmpty ? [] : ["owner \(quoted(owner))"])
        }
    }

    /// Where the step reads, beside the files that it works on.
    public var sources: [FileSource] {
        switch action {
        case .run(let run): run.mounts.map(\.source)
        case .copy(let copy): [copy.source]
        case .makeDirectory: []
        }
    }
}

extension RunAction {
    func definition(_ naming: (FileSource) -> String) -> [String] {
        var lines = ["run " + arguments.map(quoted).joined(separator: " ")]
        if let script { lines.append("script \(quoted(script.name)) \(quoted(script.content))") }
        lines += environment.map { "environment \(quoted($0))" }
        lines.append("directory \(quoted(workingDirectory))")
        if !user.isEmpty { lines.append("user \(quoted(user))") }
        if network != .default { lines.append("network \(network.rawValue)") }
        if isInsecure { lines.append("insecure") }
        return lines + mounts.map { $0.definition(naming) }
    }
}

extension StepMount {
    func definition(_ naming: (FileSource) -> String) -> String {
        var text = "mount \(options.kind.rawValue) \(quoted(target)) from \(naming(source))"
        if let path = options.source { text += " source=\(quoted(path))" }
        if let id = options.id { text += " id=\(quoted(id))" }
        if let size = options.size { text += " size=\(size)" }
        if let sharing = options.sharing { text += " sharing=\(sharing.rawValue)" }
        if let name = options.environment { text += " env=\(quoted(name))" }
        if let mode = options.mode { text += " mode=" + String(mode, radix: 8) }
        if let uid = options.uid { text += " uid=\(uid)" }
        if let gid = options.gid { text += " gid=\(gid)" }
        return text + (options.isReadOnly ? " ro" : " rw") + (options.isRequired ? " required" : "")
    }
}

extension CopyAction {
    func definition(_ naming: (FileSource) -> String) -> [String] {
        var lines = ["copy from \(naming(source)) to \(quoted(destination))"]
        lines += items.map { item in
            switch item {
            case .path(let path): "path \(quoted(path))"
            case .file(let name, let content): "file \(quoted(name)) \(quoted(content))"
            case .url(let url): "url \(quoted(url))"
            case .repository(let url): "repository \(quoted(url))"
            }
        }
        if let owner { lines.append("owner \(quoted(owner))") }
        if let mode { lines.append("mode \(quoted(mode))") }
        lines += excludes.map { "exclude \(quoted($0))" }
        let flags = [
            ("parents", keepsParents), ("link", isLinked), ("unpack", unpacks), ("keep-git-dir", keepsGitDirectory),
        ]
        lines += flags.filter(\.1).map(\.0)
        if let checksum { lines.append("checksum \(quoted(checksum))") }
        return lines
    }
}
