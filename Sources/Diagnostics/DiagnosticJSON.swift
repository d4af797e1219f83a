extension Diagnostic {
    /// One line of JSON, for `--progress json`. Keys: `level`, `file`, `line`, `column`, `path`, `message`, `suggestion`.
    public var json: String {
        var fields = ["\"level\":\(Self.quote(severity.rawValue))"]
        if let position {
            fields.append("\"file\":\(Self.quote(position.file))")
            fields.append("\"line\":\(position.line)")
            fields.append("\"column\":\(position.column)")
        }
        if !path.isEmpty { fields.append("\"path\":\(Self.quote(path))") }
        fields.append("\"message\":\(Self.quote(message))")
        if let suggestion { fields.append("\"suggestion\":\(Self.quote(suggestion))") }
        return "{" + fields.joined(separator: ",") + "}"
    }

    /// A JSON string (RFC 8259, section 7).
    private static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
