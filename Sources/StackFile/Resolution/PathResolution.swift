/// Makes the host's paths in a canonical tree absolute (Compose specification, "Merge", relative paths).
struct PathResolution {
    let directory: String
    let home: String?

    func absolute(_ path: String) -> String { FilePath.absolute(path, in: directory, home: home) }

    func service(_ node: Node) -> Node {
        guard case .map(var service) = node.value else { return node }
        if let image = service["image"], let text = image.string {
            service.set("image", image.with(.string(self.image(text))))
        }
        if let files = service["env_file"], let items = files.list {
            service.set("env_file", files.with(.list(items.map { path("path", of: $0) })))
        }
        if let volumes = service["volumes"], let items = volumes.list {
            let resolved = items.map { $0["type"]?.string == "bind" ? path("source", of: $0) : $0 }
            service.set("volumes", volumes.with(.list(resolved)))
        }
        if let extends = service["extends"] { service.set("extends", path("file", of: extends)) }
        return node.with(.map(service))
    }

    /// A secret or a config.
    func path(_ key: String, of node: Node) -> Node {
        guard case .map(var mapping) = node.value, let file = mapping[key], let text = file.string, !text.isEmpty
        else { return node }
        mapping.set(key, file.with(.string(absolute(text))))
        return node.with(.map(mapping))
    }

    /// `oci:PATH[:TAG]`, `oci-archive:PATH[:TAG]` and `docker-archive:PATH[:TAG]` name files of the host.
    private func image(_ text: String) -> String {
        for scheme in ["oci:", "oci-archive:", "docker-archive:"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            // Without a path there is nothing to complete, and it is reported later.
            guard let first = rest.first, first != ":" else { return text }
            let cut = rest.lastIndex(of: ":") ?? rest.endIndex
            return scheme + absolute(String(rest[..<cut])) + rest[cut...]
        }
        return text
    }
}
