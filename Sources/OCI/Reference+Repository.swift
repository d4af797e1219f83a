extension Reference {
    /// The repository as people write it: `redis`, `localhost:5000/tools/box`.
    public var familiarRepository: String {
        let text = familiar
        let end = text.firstIndex(of: "@") ?? text.endIndex
        guard let colon = text[..<end].lastIndex(of: ":"), !text[colon..<end].contains("/") else {
            return String(text[..<end])
        }
        return String(text[..<colon])
    }
}
