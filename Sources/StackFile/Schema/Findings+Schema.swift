import Diagnostics

extension Findings {
    /// Reports that the node isn't what the attribute takes.
    mutating func wrongType(_ node: Node, _ path: Path, _ expected: String) -> Node? {
        error("must be \(expected), not \(node.kind)", at: node.mark, path)
        return nil
    }

    /// Reports a value of the right type that means nothing.
    mutating func invalid(
        _ node: Node, _ path: Path, _ problem: @autoclosure () -> String,
        suggestion: @autoclosure () -> String? = nil
    ) -> Node? {
        error(problem(), at: node.mark, path, suggestion: suggestion())
        return nil
    }

    mutating func warnUnsupported(_ mark: Mark, _ path: Path) {
        record(
            Diagnostic(
                severity: .warning, position: position(mark), path: path.description,
                message: Self.unsupported))
    }

    static let unsupported = "is not supported at run time yet and is ignored"

    static func suggestion(for word: String, in known: some Sequence<String>) -> String? {
        Suggestion.clause(for: word, in: known)
    }
}
