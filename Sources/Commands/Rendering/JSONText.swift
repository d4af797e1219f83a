import Diagnostics

/// JSON whose fields keep the order in which Docker prints them.
indirect enum JSONText {
    case string(String)
    case number(Int64)
    case boolean(Bool)
    case array([JSONText])
    case object([(String, JSONText)])

    func render() -> String {
        switch self {
        case .string(let text): quotedJSON(text)
        case .number(let value): String(value)
        case .boolean(let value): value ? "true" : "false"
        case .array(let values): "[" + values.map { $0.render() }.joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.map { quotedJSON($0.0) + ":" + $0.1.render() }.joined(separator: ",") + "}"
        }
    }
}

/// JSON text on one line → indented by four blanks a level, as `docker inspect` prints. Order and numbers stay.
func indentedJSON(_ text: String, level: Int = 0) -> String {
    var writer = JSONIndenter(level: level)
    for character in text.unicodeScalars { writer.add(character) }
    return writer.result
}

private struct JSONIndenter {
    var level: Int
    var result = ""
    private var inString = false
    private var escaped = false
    private var opened = false

    init(level: Int) { self.level = level }

    mutating func add(_ scalar: Unicode.Scalar) {
        if inString { return addInString(scalar) }
        switch scalar {
        case " ", "\n", "\t", "\r": return
        case "}", "]": return close(scalar)
        default: break
        }
        if opened {
            opened = false
            lineBreak()
        }
        result.unicodeScalars.append(scalar)
        switch scalar {
        case "{", "[":
            level += 1
            opened = true
        case ",": lineBreak()
        case ":": result += " "
        case "\"": inString = true
        default: break
        }
    }

    private mutating func addInString(_ scalar: Unicode.Scalar) {
        result.unicodeScalars.append(scalar)
        if escaped {
            escaped = false
        } else if scalar == "\\" {
            escaped = true
        } else if scalar == "\"" {
            inString = false
        }
    }

    private mutating func close(_ scalar: Unicode.Scalar) {
        level -= 1
        if opened { opened = false } else { lineBreak() }
        result.unicodeScalars.append(scalar)
    }

    private mutating func lineBreak() { result += "\n" + String(repeating: " ", count: 4 * max(0, level)) }
}
