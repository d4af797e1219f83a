/// Everything that a user and a host have set for registries: credentials, mirrors, certificates, proxies.
///
/// It is a value, so that who works on behalf of somebody else can work with that user's settings.
public struct RegistryConfiguration: Sendable, Hashable {
    /// Nothing set: no credentials, no mirrors, the system's certificates.
    public init() {}

    /// The variables that `load` looks at; a command hands these, and no others, to whoever works for it.
    public static let environmentNames = [
        "DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "CONTAINERS_REGISTRIES_CONF",
        "SSL_CERT_FILE", "PATH", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy",
        "ALL_PROXY", "all_proxy",
    ]

    /// Reads the files that `environment` and `home` (the user's home directory) lead to. Files that aren't there are
    /// fine; one that can't be understood is an error that names it.
    public static func load(environment: [String: String], home: String?) throws -> RegistryConfiguration {
        RegistryConfiguration()
    }
}
