/// Scalars of the specification, each in the form in which `config` prints it.
extension Shape {
    /// Whatever it is.
    static let anything = Shape(merge: .deep) { node, _, _ in node }

    static let text = Shape { node, path, findings in
        if case .string = node.value { return node }
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

    static func integer(_ range: ClosedRange<Int64> = .min ... .max) -> Shape {
        Shape { node, path, findings in
            let number: Int64
            switch node.value {
            case .integer(let value): number = value
            case .float(let value) where value == value.rounded() && abs(value) < 9e15: number = Int64(value)
            case .string(let text):
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

    /// A number, also written as text; not negative.
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
        guard number.isFinite, number >= 0, number < 1e12 else {
            return findings.invalid(node, path, "\(FloatText.format(number)) is out of range")
        }
        return node.with(.float(number))
    }

    /// Bytes: a number or `64m`; printed as text.
    static let bytes = bytes(allowsUnlimited: false)

    /// -1 is no limit.
    static let bytesOrUnlimited = bytes(allowsUnlimited: true)

    private static func bytes(allowsUnlimited: Bool) -> Shape {
        Shape { node, path, findings in
            guard let text = node.scalarText, node.boolean == nil else {
                return findings.wrongType(node, path, "a number of bytes")
            }
            if allowsUnlimited, text == "-1" { return node.with(.string("-1")) }
            guard let bytes = ByteCount.parse(text) else {
                return findings.invalid(
                    node, path, "\"\(text)\" is not a size", suggestion: "write it like 64m, 1.5g or 1048576")
            }
            // Nothing is not a limit, and is pruned as a number is.
            return node.with(bytes == 0 ? .integer(0) : .string(String(bytes)))
        }
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
        guard let mode, (0...0o7777).contains(mode) else {
            return findings.invalid(node, path, "\"\(node.scalarText ?? "")\" is not a file mode")
        }
        let digits = String(mode, radix: 8)
        return node.with(.string(String(repeating: "0", count: max(0, 4 - digits.count)) + digits))
    }
}
