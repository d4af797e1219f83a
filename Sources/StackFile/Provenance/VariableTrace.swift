import Diagnostics

/// Tells for each variable in a text what it gave and why.
struct VariableTrace {
    let variables: Variables
    let text: String
    let position: Position?
    let path: Path

    private static let deepest = 16

    /// In the text's order; a variable in another one's default follows it.
    func uses() -> [VariableUse] {
        let bytes = Array(text.utf8)
        var result: [VariableUse] = []
        collect(bytes, 0..<bytes.count, isReached: true, depth: 0, &result)
        return result
    }

    private func collect(
        _ bytes: [UInt8], _ range: Range<Int>, isReached: Bool, depth: Int, _ result: inout [VariableUse]
    ) {
        guard depth < Self.deepest else { return }
        var scanner = TemplateScanner(bytes, range)
        while let piece = scanner.next() {
            if case .invalid = piece { return }
            guard case .variable(let expression) = piece else { continue }
            let (use, takesOperand) = use(of: expression, bytes, isReached)
            result.append(use)
            guard !use.operator.isRequired else { continue }
            collect(bytes, expression.operand, isReached: isReached && takesOperand, depth: depth + 1, &result)
        }
    }

    /// The use, and whether the text after the operator is what it gives.
    private func use(
        of expression: TemplateScanner.Expression, _ bytes: [UInt8], _ isReached: Bool
    ) -> (VariableUse, Bool) {
        let name = String(decoding: bytes[expression.name], as: UTF8.self)
        let operand = String(decoding: bytes[expression.operand], as: UTF8.self)
        let sources = variables.sources(of: name)
        let current = variables[name]
        let kind = expression.operator
        let isFilled = current.map { !(kind.looksInside && $0.isEmpty) } ?? false
        let takesOperand = kind.isDefault && !isFilled || kind.isAlternative && isFilled
        var source = sources.first ?? VariableSource(kind: .unset)
        var shadowed = Array(sources.dropFirst())
        var value = current ?? ""
        if takesOperand {
            value = expanded(operand)
            // An empty value in a file gave way to the default as much as one that is shadowed.
            shadowed = sources
            source = VariableSource(
                kind: kind.isDefault ? .defaultText : .alternativeText, value: value, position: position)
        } else if kind.isDefault {
            shadowed.append(VariableSource(kind: .defaultText, value: operand, position: position))
        }
        let use = VariableUse(
            name: name, operator: kind, operand: operand, text: text, position: position, path: path.description,
            value: value, isReached: isReached, source: source, shadowed: shadowed)
        return (use, takesOperand)
    }

    /// A text that can't be expanded is reported by the interpolation itself.
    private func expanded(_ text: String) -> String {
        let variables = variables
        do throws(Template.Failure) {
            return try Template.expand(text, limit: 1 << 20, lookup: { variables[$0] }, missing: { _ in })
        } catch {
            return text
        }
    }
}
