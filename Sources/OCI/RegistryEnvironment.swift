/// What of an environment leads to somebody's credentials, mirrors, certificates and proxies.
public enum RegistryEnvironment {
    /// The variables that a registry's client and credential helpers look at; a command hands these, and no others, to
    /// whoever works for it.
    public static let names: Set<String> = [
        "HOME", "USER", "PATH", "DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR",
        "XDG_DATA_HOME", "CONTAINERS_REGISTRIES_CONF", "SSL_CERT_FILE", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY",
        "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME",
        "PASSWORD_STORE_DIR", "AWS_PROFILE", "AWS_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
        "CLOUDSDK_CONFIG", "SSH_AUTH_SOCK",
    ]

    /// Those whose values are paths, which may be relative to the caller's directory.
    private static let paths: Set<String> = [
        "HOME", "DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "CONTAINERS_REGISTRIES_CONF", "SSL_CERT_FILE",
        "GNUPGHOME", "PASSWORD_STORE_DIR", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CLOUDSDK_CONFIG",
    ]

    /// The part of an environment that counts, for a process with another working directory.
    public static func part(of environment: [String: String], directory: String) -> [String: String] {
        var part = environment.filter { names.contains($0.key) }
        for name in paths {
            guard let value = part[name], !value.isEmpty, !value.hasPrefix("/") else { continue }
            part[name] = "\(directory)/\(value)"
        }
        return part
    }
}
