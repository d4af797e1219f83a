/// Nothing is mounted where something else is.
struct MountRules {
    func check(_ service: Node, _ path: Path, _ findings: inout Findings) {
        var targets: Set<String> = []
        for (index, node) in (service["tmpfs"]?.list ?? []).enumerated() {
            let text = node.string ?? ""
            let target = text.firstIndex(of: ":").map { String(text[..<$0]) } ?? text
            note(target, node, path.key("tmpfs").index(index), in: &targets, &findings)
        }
        for (index, node) in (service["volumes"]?.list ?? []).enumerated() {
            note(node["target"]?.string ?? "", node, path.key("volumes").index(index), in: &targets, &findings)
        }
    }

    private func note(
        _ target: String, _ node: Node, _ path: Path, in targets: inout Set<String>, _ findings: inout Findings
    ) {
        guard !targets.insert(target).inserted else { return }
        findings.error("\"\(target)\" is the target of another mount already", at: node.mark, path)
    }
}
