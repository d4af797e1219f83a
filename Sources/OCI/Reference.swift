/// The name of an image in a registry, normalised as Docker does: `redis` is `docker.io/library/redis:latest`.
public struct Reference: Hashable, Sendable, LosslessStringConvertible {
    /// Host of the registry, with its port if it has one: `docker.io`, `localhost:5000`, `[::1]:5000`.
    public let registry: String
    /// Path in the registry: `library/redis`.
    public let repository: String
    /// The tag; `nil` only if there is a digest.
    public let tag: String?
    /// The digest that the image is pinned to; it wins over the tag.
    public let digest: Digest?

    /// Reads a reference as people write it, and fills in what they leave out.
    public init(parsing text: String) throws(ReferenceError) {
        func failure(_ problem: ReferenceError.Problem) -> ReferenceError {
            ReferenceError(text: text, problem: problem)
        }
        guard !text.isEmpty else { throw failure(.empty) }
        var rest = Substring(text)
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            do {
                digest = try Digest(parsing: String(rest[rest.index(after: at)...]))
            } catch {
                throw failure(.digest(error))
            }
            rest = rest[..<at]
        }
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/"),
            !rest[colon...].contains("]")
        {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        let (registry, repository) = Self.splitRegistry(rest)
        guard ReferenceGrammar.isRegistry(registry) else { throw failure(.registry(String(registry))) }
        if repository.contains(where: \.isUppercase) { throw failure(.upperCase) }
        guard ReferenceGrammar.isRepository(repository) else { throw failure(.repository(repository)) }
        if let tag, !ReferenceGrammar.isTag(tag) { throw failure(.tag(tag)) }
        guard registry.utf8.count + repository.utf8.count < 255 else { throw failure(.tooLong) }
        if tag == nil, digest == nil, ReferenceGrammar.isImageID(rest) { throw failure(.imageID) }
        self.registry = registry
        self.repository = repository
        self.tag = tag ?? (digest == nil ? "latest" : nil)
        self.digest = digest
    }

    public init?(_ description: String) {
        // `try?`: the caller asked for no reason.
        guard let reference = try? Reference(parsing: description) else { return nil }
        self = reference
    }

    /// The first component is a registry if it can't be a path: it has a dot, a port or an upper-case letter, or it
    /// is `localhost`.
    private static func splitRegistry(_ name: Substring) -> (registry: String, repository: String) {
        guard let slash = name.firstIndex(of: "/") else { return ("docker.io", "library/\(name)") }
        let first = name[..<slash]
        let remainder = String(name[name.index(after: slash)...])
        guard
            first.contains(".") || first.contains(":") || first == "localhost"
                || first.contains(where: \.isUppercase)
        else {
            return ("docker.io", String(name))
        }
        guard first == "docker.io" || first == "index.docker.io" else {
            return (String(first), remainder)
        }
        return ("docker.io", remainder.contains("/") ? remainder : "library/\(remainder)")
    }

    /// The whole normalised reference, `docker.io/library/redis:7`.
    public var description: String {
        "\(registry)/\(repository)" + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// The reference as people write it, `redis:7`; it means the same when it is read again.
    public var familiar: String {
        familiarName + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    private var familiarName: String {
        guard registry == "docker.io" else { return "\(registry)/\(repository)" }
        let official = repository.dropFirst("library/".count)
        if repository.hasPrefix("library/"), !official.contains("/") { return String(official) }
        // A first component that looks like a registry would be taken for one.
        return Self.splitRegistry(repository[...]) == (registry, repository) ? repository : "docker.io/\(repository)"
    }
}

extension Reference: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            self = try Reference(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Why some text is no image reference.
public struct ReferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        case empty
        case upperCase
        case tooLong
        case imageID
        case registry(String)
        case repository(String)
        case tag(String)
        case digest(DigestError)
        case noPath(transport: String)
    }

    /// What was read.
    public let text: String
    /// What is wrong with it.
    public let problem: Problem

    public var description: String {
        let reason =
            switch problem {
            case .empty: "it is empty"
            case .upperCase: "a repository's name is in lower case"
            case .tooLong: "its name is longer than 255 characters"
            case .imageID: "64 hexadecimal digits could be an image's id; write sha256:… after an @"
            case .registry(let name): "\"\(name)\" is not a host name with an optional port"
            case .repository(let name):
                "\"\(name)\" is not a repository (letters, digits, and single separators . _ - / between them)"
            case .tag(let tag):
                "\"\(tag)\" is not a tag (up to 128 letters, digits, _ . and -, not starting with . or -)"
            case .digest(let error): error.description
            case .noPath(let transport): "\(transport): needs a path after it"
            }
        return oneLine("\"\(text.prefix(300))\" is not an image reference: \(reason)")
    }
}
