import FoundationEssentials
import OCI

/// A registry's permission to pull from a repository.
struct Token: Sendable {
    let text: String
    let expires: ContinuousClock.Instant

    private struct Answer: Decodable {
        var token: String?
        // The name is OAuth 2's.
        var access_token: String?
        var expires_in: Int?
    }

    /// Reads a token service's answer.
    init?(json: [UInt8]) {
        // `try?`: the only reason would be that it's no answer of a token service, which is what `nil` says.
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(json)),
            let text = answer.token ?? answer.access_token, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return nil }
        self.text = text
        // 60 seconds is what the distribution specification's token page says of services that don't say. A token is
        // given up a little early, as it may expire on its way.
        expires = .now + .seconds(max(0, min(answer.expires_in ?? 60, 3600) - 5))
    }
}

/// The tokens that still hold.
actor TokenCache {
    private struct Key: Hashable {
        let registry: String
        let repository: String
    }

    private var tokens: [Key: Token] = [:]

    func token(for reference: Reference) -> String? {
        let token = tokens[Key(registry: reference.registry, repository: reference.repository)]
        guard let token, token.expires > .now else { return nil }
        return token.text
    }

    func store(_ token: Token, for reference: Reference) {
        tokens = tokens.filter { $0.value.expires > .now }
        tokens[Key(registry: reference.registry, repository: reference.repository)] = token
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
        text = String(words.prefix(200).map { $0.isNewline || $0.asciiValue.map { $0 < 32 } == true ? " " : $0 })
    }
}
