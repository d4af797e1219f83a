/// Variables whose names sound as if nobody should read their values.
enum SecretNames {
    private static let suspicious: Set<Substring> = [
        "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
    ]
    private static let harmless: Set<Substring> = ["public", "file", "version"]

    /// One of the words between underscores is a secret's, and none takes that back.
    static func contains(_ name: String) -> Bool {
        let words = Set(name.lowercased().split(separator: "_"))
        return !words.isDisjoint(with: suspicious) && words.isDisjoint(with: harmless)
    }
}
