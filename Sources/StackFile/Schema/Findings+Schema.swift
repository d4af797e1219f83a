import Diagnostics

extension Findings {
    /// Reports that the node isn't what the attribute takes.
    mutating func wrongType(_ node: Node, _ path: Path, _ expected: String) -> Node? {
        error("must be \(expected), not \(node.kind)", at: node.mark, path)
        return nil
    }

    /// Reports a value of the right type that means nothing.
    mutating func invalid(_ node: Node, _ path: Path, _ problem: String, suggestion: String? = nil) -> Node? {
        error(problem, at: node.mark, path, suggestion: suggestion)
        return nil
    }

    /// The warning for an attribute that Roost doesn't support yet.
    mutating func note(_ field: Field, _ value: Node, _ mark: Mark, _ path: Path) {
        let isSupported =
            switch field.support {
            case .full: true
            case .none: false
            case .partial(let accepts): accepts(value)
            }
        guard !isSupported else { return }
        warnUnsupported(mark, path)
    }

    mutating func warnUnsupported(_ mark: Mark, _ path: Path) {
        record(
            Diagnostic(
                severity: .warning, position: position(mark),
                message: "\(path) is not supported yet and is ignored"))
    }

    static func suggestion(for word: String, in known: some Sequence<String>) -> String? {
        Suggestion.clause(for: word, in: known)
    }
}
