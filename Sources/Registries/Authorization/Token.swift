import FoundationEssentials
import OCI

/// A registry's permission for some scopes.
struct Token: Sendable {
    let text: String
    let expires: ContinuousClock.Instant
    /// What gets the next tokens without a password, if the service gave one.
    let refresh: String?

    private struct Answer: Decodable {
        var token: String?
        // The names are OAuth 2's.
        var access_token: String?
        var expires_in: Int?
        var refresh_token: String?
    }

    /// Reads a token service's answer.
    init?(json: [UInt8]) {
        // `try?`: the only reason would be that it's no answer of a token service, which is what `nil` says.
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(json)),
            let text = [answer.token, answer.access_token].compactMap(\.self).first(where: { !$0.isEmpty }),
            text.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return nil }
        self.text = text
        refresh = answer.refresh_token.flatMap { $0.isEmpty ? nil : $0 }
        // 60 seconds is what the distribution specification's token page says of services that don't say. A token is
        // given up a little early, as it may expire on its way.
        expires = .now + .seconds(max(0, min(answer.expires_in ?? 60, 3600) - 5))
    }
}

/// What is known of the registries' wishes: how they want to be shown a permission, and the tokens that still hold.
actor AuthorizationCache {
    /// How a registry wants to be asked.
    enum Way: Sendable {
        case basic(header: String)
        case bearer(Challenge)
    }

    private struct Key: Hashable {
        let authority: String
        let scopes: Scopes
    }

    private var ways: [String: Way] = [:]
    private var tokens: [Key: Token] = [:]
    private static let mostTokens = 1024

    func way(_ route: Route) -> Way? { ways[route.authority] }

    func learn(_ way: Way, for route: Route) {
        ways[route.authority] = way
    }

    /// The header for a request; nil if nothing is known, or the token has expired.
    func header(_ route: Route, _ scopes: Scopes) -> String? {
        switch ways[route.authority] {
        case nil: return nil
        case .basic(let header): return header
        case .bearer:
            let token = tokens[Key(authority: route.authority, scopes: scopes)]
            guard let token, token.expires > .now else { return nil }
            return "Bearer \(token.text)"
        }
    }

    func store(_ token: Token, for route: Route, _ scopes: Scopes) {
        tokens = tokens.filter { $0.value.expires > .now }
        if tokens.count >= Self.mostTokens { tokens.removeAll() }
        tokens[Key(authority: route.authority, scopes: scopes)] = token
    }
}

/// The body of a registry's refusal, in the distribution specification's form.
struct Refusal {
    let text: String

    private struct Answer: Decodable {
        struct Problem: Decodable {
            var code: String?
            var message: String?
        }
        var errors: [Problem]
    }

    init?(json: [UInt8]) {
        // `try?`: a body in another form explains nothing.
        guard let problem = (try? JSONDecoder().decode(Answer.self, from: Data(json)))?.errors.first else { return nil }
        let words = problem.message ?? problem.code ?? ""
        text = oneLine(words.prefix(200))
    }
}
