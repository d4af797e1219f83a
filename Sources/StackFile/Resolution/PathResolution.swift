import OrderedCollections

/// Completes the host's paths in a canonical tree (Compose specification, "Merge", relative paths).
struct PathResolution {
    /// Where relative paths start. It may be relative itself, to what a later resolution knows.
    let directory: String
    let home: String?

    /// A path; nothing stays nothing.
    private func path(_ text: String) -> String {
        text.isEmpty ? "" : FilePath.completed(text, in: directory, home: home)
    }

    /// A path of the host that containers run on, where nothing is the directory itself.
    private func hostPath(_ text: String) -> String {
        FilePath.isWindowsAbsolute(text) ? text : FilePath.completed(text, in: directory, home: home)
    }

    /// A directory or something that only the builder knows.
    private func context(_ text: String) -> String {
        text.contains("://") || text.hasPrefix("service:") || FilePath.isRemote(text) ? text : path(text)
    }

    // MARK: parts of a tree

    /// A whole tree, which an including file then completes further.
    func project(_ tree: Node) -> Node {
        var result = tree
        result = changing(result, "services", each { withContext(service($0)) })
        for key in ["secrets", "configs"] { result = changing(result, key, each(file)) }
        return changing(result, "volumes", each(volume))
    }

    func service(_ node: Node) -> Node {
        var result = changing(node, "image", text(image))
        result = changing(result, "build", build)
        result = changing(result, "develop") { changing($0, "watch", items { changing($0, "path", text(watched)) }) }
        result = changing(result, "env_file", items { changing($0, "path", text(path)) })
        result = changing(result, "label_file", items(text(path)))
        result = changing(result, "pre_start", items(service))
        return changing(
            result, "volumes", items { $0["type"]?.string == "bind" ? changing($0, "source", text(hostPath)) : $0 })
    }

    /// A secret or a config.
    func file(_ node: Node) -> Node { changing(node, "file", text(hostPath)) }

    /// A named volume that is a directory of the host after all.
    func volume(_ node: Node) -> Node {
        guard node["driver"]?.string == "local", node["driver_opts"]?["o"]?.string == "bind" else { return node }
        return changing(node, "driver_opts") { changing($0, "device", text(hostPath)) }
    }

    /// Where a build says no context, it is the directory of its own file.
    private func withContext(_ node: Node) -> Node {
        changing(node, "build") { build in
            guard case .map(var mapping) = build.value, mapping["context"] == nil else { return build }
            mapping.set("context", build.with(.string(directory)))
            return build.with(.map(mapping))
        }
    }

    private func build(_ node: Node) -> Node {
        var result = changing(node, "context", text(context))
        result = changing(result, "additional_contexts", each(text(context)))
        return changing(result, "ssh", items(text(key)))
    }

    /// Docker names the file that links lead to.
    private func watched(_ text: String) -> String {
        text.isEmpty ? "" : FileBytes.resolved(path(text))
    }

    /// `ID: PATH`, or the ID of an agent alone.
    private func key(_ text: String) -> String {
        guard let cut = text.firstIndex(of: ":") else { return text }
        let rest = text[text.index(after: cut)...].drop { $0 == " " }
        return "\(text[..<cut]): \(hostPath(String(rest)))"
    }

    // MARK: walking

    private func changing(_ node: Node, _ key: String, _ change: (Node) -> Node) -> Node {
        guard case .map(var mapping) = node.value, let value = mapping[key] else { return node }
        mapping.set(key, change(value))
        return node.with(.map(mapping))
    }

    private func each(_ change: @escaping (Node) -> Node) -> (Node) -> Node {
        { node in
            guard case .map(var mapping) = node.value else { return node }
            for (key, entry) in mapping.entries { mapping.entries[key]?.node = change(entry.node) }
            return node.with(.map(mapping))
        }
    }

    private func items(_ change: @escaping (Node) -> Node) -> (Node) -> Node {
        { node in
            guard let items = node.list else { return node }
            return node.with(.list(items.map(change)))
        }
    }

    private func text(_ change: @escaping (String) -> String) -> (Node) -> Node {
        { node in
            guard let text = node.string else { return node }
            return node.with(.string(change(text)))
        }
    }

    /// `oci:PATH[:TAG]`, `oci-archive:PATH[:TAG]` and `docker-archive:PATH[:TAG]` name files of the host.
    private func image(_ text: String) -> String {
        for scheme in ["oci:", "oci-archive:", "docker-archive:"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            // Without a path there is nothing to complete, and it is reported later.
            guard let first = rest.first, first != ":" else { return text }
            let cut = rest.lastIndex(of: ":") ?? rest.endIndex
            return scheme + path(String(rest[..<cut])) + rest[cut...]
        }
        return text
    }
}
