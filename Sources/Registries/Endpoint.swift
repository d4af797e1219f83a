import OCI

/// Where a registry is reached, and how.
struct Endpoint: Hashable, Sendable {
    /// `https://registry-1.docker.io`, without a slash at the end.
    let base: String

    init(registry: String) {
        // The name of Docker's registry isn't its address.
        let host = registry == "docker.io" ? "registry-1.docker.io" : registry
        base = (Self.isLoopback(host) ? "http" : "https") + "://\(host)"
    }

    /// Registries on this machine are spoken to without encryption, as Docker does.
    static func isLoopback(_ registry: String) -> Bool {
        if registry.hasPrefix("[") {
            return registry.dropFirst().prefix { $0 != "]" } == "::1"
        }
        let host = registry.prefix { $0 != ":" }
        if host == "localhost" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }

    func manifest(of reference: Reference) -> String {
        let name = reference.digest?.description ?? reference.tag ?? "latest"
        return "\(base)/v2/\(reference.repository)/manifests/\(name)"
    }

    func manifest(_ digest: Digest, of reference: Reference) -> String {
        "\(base)/v2/\(reference.repository)/manifests/\(digest)"
    }

    func blob(_ digest: Digest, of reference: Reference) -> String {
        "\(base)/v2/\(reference.repository)/blobs/\(digest)"
    }
}
