import Kernel
import OCI

/// Everything that a user and a host have set for registries: credentials, mirrors, certificates, proxies.
///
/// It is a value, so that who works on behalf of somebody else can work with that user's settings.
public struct RegistryConfiguration: Sendable, Hashable {
    /// Docker's configuration first, then containers' as a fallback.
    var credentials: [CredentialSettings] = []
    /// Where `login` writes.
    var credentialFile: String?
    var rules = RegistryRules()
    var certificateDirectories: [String] = []
    /// Replaces the system's certificate authorities.
    var authorityBundle: String?
    var proxies = ProxySettings()
    /// What credential helpers run with.
    var environment: [String: String] = [:]

    /// Nothing set: no credentials, no mirrors, the system's certificates.
    public init() {}

    /// The variables that `load` and credential helpers look at.
    public static var environmentNames: Set<String> { RegistryEnvironment.names }

    /// Reads the files that `environment` and `home` (the user's home directory) lead to. Files that aren't there are
    /// fine; one that can't be understood is a `CredentialError` that names it.
    public static func load(
        environment: [String: String], home: String?
    ) throws(CredentialError) -> RegistryConfiguration {
        var configuration = RegistryConfiguration()
        configuration.environment = environment
        configuration.authorityBundle = environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        configuration.proxies = try ProxySettings(environment: environment)
        let places = Places(environment: environment, home: home)
        configuration.credentialFile = places.dockerConfiguration
        for path in places.credentials {
            if let settings = try CredentialSettings.read(path) { configuration.credentials.append(settings) }
        }
        for path in places.rules { try configuration.rules.add(path) }
        configuration.certificateDirectories = places.certificates
        return configuration
    }

    /// The credential for a repository, from the first place that has one.
    func credential(registry: String, repository: String) async throws -> Credential? {
        for settings in credentials {
            if let name = settings.helper(for: registry) {
                let helper = CredentialHelper(name: name, environment: environment)
                if let credential = try await helper.get(RegistryKey.key(registry)) { return credential }
            }
            if let credential = settings.credential(registry: registry, repository: repository) { return credential }
        }
        return nil
    }
}

/// Where a user's and a host's files are.
private struct Places {
    let environment: [String: String]
    let home: String?

    private func value(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private var userContainers: String? {
        (value("XDG_CONFIG_HOME") ?? home.map { "\($0)/.config" }).map { "\($0)/containers" }
    }

    var dockerConfiguration: String? {
        (value("DOCKER_CONFIG") ?? home.map { "\($0)/.docker" }).map { "\($0)/config.json" }
    }

    var credentials: [String] {
        let containers = value("REGISTRY_AUTH_FILE") ?? value("XDG_RUNTIME_DIR").map { "\($0)/containers/auth.json" }
        return [dockerConfiguration, containers, userContainers.map { "\($0)/auth.json" }].compactMap { $0 }
    }

    /// A user's own file takes the place of the host's, drop-ins included.
    var rules: [String] {
        if let path = value("CONTAINERS_REGISTRIES_CONF") { return [path] }
        let own = userContainers.map { "\($0)/registries.conf" }.flatMap { Files.exists($0) ? $0 : nil }
        let directories = (own == nil ? ["/etc/containers"] : []) + [userContainers].compactMap { $0 }
        return [own ?? "/etc/containers/registries.conf"]
            + directories.flatMap { Self.dropIns("\($0)/registries.conf.d") }
    }

    private static func dropIns(_ directory: String) -> [String] {
        // `try?`: an unreadable directory has nothing for this user.
        let names = (try? Directory.names(in: directory)) ?? []
        return names.filter { $0.hasSuffix(".conf") }.sorted().map { "\(directory)/\($0)" }
    }

    var certificates: [String] {
        [
            userContainers.map { "\($0)/certs.d" }, home.map { "\($0)/.config/docker/certs.d" },
            "/etc/containers/certs.d", "/etc/docker/certs.d",
        ].compactMap { $0 }
    }
}
