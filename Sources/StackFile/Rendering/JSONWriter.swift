import Diagnostics
import OrderedCollections

/// Writes a tree as JSON with sorted keys. Dollars are doubled, so that the output can be read as a stack file again.
struct JSONWriter {
    let isIndented: Bool

    func text(of node: Node) -> String {
        var text = ""
        write(node, depth: 0, &text)
        return text
    }

    private func write(_ node: Node, depth: Int, _ text: inout String) {
        switch node.value {
        case .null: text += "null"
        case .boolean(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .float(let number): text += number.isFinite ? FloatText.format(number) : "null"
        case .string(let string): Self.quote(string, &text)
        case .list(let items):
            brackets("[", "]", items, depth, &text) { item, text in write(item, depth: depth + 1, &text) }
        case .map(let mapping):
            let sorted = mapping.entries.sorted { $0.key < $1.key }
            brackets("{", "}", sorted, depth, &text) { entry, text in
                Self.quote(entry.key, &text)
                text += isIndented ? ": " : ":"
                write(entry.value.node, depth: depth + 1, &text)
            }
        }
    }

    private func brackets<Item>(
        _ open: String, _ close: String, _ items: [Item], _ depth: Int, _ text: inout String,
        _ writeItem: (Item, inout String) -> Void
    ) {
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            breakLine(depth + 1, &text)
            writeItem(item, &text)
        }
        if !items.isEmpty { breakLine(depth, &text) }
        text += close
    }

    private func breakLine(_ depth: Int, _ text: inout String) {
        guard isIndented else { return }
        text += "\n"
        for _ in 0..<depth { text += "  " }
    }

    /// A dollar sign is doubled, so that what is printed can be read again.
    private static func quote(_ string: String, _ text: inout String) {
        for scalar in quotedJSON(string).unicodeScalars {
            text.unicodeScalars.append(scalar)
            if scalar == "$" { text.unicodeScalars.append(scalar) }
        }
    }
}
