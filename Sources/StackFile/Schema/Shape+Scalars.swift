/// Scalars of the specification, each in the form in which `config` prints it.
extension Shape {
    /// Whatever it is.
    static let anything = Shape(merge: .deep) { node, _, _ in node }

    static let text = Shape { node, path, findings in
        if case .string = node.value, !node.isTime { return node }
        return findings.wrongType(node, path, "a string")
    }

    /// Numbers become text.
    static let textOrNumber = Shape { node, path, findings in
        switch node.value {
        case .string: return node
        case .integer, .float: return node.with(.string(node.scalarText ?? ""))
        default: return findings.wrongType(node, path, "a string or a number")
        }
    }

    /// Integers become text.
    static let textOrInteger = Shape { node, path, findings in
        switch node.value {
        case .string: return node
        case .integer: return node.with(.string(node.scalarText ?? ""))
        default: return findings.wrongType(node, path, "a string or an integer")
        }
    }

    /// Booleans become text.
    static let textOrBoolean = Shape { node, path, findings in
        switch node.value {
        case .string: return node
        case .boolean: return node.with(.string(node.scalarText ?? ""))
        default: return findings.wrongType(node, path, "a string or a boolean")
        }
    }

    static let boolean = Shape { node, path, findings in
        switch node.value {
        case .boolean: return node
        case .string(let text):
            switch text.lowercased() {
            case "true", "yes", "y", "on": return node.with(.boolean(true))
            case "false", "no", "n", "off": return node.with(.boolean(false))
            default: return findings.invalid(node, path, "\"\(text)\" is neither true nor false")
            }
        default: return findings.wrongType(node, path, "a boolean")
        }
    }

    /// Not as text.
    static let plainBoolean = Shape { node, path, findings in
        if case .boolean = node.value { return node }
        return findings.wrongType(node, path, "a boolean")
    }

    /// An integer, also written as text.
    ///
    /// - Parameters:
    ///   - fractions: a number with a fraction is cut, as Docker does where its schema says "number".
    ///   - texts: `false` where Docker's model takes no text though its schema does.
    static func integer(
        _ range: ClosedRange<Int64> = .min ... .max, fractions: Bool = false, texts: Bool = true
    ) -> Shape {
        Shape { node, path, findings in
            let number: Int64
            switch node.value {
            case .integer(let value): number = value
            case .float(let value) where (fractions || value == value.rounded()) && abs(value) < 9e15:
                number = Int64(value)
            case .string(let text) where texts:
                guard let value = Int64(text) else {
                    return findings.invalid(node, path, "\"\(text)\" is not an integer")
                }
                number = value
            default: return findings.wrongType(node, path, "an integer")
            }
            guard range.contains(number) else {
                let bounds =
                    range.upperBound == .max
                    ? "at least \(range.lowerBound)"
                    : "between \(range.lowerBound) and \(range.upperBound)"
                return findings.invalid(node, path, "\(number) must be \(bounds)")
            }
            return node.with(.integer(number))
        }
    }

    /// Not negative.
    static let count = integer(0 ... .max)

    /// A number, also written as text, in single precision as Docker keeps it.
    static let number = Shape { node, path, findings in
        let number: Double
        switch node.value {
        case .integer(let value): number = Double(value)
        case .float(let value): number = value
        case .string(let text):
            guard let value = Double(text) else {
                return findings.invalid(node, path, "\"\(text)\" is not a number")
            }
            number = value
        default: return findings.wrongType(node, path, "a number")
        }
        guard number.isFinite, abs(number) < 3e38 else {
            return findings.invalid(node, path, "\(FloatText.format(number)) is out of range")
        }
        // The shortest digits that give the same single-precision number.
        return node.with(.float(Double("\(Float(number))") ?? number))
    }

    /// Bytes: a number or `64m`; printed as text. -1 is no limit.
    static let bytes = bytes(fractions: true, numbers: true)
    /// Where the schema wants no fractions.
    static let wholeBytes = bytes(fractions: false, numbers: true)
    /// Where the schema wants text.
    static let bytesAsText = bytes(fractions: false, numbers: false)

    private static func bytes(fractions: Bool, numbers: Bool) -> Shape {
        Shape { node, path, findings in
            switch node.value {
            // Docker reads a number with a fraction as none at all.
            case .float where fractions: return node.with(.integer(0))
            case .float(let number) where numbers && number == number.rounded(): return node.with(.integer(0))
            case .integer(let number) where numbers: return text(of: number, node)
            case .string(let text):
                guard let bytes = ByteCount.parse(text) else {
                    return findings.invalid(
                        node, path, "\"\(text)\" is not a size", suggestion: "write it like 64m, 1.5g or 1048576")
                }
                return self.text(of: bytes, node)
            default: return findings.wrongType(node, path, numbers ? "a number of bytes" : "a size like \"64m\"")
            }
        }
    }

    /// Nothing is not a limit, and is pruned as a number is.
    private static func text(of bytes: Int64, _ node: Node) -> Node {
        node.with(bytes == 0 ? .integer(0) : .string(String(bytes)))
    }

    /// `1m30s`; printed in the form of Go's durations.
    static let duration = Shape { node, path, findings in
        guard case .string(let text) = node.value else { return findings.wrongType(node, path, "a duration") }
        guard let span = DurationText.parse(text) else {
            return findings.invalid(
                node, path, "\"\(text)\" is not a duration", suggestion: "write it like 30s, 1m30s or 500ms")
        }
        return node.with(.string(DurationText.format(span)))
    }

    /// The same, where no time at all is the same as nothing.
    static let durationOrNothing = Shape { node, path, findings in
        guard let text = duration.read(node, path, &findings)?.string else { return nil }
        return node.with(text == "0s" ? .integer(0) : .string(text))
    }

    /// One of some words.
    static func choice(_ words: String...) -> Shape {
        Shape { node, path, findings in
            guard case .string(let text) = node.value else { return findings.wrongType(node, path, "a string") }
            guard words.contains(text) else {
                return findings.invalid(
                    node, path, "\"\(text)\" must be one of \(words.joined(separator: ", "))",
                    suggestion: Findings.suggestion(for: text, in: words))
            }
            return node
        }
    }

    /// A text that a rule accepts; the rule tells what is wrong.
    static func text(_ problem: @escaping @Sendable (String) -> String?) -> Shape {
        Shape { node, path, findings in
            guard case .string(let text) = node.value else { return findings.wrongType(node, path, "a string") }
            if let problem = problem(text) { return findings.invalid(node, path, "\"\(text)\" \(problem)") }
            return node
        }
    }

    /// File modes; a plain `0440` is a number to YAML already, text is octal too. Printed as `"0440"`.
    static let fileMode = Shape { node, path, findings in
        let mode: Int64?
        switch node.value {
        case .integer(let number): mode = number
        case .string(let text): mode = Int64(text, radix: 8)
        default: return findings.wrongType(node, path, "a file mode")
        }
        guard let mode else {
            return findings.invalid(node, path, "\"\(node.scalarText ?? "")\" is not a file mode")
        }
        return node.with(.string("0" + String(mode, radix: 8)))
    }
}
