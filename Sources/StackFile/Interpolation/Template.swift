/// A text with variables in it (Compose specification, "Interpolation"): `$NAME`, `${NAME}`, `${NAME:-default}`,
/// `${NAME-default}`, `${NAME:?message}`, `${NAME?message}`, `${NAME:+other}`, `${NAME+other}`, nested, and `$$`.
///
/// Where braces don't match, the rules are those of Docker Compose: an expression reaches to the brace that closes it
/// on the same line, or to the last brace of the line where none does.
struct Template {
    /// Why a text could not be expanded.
    enum Failure: Error {
        /// The braces don't hold a variable in one of the forms above.
        case invalid
        /// `${NAME?message}` of a variable that isn't set.
        case required(name: String, message: String)
        case tooDeep
        /// The text would grow beyond the limit.
        case tooLong
    }

    private static let deepest = 64

    private let bytes: [UInt8]
    private let lookup: (String) -> String?
    /// Called with the name of a variable that is neither set nor has a default.
    private let missing: (String) -> Void
    private var budget: Int

    /// - Parameter limit: the greatest length of the result, in bytes.
    static func expand(
        _ text: String, limit: Int = 4 << 20, lookup: @escaping (String) -> String?,
        missing: @escaping (String) -> Void
    ) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var template = Template(bytes: Array(text.utf8), lookup: lookup, missing: missing, budget: limit)
        let result = try template.expand(0..<template.bytes.count, depth: 0)
        return String(decoding: result, as: UTF8.self)
    }

    private mutating func expand(_ range: Range<Int>, depth: Int) throws(Failure) -> [UInt8] {
        guard depth < Self.deepest else { throw .tooDeep }
        var result: [UInt8] = []
        var scanner = TemplateScanner(bytes, range)
        while let piece = scanner.next() {
            let before = result.count
            switch piece {
            case .text(let range): result += bytes[range]
            case .dollar: result.append(UInt8(ascii: "$"))
            case .invalid: throw .invalid
            case .variable(let expression): result += try value(of: expression, depth)
            }
            budget -= result.count - before
            guard budget >= 0 else { throw .tooLong }
        }
        return result
    }

    private mutating func value(of expression: TemplateScanner.Expression, _ depth: Int) throws(Failure) -> [UInt8] {
        let name = String(decoding: bytes[expression.name], as: UTF8.self)
        let current = lookup(name)
        let isFilled = current.map { !(expression.operator.looksInside && $0.isEmpty) } ?? false
        switch expression.operator {
        case .none:
            if current == nil { missing(name) }
        case .defaultWhenEmpty, .defaultWhenUnset:
            if !isFilled { return try expand(expression.operand, depth: depth + 1) }
        case .alternativeWhenFilled, .alternativeWhenSet:
            if isFilled { return try expand(expression.operand, depth: depth + 1) }
        case .requiredFilled, .requiredSet:
            if !isFilled {
                let message = try expand(expression.operand, depth: depth + 1)
                throw .required(name: name, message: String(decoding: message, as: UTF8.self))
            }
        }
        return Array((current ?? "").utf8)
    }
}

extension VariableUse.Operator {
    /// Whether an empty value counts as none.
    var looksInside: Bool { rawValue.hasPrefix(":") }
}

extension Template.Failure {
    /// As a message about the text.
    func message(in text: String) -> String {
        switch self {
        case .invalid: "invalid interpolation format in \"\(text)\""
        case .required(let name, let message):
            "required variable \(name) is missing a value" + (message.isEmpty ? "" : ": \(message)")
        case .tooDeep: "variables are nested too deeply in \"\(text.prefix(80))\""
        case .tooLong: "variables make \"\(text.prefix(80))\" too long"
        }
    }
}
