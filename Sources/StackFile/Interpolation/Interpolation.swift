import OrderedCollections

/// Puts variables into the values of a tree; keys are left as they are.
struct Interpolation {
    var environment: [String: String]
    /// Each missing variable is named once in a load, as Docker does.
    private var warned: Set<String> = []

    init(environment: [String: String]) { self.environment = environment }

    mutating func apply(to node: Node, _ path: Path, _ findings: inout Findings) -> Node {
        switch node.value {
        case .string(let text):
            guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
            return node.with(.string(expand(text, at: node.mark, path, &findings)))
        case .list(let items):
            var result: [Node] = []
            result.reserveCapacity(items.count)
            for (index, item) in items.enumerated() { result.append(apply(to: item, path.index(index), &findings)) }
            return node.with(.list(result))
        case .map(var mapping):
            for (key, entry) in mapping.entries {
                mapping.entries[key]?.node = apply(to: entry.node, path.key(key), &findings)
            }
            return node.with(.map(mapping))
        case .null, .boolean, .integer, .float: return node
        }
    }

    mutating func expand(_ text: String, at mark: Mark?, _ path: Path, _ findings: inout Findings) -> String {
        var missing: [String] = []
        let environment = environment
        do throws(Template.Failure) {
            let result = try withoutActuallyEscaping({ (name: String) in missing.append(name) }) {
                (note) throws(Template.Failure) in
                try Template.expand(text, lookup: { environment[$0] }, missing: note)
            }
            for name in missing where warned.insert(name).inserted {
                findings.warning(
                    "The \"\(name)\" variable is not set. Defaulting to a blank string.", at: mark, path)
            }
            return result
        } catch {
            report(error, text, mark, path, &findings)
            return text
        }
    }

    private func report(
        _ failure: Template.Failure, _ text: String, _ mark: Mark?, _ path: Path, _ findings: inout Findings
    ) {
        switch failure {
        case .invalid:
            findings.error(
                "invalid interpolation format in \"\(text)\"", at: mark, path,
                suggestion: "write $$ for a dollar sign that is meant as one")
        case .required(let name, let message):
            findings.error(
                "required variable \(name) is missing a value" + (message.isEmpty ? "" : ": \(message)"), at: mark,
                path, suggestion: "set \(name) in the shell or in the .env file")
        case .tooDeep: findings.error("variables are nested too deeply in \"\(text)\"", at: mark, path)
        }
    }
}
