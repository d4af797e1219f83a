import OrderedCollections

/// Writes a tree as JSON in Docker's order and spelling.
struct JSONWriter {
    let isIndented: Bool
    /// So that what is printed can be read as a stack file again.
    var doublesDollars = true

    func text(of node: Node, _ form: OutputForm? = nil) -> String {
        var text: [UInt8] = []
        write(node.value, form, depth: 0, &text)
        return String(decoding: text, as: UTF8.self)
    }

    private func write(_ value: Node.Value, _ form: OutputForm?, depth: Int, _ text: inout [UInt8]) {
        switch value {
        case .null: text += "null".utf8
        case .boolean(let flag): text += (flag ? "true" : "false").utf8
        case .integer(let number): text += String(number).utf8
        case .float(let number): text += FloatText.json(number).utf8
        case .string(let string): quote(string, &text)
        case .list(let items):
            brackets("[", "]", items, depth, &text) { item, text in
                write(item.value, form, depth: depth + 1, &text)
            }
        case .map(let mapping):
            brackets("{", "}", OutputForm.json(mapping, form), depth, &text) { entry, text in
                quote(entry.key, &text)
                text += (isIndented ? ": " : ":").utf8
                write(entry.value, entry.form, depth: depth + 1, &text)
            }
        }
    }

    private func brackets<Item>(
        _ open: String, _ close: String, _ items: [Item], _ depth: Int, _ text: inout [UInt8],
        _ writeItem: (Item, inout [UInt8]) -> Void
    ) {
        text += open.utf8
        for (index, item) in items.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            breakLine(depth + 1, &text)
            writeItem(item, &text)
        }
        if !items.isEmpty { breakLine(depth, &text) }
        text += close.utf8
    }

    private func breakLine(_ depth: Int, _ text: inout [UInt8]) {
        guard isIndented else { return }
        text.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { text += "  ".utf8 }
    }

    /// Escapes what Docker's writer escapes, which is also what HTML would stumble over.
    private func quote(_ string: String, _ text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += #"\""#.utf8
            case "\\": text += #"\\"#.utf8
            case "\n": text += #"\n"#.utf8
            case "\r": text += #"\r"#.utf8
            case "\t": text += #"\t"#.utf8
            case "\u{8}": text += #"\b"#.utf8
            case "\u{C}": text += #"\f"#.utf8
            case "$": text += (doublesDollars ? "$$" : "$").utf8
            case "<", ">", "&", "\u{2028}", "\u{2029}": Self.escape(scalar, &text)
            case _ where scalar.value < 0x20: Self.escape(scalar, &text)
            default: text += UTF8.encode(scalar).map { Array($0) } ?? []
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func escape(_ scalar: Unicode.Scalar, _ text: inout [UInt8]) {
        let digits = String(scalar.value, radix: 16)
        text += (#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8
    }
}
