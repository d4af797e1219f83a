import OrderedCollections

/// A variable as a text of the merged files names it.
public struct TemplateVariable: Sendable, Equatable {
    public var name: String
    /// `${NAME:?…}`: there must be a value.
    public var isRequired = false
    /// `${NAME:-default}`, as it is written.
    public var defaultValue = ""
    /// `${NAME:+alternative}`, as it is written.
    public var alternative = ""
}

extension CanonicalStack {
    /// The variables that the texts name, in order of their names; of one that is named several times, a place that
    /// says what to do without a value. Only for a stack that was loaded without interpolation.
    public var variables: [TemplateVariable] {
        var found: [String: TemplateVariable] = [:]
        collect(tree, &found)
        return found.values.sorted { $0.name < $1.name }
    }

    /// As Docker writes them for `--variables --format yaml`.
    public static func yaml(of variables: [TemplateVariable]) -> String {
        let mark = Mark(file: 0, line: 1, column: 1)
        var result = Mapping()
        for variable in variables {
            result.set(
                variable.name,
                .map(
                    [
                        ("name", .string(variable.name, mark)), ("defaultvalue", .string(variable.defaultValue, mark)),
                        ("presencevalue", .string(variable.alternative, mark)),
                        ("required", Node(.boolean(variable.isRequired), mark)),
                    ], mark))
        }
        let form = OutputForm(each: OutputForm("name defaultvalue presencevalue required"))
        return YAMLWriter.text(of: Node(.map(result), mark), form, doublesDollars: false, indent: 4)
    }

    private func collect(_ node: Node, _ found: inout [String: TemplateVariable]) {
        switch node.value {
        case .string(let text) where text.utf8.contains(UInt8(ascii: "$")):
            for variable in TemplateVariable.all(in: text) {
                let known = found[variable.name]
                if known == nil || variable != TemplateVariable(name: variable.name) { found[variable.name] = variable }
            }
        case .list(let items): for item in items { collect(item, &found) }
        case .map(let mapping):
            for entry in mapping.entries.sorted(by: { $0.key < $1.key }) { collect(entry.value.node, &found) }
        default: break
        }
    }
}

extension TemplateVariable {
    /// Those of one text; what stands in a default or an alternative comes after its variable.
    static func all(in text: String) -> [TemplateVariable] {
        let bytes = Array(text.utf8)
        var result: [TemplateVariable] = []
        collect(bytes, 0..<bytes.count, depth: 0, &result)
        return result
    }

    /// Deeper ones aren't expanded either.
    private static let deepest = 64

    private static func collect(_ bytes: [UInt8], _ range: Range<Int>, depth: Int, _ result: inout [TemplateVariable]) {
        guard depth < deepest else { return }
        var scanner = TemplateScanner(bytes, range)
        while let piece = scanner.next() {
            guard case .variable(let expression) = piece else { continue }
            var variable = TemplateVariable(name: String(decoding: bytes[expression.name], as: UTF8.self))
            let operand = String(decoding: bytes[expression.operand], as: UTF8.self)
            if expression.operator.isRequired { variable.isRequired = true }
            if expression.operator.isDefault { variable.defaultValue = operand }
            if expression.operator.isAlternative { variable.alternative = operand }
            result.append(variable)
            if !expression.operator.isRequired { collect(bytes, expression.operand, depth: depth + 1, &result) }
        }
    }
}
