import Diagnostics

extension TemplateFunctions {
    /// `printf` with the verbs that stand for text and numbers, and their widths.
    static func formatted(_ arguments: [TemplateValue]) throws(TemplateError) -> String {
        guard case .text(let format)? = arguments.first else {
            throw TemplateError("template: wrong number of args for printf")
        }
        var rest = arguments.dropFirst()
        var result = ""
        var characters = Array(format)[...]
        while let character = characters.popFirst() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            var verb = Verb()
            guard verb.read(&characters) else {
                result += "%!(NOVERB)"
                continue
            }
            if verb.letter == "%" {
                result += "%"
            } else if let value = rest.popFirst() {
                result += verb.text(value)
            } else {
                result += "%!\(verb.letter)(MISSING)"
            }
        }
        return result
    }

    /// `%-10.3s`
    private struct Verb {
        var isLeft = false
        var hasZeros = false
        var width = 0
        var precision: Int?
        var letter: Character = "v"
        private static let widest = 10_000

        /// Reads what follows the percent sign; `false` if nothing does.
        mutating func read(_ rest: inout ArraySlice<Character>) -> Bool {
            while let flag = rest.first, "-+# 0".contains(flag) {
                if flag == "-" { isLeft = true }
                if flag == "0" { hasZeros = true }
                rest = rest.dropFirst()
            }
            width = Self.number(&rest)
            if rest.first == "." {
                rest = rest.dropFirst()
                precision = Self.number(&rest)
            }
            guard let last = rest.popFirst() else { return false }
            letter = last
            return true
        }

        private static func number(_ rest: inout ArraySlice<Character>) -> Int {
            var number = 0
            while let digit = rest.first?.wholeNumberValue {
                number = min(widest, number * 10 + digit)
                rest = rest.dropFirst()
            }
            return number
        }

        func text(_ value: TemplateValue) -> String {
            var text: String
            switch (letter, value) {
            case ("q", _): text = quotedJSON(value.printed)
            case ("x", .integer(let number)): text = String(number, radix: 16)
            case ("X", .integer(let number)): text = String(number, radix: 16, uppercase: true)
            case ("o", .integer(let number)): text = String(number, radix: 8)
            case ("b", .integer(let number)): text = String(number, radix: 2)
            case ("f", .integer(let number)): text = Self.fixed(Double(number), precision ?? 6)
            case ("f", .decimal(let number)): text = Self.fixed(number, precision ?? 6)
            case ("s", _), ("v", _): text = precision.map { String(value.printed.prefix($0)) } ?? value.printed
            case ("d", .integer), ("t", .boolean): text = value.printed
            default: text = "%!\(letter)(\(value.printed))"
            }
            let missing = max(0, width - text.count)
            if isLeft { return text + String(repeating: " ", count: missing) }
            return String(repeating: hasZeros && letter != "s" ? "0" : " ", count: missing) + text
        }

        private static func fixed(_ value: Double, _ digits: Int) -> String {
            var scale = 1.0
            for _ in 0..<min(digits, 12) { scale *= 10 }
            guard abs(value) < 1e6 * 1e6 / scale * 1e6 else { return "\(value)" }
            let scaled = Int64((abs(value) * scale).rounded())
            let whole = scaled / Int64(scale)
            let fraction = String(scaled % Int64(scale))
            let sign = value < 0 && scaled != 0 ? "-" : ""
            guard digits > 0 else { return sign + "\(whole)" }
            return sign + "\(whole)." + String(repeating: "0", count: max(0, min(digits, 12) - fraction.count))
                + fraction
        }
    }
}
