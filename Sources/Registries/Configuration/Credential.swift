/// What a user proves to a registry with.
public enum Credential: Hashable, Sendable {
    case password(user: String, password: String)
    /// A long-lived token (OAuth 2's refresh token), which a token service takes instead of a password.
    case identityToken(String)
    /// A token that is shown to the registry as it is.
    case registryToken(String)

    /// The user name by which helpers mark a secret as an identity token.
    static let tokenUser = "<token>"
}

/// Why credentials can't be had or kept.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or helper: `/root/.docker/config.json`, `docker-credential-pass`.
    public let subject: String
    /// What is wrong with it, and what to do.
    public let reason: String

    init(_ subject: String, _ reason: String) {
        self.subject = subject
        self.reason = reason
    }

    public var description: String { "\(subject): \(reason)" }
}
