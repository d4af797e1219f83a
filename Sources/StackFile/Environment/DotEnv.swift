/// The language of `.env` files and `env_file` (Compose specification, "Interpolation", ".env file"):
/// `NAME=value`, `export NAME=value`, `NAME: value`, comments, single quotes without and double quotes with escapes and
/// variables, values over several lines in quotes.
struct DotEnv {
    /// A line that isn't an assignment.
    struct Failure: Error {
        var line: Int
        var message: String
    }

    /// One assignment; `value` is `nil` for a name alone, which is taken from the shell.
    struct Assignment {
        var name: String
        var value: String?
        var line: Int
    }

    private let bytes: [UInt8]
    private var next = 0
    private var line = 1
    private let lookup: (String) -> String?
    private let missing: (String) -> Void
    private var values: [String: String] = [:]

    private init(_ bytes: [UInt8], _ lookup: @escaping (String) -> String?, _ missing: @escaping (String) -> Void) {
        let hasByteOrderMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        self.bytes = hasByteOrderMark ? Array(bytes.dropFirst(3)) : bytes
        self.lookup = lookup
        self.missing = missing
    }

    /// The assignments in the file's order. `lookup` gives variables from outside, which win over those of the file.
    static func parse(
        _ bytes: [UInt8], lookup: @escaping (String) -> String?, missing: @escaping (String) -> Void = { _ in }
    ) throws(Failure) -> [Assignment] {
        var file = DotEnv(bytes, lookup, missing)
        var assignments: [Assignment] = []
        while try file.skipToStatement() {
            let assignment = try file.assignment()
            if let value = assignment.value { file.values[assignment.name] = value }
            assignments.append(assignment)
        }
        return assignments
    }

    /// `format: raw`: `NAME=value` up to the end of the line, nothing means anything.
    static func parseRaw(_ bytes: [UInt8]) throws(Failure) -> [Assignment] {
        var assignments: [Assignment] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            var text = String(decoding: line, as: UTF8.self)
            if text.hasSuffix("\r") { text.removeLast() }
            if text.hasPrefix("#") || text.allSatisfy({ $0 == " " || $0 == "\t" }) { continue }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard !name.isEmpty, !name.contains(where: { $0 == " " || $0 == "\t" }) else {
                throw Failure(line: index + 1, message: "\"\(name)\" is not a variable name")
            }
            let value = parts.count > 1 ? String(parts[1]) : nil
            assignments.append(Assignment(name: name, value: value, line: index + 1))
        }
        return assignments
    }

    private var current: UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func advance() {
        if bytes[next] == UInt8(ascii: "\n") { line += 1 }
        next += 1
    }

    private mutating func skipLine() {
        while let byte = current, byte != UInt8(ascii: "\n") { advance() }
    }

    private mutating func skipBlanks() {
        while let byte = current, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { advance() }
    }

    private mutating func skipToStatement() throws(Failure) -> Bool {
        while let byte = current {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
            case UInt8(ascii: "#"): skipLine()
            default: return true
            }
        }
        return false
    }

    private mutating func assignment() throws(Failure) -> Assignment {
        let start = line
        var name = word()
        if name == "export", let byte = current, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
            skipBlanks()
            name = word()
        }
        skipBlanks()
        guard !name.isEmpty else {
            throw Failure(line: start, message: "a variable name is missing")
        }
        switch current {
        case nil, UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"):
            skipLine()
            return Assignment(name: name, value: lookup(name), line: start)
        case UInt8(ascii: "="), UInt8(ascii: ":"):
            advance()
            skipBlanks()
            return Assignment(name: name, value: try value(), line: start)
        default:
            throw Failure(line: start, message: "\"\(name)\" is not followed by \"=\"")
        }
    }

    private mutating func word() -> String {
        let start = next
        while let byte = current, Self.isNameByte(byte) { advance() }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }

    private mutating func value() throws(Failure) -> String {
        switch current {
        case UInt8(ascii: "'"): return try quoted(by: UInt8(ascii: "'"), named: "single")
        case UInt8(ascii: "\""): return try expanded(Self.unescape(try quoted(by: UInt8(ascii: "\""), named: "double")))
        default: return try expanded(unquoted())
        }
    }

    /// Up to the end of the line or a comment, which needs a blank before it.
    private mutating func unquoted() -> String {
        let start = next
        var end = next
        while let byte = current, byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: "#"), next == start || Self.isBlank(bytes[next - 1]) { break }
            advance()
            if !Self.isBlank(byte), byte != UInt8(ascii: "\r") { end = next }
        }
        skipLine()
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func quoted(by quote: UInt8, named kind: String) throws(Failure) -> String {
        let start = line
        advance()
        var content: [UInt8] = []
        while let byte = current, byte != quote {
            advance()
            content.append(byte)
            if byte == UInt8(ascii: "\\"), let escaped = current {
                if escaped == quote { content.removeLast() }
                if escaped == quote, quote == UInt8(ascii: "\"") { content.append(byte) }
                content.append(escaped)
                advance()
            }
        }
        guard current != nil else { throw Failure(line: start, message: "the \(kind) quote is never closed") }
        advance()
        skipBlanks()
        if let byte = current, byte != UInt8(ascii: "#") && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") {
            throw Failure(line: line, message: "text stands after the closing quote")
        }
        skipLine()
        return String(decoding: content, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// The escapes inside double quotes; an escaped dollar stays one through the expansion.
    private static func unescape(_ text: String) -> String {
        guard text.contains("\\") else { return text }
        var result = ""
        var characters = text.unicodeScalars.makeIterator()
        while let scalar = characters.next() {
            guard scalar == "\\", let escaped = characters.next() else {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch escaped {
            case "n": result += "\n"
            case "r": result += "\r"
            case "t": result += "\t"
            case "\\": result += "\\"
            case "\"": result += "\""
            case "$": result += "$$"
            default:
                result += "\\"
                result.unicodeScalars.append(escaped)
            }
        }
        return result
    }

    private func expanded(_ text: String) throws(Failure) -> String {
        let (values, lookup) = (values, lookup)
        do throws(Template.Failure) {
            return try Template.expand(text, lookup: { lookup($0) ?? values[$0] }, missing: missing)
        } catch {
            switch error {
            case .required(let name, let message):
                throw Failure(line: line, message: "required variable \(name) is missing a value: \(message)")
            case .invalid, .tooDeep:
                throw Failure(line: line, message: "invalid interpolation format in \"\(text)\"")
            }
        }
    }
}
