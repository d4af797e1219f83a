extension Diagnostic {
    /// One line of JSON, for `--progress json`. Keys, in this order: `error` (true, only of errors, as Docker's JSON has
    /// it), `level`, `file`, `line`, `column`, `path`, `message`, `suggestion`; what there is nothing for is left out.
    public var json: String {
        var fields = severity == .error ? ["\"error\":true"] : []
        fields.append("\"level\":\(quotedJSON(severity.rawValue))")
        if let position {
            fields.append("\"file\":\(quotedJSON(position.file))")
            fields.append("\"line\":\(position.line)")
            fields.append("\"column\":\(position.column)")
        }
        if !path.isEmpty { fields.append("\"path\":\(quotedJSON(path))") }
        fields.append("\"message\":\(quotedJSON(message))")
        if let suggestion { fields.append("\"suggestion\":\(quotedJSON(suggestion))") }
        return "{" + fields.joined(separator: ",") + "}"
    }
}
