import OrderedCollections

/// Writes a tree as YAML in Docker's order and style: block collections, sequences indented below their key.
struct YAMLWriter {
    /// So that what is printed can be read as a stack file again.
    var doublesDollars = true
    /// How far a mapping stands to the right of its key.
    private let step: Int
    private var lines = YAMLLines()

    private init(doublesDollars: Bool, step: Int) {
        self.doublesDollars = doublesDollars
        self.step = step
    }

    static func text(
        of tree: Node, _ form: OutputForm? = nil, doublesDollars: Bool = true, indent step: Int = 2
    ) -> String {
        var writer = YAMLWriter(doublesDollars: doublesDollars, step: step)
        if case .map(let mapping) = tree.value, !mapping.isEmpty {
            writer.entries(mapping, form, indent: 0)
        } else {
            writer.value(tree.value, form, indent: -2, isItem: true)
        }
        return writer.lines.text
    }

    /// What comes after `key:` or `-`, with the end of its last line. Collections begin on the next line after a key
    /// and on the same one in a list.
    private mutating func value(_ value: Node.Value, _ form: OutputForm?, indent: Int, isItem: Bool) {
        switch value {
        case .map(let mapping) where !OutputForm.yaml(mapping, form).isEmpty:
            if isItem { lines.put(" ") } else { lines.endLine() }
            entries(mapping, form, indent: indent + (isItem ? 2 : step), isOnLine: isItem)
        case .list(let items) where !items.isEmpty:
            if isItem { lines.put(" ") } else { lines.endLine() }
            for (index, item) in items.enumerated() {
                if !isItem || index > 0 { lines.indent(indent + 2) }
                lines.put("-")
                self.value(item.value, form, indent: indent + 2, isItem: true)
            }
        case .map, .list, .null, .boolean, .integer, .float, .string:
            if lines.column > 0 { lines.put(" ") }
            scalar(value, indent: indent + 2, isKey: false)
            lines.endLine()
        }
    }

    private mutating func entries(_ mapping: Mapping, _ form: OutputForm?, indent: Int, isOnLine: Bool = false) {
        for (index, entry) in OutputForm.yaml(mapping, form).enumerated() {
            if !isOnLine || index > 0 { lines.indent(indent) }
            if YAMLScalar.fitsAsKey(entry.key) {
                scalar(.string(entry.key), indent: indent, isKey: true)
            } else {
                lines.put("? ")
                scalar(.string(entry.key), indent: indent + 2, isKey: false)
                lines.endLine()
                lines.indent(indent)
            }
            lines.put(":")
            value(entry.value, entry.form, indent: indent, isItem: false)
        }
    }

    private mutating func scalar(_ value: Node.Value, indent: Int, isKey: Bool) {
        switch value {
        case .null: lines.put("null")
        case .boolean(let flag): lines.put(flag ? "true" : "false")
        case .integer(let number): lines.put(String(number))
        case .float(let number): lines.put(FloatText.yaml(number))
        case .list: lines.put("[]")
        case .map: lines.put("{}")
        case .string(let text):
            let style = YAMLScalar.style(of: text, isKey: isKey)
            let shown = doublesDollars && text.utf8.contains(UInt8(ascii: "$")) ? Self.doubled(text) : text
            lines.put(shown, style, indent: indent, folds: !isKey)
        }
    }

    private static func doubled(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(scalar)
            if scalar == "$" { result += "$" }
        }
        return result
    }
}
