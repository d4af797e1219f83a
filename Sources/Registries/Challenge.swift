/// What a registry wants before it answers, from its `WWW-Authenticate` header (RFC 9110, section 11.6.1).
struct Challenge: Hashable, Sendable {
    /// In lower case: `bearer`, `basic`.
    let scheme: String
    /// By names in lower case.
    let parameters: [String: String]

    /// Reads the first challenge of a header's value.
    init?(_ header: String) {
        var rest = Substring(header).drop { $0 == " " }
        let scheme = rest.prefix { $0 != " " }
        guard !scheme.isEmpty else { return nil }
        rest = rest.dropFirst(scheme.count)
        var parameters: [String: String] = [:]
        while let (name, value) = Self.parameter(&rest) {
            parameters[name] = value
        }
        self.scheme = scheme.lowercased()
        self.parameters = parameters
    }

    /// Takes `name=value` or `name="value"` off the front.
    private static func parameter(_ text: inout Substring) -> (String, String)? {
        text = text.drop { $0 == " " || $0 == "," }
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = text[..<equals].lowercased()
        text = text[text.index(after: equals)...]
        guard text.first == "\"" else {
            let value = text.prefix { $0 != "," && $0 != " " }
            text = text.dropFirst(value.count)
            return (name, String(value))
        }
        text = text.dropFirst()
        var value = ""
        while let character = text.popFirst(), character != "\"" {
            if character == "\\", let escaped = text.popFirst() {
                value.append(escaped)
            } else {
                value.append(character)
            }
        }
        return (name, value)
    }

    /// Where a token for pulling from `repository` is had. A token service without encryption is accepted only on this
    /// machine.
    func tokenURL(pulling repository: String) -> String? {
        guard scheme == "bearer", let realm = parameters["realm"] else { return nil }
        let authority = realm.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).dropFirst(2).first
        let host = String((authority ?? "").prefix { $0 != "/" && $0 != "?" })
        guard realm.hasPrefix("https://") || (realm.hasPrefix("http://") && Endpoint.isLoopback(host)) else {
            return nil
        }
        let scope = parameters["scope"] ?? "repository:\(repository):pull"
        var query = "scope=\(Self.escape(scope))"
        if let service = parameters["service"] { query = "service=\(Self.escape(service))&\(query)" }
        return realm + (realm.contains("?") ? "&" : "?") + query
    }

    /// Percent-encodes everything but RFC 3986's unreserved characters.
    private static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Character(Unicode.Scalar(byte))
            if byte < 128, scalar.isLetter || scalar.isNumber || "-._~:/".contains(scalar) {
                result.append(scalar)
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
