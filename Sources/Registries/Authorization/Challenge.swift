/// What a registry wants before it answers, from its `WWW-Authenticate` header (RFC 9110, section 11.6.1).
struct Challenge: Hashable, Sendable {
    /// In lower case: `bearer`, `basic`.
    let scheme: String
    /// By names in lower case.
    let parameters: [String: String]

    private static let mostParameters = 32

    /// Reads the first challenge of a header's value.
    init?(_ header: String) {
        guard let first = Self.challenges(header).first else { return nil }
        self = first
    }

    private init(scheme: String, parameters: [String: String]) {
        self.scheme = scheme.lowercased()
        self.parameters = parameters
    }

    /// All challenges of a header's value: `Basic realm="a", Bearer realm="b",service="c"`.
    static func challenges(_ header: String) -> [Challenge] {
        var rest = Substring(header)
        var found: [Challenge] = []
        while found.count < 8 {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            let scheme = rest.prefix { $0 != " " && $0 != "," && $0 != "=" }
            guard !scheme.isEmpty else { break }
            rest = rest.dropFirst(scheme.count)
            var parameters: [String: String] = [:]
            while parameters.count < mostParameters, let (name, value) = parameter(&rest) { parameters[name] = value }
            found.append(Challenge(scheme: String(scheme), parameters: parameters))
        }
        return found
    }

    /// Takes `name=value` or `name="value"` off the front; nil where the next challenge begins.
    private static func parameter(_ text: inout Substring) -> (String, String)? {
        var rest = text.drop { $0 == " " || $0 == "," || $0 == "\t" }
        let name = rest.prefix { $0 != "=" && $0 != " " && $0 != "," }
        rest = rest.dropFirst(name.count).drop { $0 == " " }
        guard !name.isEmpty, rest.first == "=" else { return nil }
        rest = rest.dropFirst().drop { $0 == " " }
        defer { text = rest }
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != "," && $0 != " " }
            rest = rest.dropFirst(value.count)
            return (name.lowercased(), String(value))
        }
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let escaped = rest.popFirst() {
                value.append(escaped)
            } else {
                value.append(character)
            }
        }
        return (name.lowercased(), value)
    }

    /// Where tokens are had. A token service without encryption is accepted only on this machine, or where the registry
    /// itself is spoken to without encryption.
    func realm(plainAllowed: Bool) -> String? {
        guard scheme == "bearer", let realm = parameters["realm"], let origin = Origin(realm) else { return nil }
        return origin.scheme == "https" || plainAllowed || Authority.isLoopback(origin.authority) ? realm : nil
    }

    /// The address of a token for `scopes` and those that the challenge itself names.
    func tokenURL(
        for scopes: Scopes, account: String? = nil, offline: Bool = false, plainAllowed: Bool = false
    ) -> String? {
        guard let realm = realm(plainAllowed: plainAllowed) else { return nil }
        var query = parameters["service"].map { ["service=\(PercentCoding.encode($0))"] } ?? []
        query += all(scopes).texts.map { "scope=\(PercentCoding.encode($0, except: ":/,"))" }
        if let account { query.append("account=\(PercentCoding.encode(account))") }
        if offline { query += ["offline_token=true", "client_id=roost"] }
        return query.isEmpty ? realm : realm + (realm.contains("?") ? "&" : "?") + query.joined(separator: "&")
    }

    /// What stays true of the registry after the request that was challenged.
    var withoutScope: Challenge {
        Challenge(scheme: scheme, parameters: parameters.filter { $0.key != "scope" })
    }

    /// The scopes to ask for.
    func all(_ scopes: Scopes) -> Scopes {
        parameters["scope"].map { scopes.union(challenged: $0) } ?? scopes
    }
}
