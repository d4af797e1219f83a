import StackModel

/// `volumes` and `tmpfs` of a service as mounts.
struct MountResolution {
    func mount(_ node: Node) -> VolumeMount? {
        guard let target = node["target"]?.string, let source = source(of: node) else { return nil }
        return VolumeMount(
            source: source, target: target, readOnly: node["read_only"]?.boolean ?? false,
            noCopy: node["volume"]?["nocopy"]?.boolean ?? false, subpath: node["volume"]?["subpath"]?.string)
    }

    private func source(of node: Node) -> VolumeMount.Source? {
        switch node["type"]?.string {
        case "bind":
            let details = node["bind"]
            // As Docker: the short form makes the directory, and so does a long one with a `bind` that doesn't forbid
            // it. The canonical form of either has a `bind`; without one a missing source is an error.
            let creates = details.map { $0["create_host_path"]?.boolean ?? true } ?? false
            return .bind(
                path: FilePath.clean(node["source"]?.string ?? ""), create: creates,
                propagation: details?["propagation"]?.string)
        case "volume": return node["source"]?.string.map(VolumeMount.Source.named) ?? .anonymous
        case "tmpfs":
            let mode = node["tmpfs"]?["mode"]?.integer.flatMap { UInt32(exactly: $0) }
            return .tmpfs(size: node["tmpfs"]?["size"]?.string.flatMap { Int64($0) }, mode: mode)
        default: return nil
        }
    }

    /// `PATH[:OPTION,…]`.
    func tmpfs(_ text: String) -> VolumeMount {
        let parts = text.split(separator: ":", maxSplits: 1)
        var mount = VolumeMount(source: .tmpfs(size: nil, mode: nil), target: String(parts.first ?? ""))
        var (size, mode): (Int64?, UInt32?) = (nil, nil)
        for option in parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : [] {
            if option == "ro" {
                mount.readOnly = true
            } else if option.hasPrefix("size="), let bytes = ByteCount.parse(String(option.dropFirst(5))) {
                size = bytes
            } else if option.hasPrefix("mode="), let bits = UInt32(option.dropFirst(5), radix: 8) {
                mode = bits
            } else {
                mount.options.append(option)
            }
        }
        mount.source = .tmpfs(size: size, mode: mode)
        return mount
    }
}

/// `secrets` and `configs` of a service with their content.
struct GrantResolution {
    let project: Project

    func grant(_ node: Node, in section: String) -> FileGrant? {
        guard let source = node["source"]?.string, let definition = project.section(section)[source],
            let content = content(of: definition)
        else { return nil }
        return FileGrant(
            source: source, content: content, target: target(of: node, source, in: section),
            uid: node["uid"]?.string.flatMap { NumericID($0) }, gid: node["gid"]?.string.flatMap { NumericID($0) },
            mode: node["mode"]?.string.flatMap { UInt32($0, radix: 8) })
    }

    private func content(of definition: Node) -> FileGrant.Content? {
        if let file = definition["file"]?.string { return .file(file) }
        if let text = definition["content"]?.string { return .inline(text) }
        guard let variable = definition["environment"]?.string else { return nil }
        return project.location.environment[variable].map(FileGrant.Content.inline)
    }

    /// A relative target of a secret is below /run/secrets, one of a config below the root.
    private func target(of node: Node, _ source: String, in section: String) -> String {
        let name = node["target"]?.string ?? source
        if name.hasPrefix("/") { return name }
        return (section == "secrets" ? "/run/secrets/" : "/") + name
    }
}
