/// The functions of Go's templates, and those that Docker adds to them.
enum TemplateFunctions {
    static let names: Set<String> = [
        "and", "or", "not", "len", "index", "slice", "print", "printf", "println", "eq", "ne", "lt", "le", "gt", "ge",
        "json", "join", "split", "lower", "upper", "title", "truncate", "pad", "html", "urlquery", "js",
    ]

    static func call(_ name: String, _ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        switch name {
        case "eq", "ne", "lt", "le", "gt", "ge": return .boolean(try compare(name, arguments))
        case "index": return try index(arguments)
        case "slice": return try slice(arguments)
        case "print": return .text(printed(arguments))
        case "println": return .text(arguments.map(\.printed).joined(separator: " ") + "\n")
        case "printf": return .text(try formatted(arguments))
        default: break
        }
        guard let first = arguments.first else { throw wrongCount(name) }
        switch name {
        case "not": return .boolean(!first.isTrue)
        case "len": return try length(first)
        case "json": return .text(first.json)
        case "lower": return .text(first.printed.lowercased())
        case "upper": return .text(first.printed.uppercased())
        case "title": return .text(title(first.printed))
        case "html", "urlquery", "js": return .text(first.printed)
        case "join": return try join(arguments)
        case "split": return try split(arguments)
        case "truncate": return try truncate(arguments)
        case "pad": return try pad(arguments)
        default: throw TemplateError("template: function \"\(name)\" not defined")
        }
    }

    private static func wrongCount(_ name: String) -> TemplateError {
        TemplateError("template: wrong number of args for \(name)")
    }

    private static func compare(_ name: String, _ arguments: [TemplateValue]) throws(TemplateError) -> Bool {
        guard arguments.count >= 2 else { throw wrongCount(name) }
        let (left, right) = (arguments[0], arguments[1])
        switch name {
        case "eq": return arguments.dropFirst().contains { same(left, $0) }
        case "ne": return !same(left, right)
        case "lt": return try isLess(left, right)
        case "le": return try !isLess(right, left)
        case "gt": return try isLess(right, left)
        default: return try !isLess(left, right)
        }
    }

    private static func number(_ value: TemplateValue) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .decimal(let number): number
        default: nil
        }
    }

    private static func same(_ left: TemplateValue, _ right: TemplateValue) -> Bool {
        if let left = number(left), let right = number(right) { return left == right }
        return left == right
    }

    private static func isLess(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
        if let left = number(left), let right = number(right) { return left < right }
        if case .text(let left) = left, case .text(let right) = right {
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        throw TemplateError("template: incompatible types for comparison")
    }

    private static func index(_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        guard var result = arguments.first else { throw wrongCount("index") }
        for key in arguments.dropFirst() {
            switch (result, key) {
            case (.object, .text(let name)): result = result[name] ?? .text("")
            case (.list(let values), .integer(let number)):
                guard number >= 0, number < values.count else {
                    throw TemplateError("template: error calling index: index out of range: \(number)")
                }
                result = values[Int(number)]
            case (.null, _): throw TemplateError("template: error calling index: index of untyped nil")
            default: throw TemplateError("template: error calling index: can't index \(result.printed)")
            }
        }
        return result
    }

    private static func slice(_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        guard let first = arguments.first, arguments.count <= 3 else { throw wrongCount("slice") }
        let numbers = arguments.dropFirst().compactMap {
            if case .integer(let number) = $0 { Int(number) } else { nil }
        }
        func bounds(_ count: Int) throws(TemplateError) -> Range<Int> {
            let (low, high) = (numbers.first ?? 0, numbers.count > 1 ? numbers[1] : count)
            guard numbers.count == arguments.count - 1, 0 <= low, low <= high, high <= count else {
                throw TemplateError("template: error calling slice: index out of range")
            }
            return low..<high
        }
        switch first {
        case .list(let values): return .list(Array(values[try bounds(values.count)]))
        case .text(let text):
            let bytes = Array(text.utf8)
            return .text(String(decoding: bytes[try bounds(bytes.count)], as: UTF8.self))
        default: throw TemplateError("template: error calling slice: can't slice \(first.printed)")
        }
    }

    private static func length(_ value: TemplateValue) throws(TemplateError) -> TemplateValue {
        switch value {
        case .text(let text): .integer(Int64(text.utf8.count))
        case .list(let values): .integer(Int64(values.count))
        case .object(let fields): .integer(Int64(fields.count))
        default: throw TemplateError("template: error calling len: len of \(value.printed)")
        }
    }

    /// Blanks stand between neighbours of which neither is text.
    private static func printed(_ arguments: [TemplateValue]) -> String {
        var result = ""
        for (index, value) in arguments.enumerated() {
            if index > 0, !value.isText, !arguments[index - 1].isText { result += " " }
            result += value.printed
        }
        return result
    }

    private static func title(_ text: String) -> String {
        var result = ""
        var begins = true
        for character in text {
            result += begins ? character.uppercased() : String(character)
            begins = character.isWhitespace
        }
        return result
    }

    private static func join(_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        guard arguments.count == 2, case .text(let separator) = arguments[1] else { throw wrongCount("join") }
        switch arguments[0] {
        case .list(let values): return .text(values.map(\.printed).joined(separator: separator))
        case .null: return .text("")
        default: throw TemplateError("template: join takes a list, and not \(arguments[0].printed)")
        }
    }

    private static func split(_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        guard arguments.count == 2, case .text(let separator) = arguments[1] else { throw wrongCount("split") }
        guard !separator.isEmpty else { return .list(arguments[0].printed.map { .text(String($0)) }) }
        var parts: [TemplateValue] = []
        var part = ""
        var rest = Substring(arguments[0].printed)
        while !rest.isEmpty {
            if rest.hasPrefix(separator) {
                parts.append(.text(part))
                part = ""
                rest = rest.dropFirst(separator.count)
            } else {
                part.append(rest.removeFirst())
            }
        }
        return .list(parts + [.text(part)])
    }

    private static func truncate(_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        guard arguments.count == 2, case .integer(let count) = arguments[1], count >= 0 else {
            throw wrongCount("truncate")
        }
        return .text(String(arguments[0].printed.prefix(Int(count))))
    }

    private static func pad(_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        guard arguments.count == 3, case .integer(let before) = arguments[1], case .integer(let after) = arguments[2],
            (0...10_000).contains(before), (0...10_000).contains(after)
        else { throw wrongCount("pad") }
        let text = arguments[0].printed
        guard !text.isEmpty else { return .text("") }
        return .text(String(repeating: " ", count: Int(before)) + text + String(repeating: " ", count: Int(after)))
    }
}

extension TemplateValue {
    fileprivate var isText: Bool { if case .text = self { true } else { false } }
}
