import OrderedCollections

/// What the attributes of `build` must not say together.
struct BuildRules {
    let project: Project

    func check(_ service: Node, _ path: Path, _ findings: inout Findings) {
        guard let build = service["build"] else { return }
        let path = path.key("build")
        if let inline = build["dockerfile_inline"], build["dockerfile"] != nil {
            findings.error("dockerfile and dockerfile_inline exclude each other", at: inline.mark, path)
        }
        for (name, entry) in build["additional_contexts"]?.mapping?.entries ?? [:] {
            context(entry.node, path.key("additional_contexts").key(name), &findings)
        }
        if let platforms = build["platforms"], let platform = service["platform"]?.string,
            platforms.list?.isEmpty == false, !platforms.strings.contains(platform)
        {
            findings.error(
                "must name the service's platform \"\(platform)\" too", at: platforms.mark, path.key("platforms"))
        }
    }

    private func context(_ node: Node, _ path: Path, _ findings: inout Findings) {
        guard let text = node.string, text.hasPrefix("service:") else { return }
        let name = String(text.dropFirst(8))
        let services = project.section("services")
        guard let service = services[name] else {
            findings.error(
                "refers to undefined service \"\(name)\"", at: node.mark, path,
                suggestion: Findings.suggestion(for: name, in: services.keys))
            return
        }
        if service["build"] == nil {
            findings.error("refers to service \"\(name)\", which has nothing to build", at: node.mark, path)
        }
    }
}
