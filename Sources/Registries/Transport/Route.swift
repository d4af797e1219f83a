import OCI

/// One place that has a repository: the registry itself, or a mirror of it.
struct Route: Hashable, Sendable {
    /// The registry as credentials are filed under it: `docker.io`, `localhost:5000`.
    let registry: String
    /// `HOST[:PORT]` to connect to.
    let authority: String
    let repository: String
    /// Whether an administrator waived encryption and certificates.
    let isInsecure: Bool
    var isMirror = false

    /// `name` is `HOST[:PORT][/PATH]`.
    private init(name: String, rest: String, isInsecure: Bool, isMirror: Bool) {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let path = (parts.count > 1 ? [parts[1]] : []) + (rest.isEmpty ? [] : [rest])
        registry = parts.first.map { $0 == "index.docker.io" ? "docker.io" : $0 } ?? ""
        authority = registry == "docker.io" ? "registry-1.docker.io" : registry
        repository = path.joined(separator: "/")
        self.isInsecure = isInsecure
        self.isMirror = isMirror
    }

    /// The route without any rules.
    init(_ reference: Reference) {
        self.init(name: reference.registry, rest: reference.repository, isInsecure: false, isMirror: false)
    }

    /// The registry alone, for logging in.
    init(registry: String) {
        self.init(name: registry, rest: "", isInsecure: false, isMirror: false)
    }

    init(registry: String, isInsecure: Bool) {
        self.init(name: registry, rest: "", isInsecure: isInsecure, isMirror: false)
    }

    /// Where to look for `reference`, in this order. Only pulls use mirrors.
    static func routes(
        for reference: Reference, digest: Digest?, pulling: Bool, rules: RegistryRules
    ) throws(RegistryError) -> [Route] {
        guard let rule = rules.rule(for: reference) else { return [Route(reference)] }
        guard !rule.blocked else { throw RegistryError(reference, "image", .blocked(prefix: rule.prefix)) }
        let name = "\(reference.registry)/\(reference.repository)"
        let matched = rule.prefix.hasPrefix("*.") ? reference.registry : rule.prefix
        let rest = String(name.dropFirst(matched.count).drop { $0 == "/" })
        let own = Route(
            name: rule.location ?? matched, rest: rest, isInsecure: rule.insecure, isMirror: false)
        guard pulling else { return [own] }
        let byDigest = digest != nil || reference.digest != nil
        let mirrors = rule.mirrors
            .filter { $0.purpose == .all || ($0.purpose == .digestOnly) == byDigest }
            .map { Route(name: $0.location, rest: rest, isInsecure: $0.insecure, isMirror: true) }
        return mirrors + [own]
    }

    /// The path of a manifest, by tag or digest.
    func manifest(_ name: String) -> String { "/v2/\(repository)/manifests/\(name)" }
    func blob(_ digest: Digest) -> String { "/v2/\(repository)/blobs/\(digest)" }
    var uploads: String { "/v2/\(repository)/blobs/uploads/" }
    var tags: String { "/v2/\(repository)/tags/list?n=1000" }
    func referrers(_ digest: Digest) -> String { "/v2/\(repository)/referrers/\(digest)" }
}

extension Reference {
    /// What a registry is asked for: the digest, which wins, or the tag.
    var wanted: String { digest?.description ?? tag ?? "latest" }
}
