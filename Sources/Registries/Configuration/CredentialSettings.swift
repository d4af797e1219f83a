import FoundationEssentials
import Glibc
import Kernel
import OCI

/// The credentials of one file: Docker's `config.json`, or containers' `auth.json`, which has the same form.
struct CredentialSettings: Hashable, Sendable {
    /// The file.
    let path: String
    /// By the key in the file, as it stands there.
    var credentials: [String: Credential] = [:]
    /// Helpers for single registries.
    var helpers: [String: String] = [:]
    /// The helper for all others.
    var store: String?

    static let longest = 4 << 20

    /// Reads a file; nil if there is none.
    static func read(_ path: String) throws(CredentialError) -> CredentialSettings? {
        guard let bytes = try bytes(path) else { return nil }
        let root: [String: JSONValue]
        do {
            root = try JSONValue.object(json: bytes)
        } catch {
            throw CredentialError(path, "it isn't a JSON object; repair it, or move it away and log in again")
        }
        var settings = CredentialSettings(path: path)
        settings.store = root["credsStore"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        settings.helpers = (root["credHelpers"]?.fields ?? [:]).compactMapValues(\.text)
        for (key, entry) in root["auths"]?.fields ?? [:] {
            guard let fields = entry.fields else { continue }
            settings.credentials[key] = try credential(fields, key, path)
        }
        return settings
    }

    static func bytes(_ path: String) throws(CredentialError) -> [UInt8]? {
        do {
            return try Files.read(path, limit: longest)
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw CredentialError(path, "it can't be read: \(error.reason)")
        }
    }

    private static func credential(
        _ fields: [String: JSONValue], _ key: String, _ path: String
    ) throws(CredentialError) -> Credential? {
        if let token = fields["identitytoken"]?.text, !token.isEmpty { return .identityToken(token) }
        if let token = fields["registrytoken"]?.text, !token.isEmpty { return .registryToken(token) }
        if let user = fields["username"]?.text, let password = fields["password"]?.text, !user.isEmpty {
            return .password(user: user, password: password)
        }
        guard let encoded = fields["auth"]?.text, !encoded.isEmpty else { return nil }
        guard let data = Data(base64Encoded: encoded), let text = String(validating: data, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else {
            throw CredentialError(path, "the auth of \"\(key)\" isn't base64 of USER:PASSWORD; log in again")
        }
        // Old versions of Docker padded with NUL.
        let password = text[text.index(after: colon)...].filter { $0 != "\0" }
        return .password(user: String(text[..<colon]), password: String(password))
    }

    /// The helper and the key for it, if a helper has to be asked for this registry.
    func helper(for registry: String) -> String? {
        for key in RegistryKey.candidates(registry) {
            if let helper = helpers[key], !helper.isEmpty { return helper }
        }
        return store
    }

    /// What the file itself has for a repository; an entry for a longer part of its path wins.
    func credential(registry: String, repository: String) -> Credential? {
        for key in RegistryKey.paths(registry, repository) {
            if let credential = credentials[key] { return credential }
        }
        let names = Set(RegistryKey.candidates(registry).map(RegistryKey.host))
        // Keys from older versions are addresses, `https://HOST/v1/`. The order makes the choice stable.
        return credentials.keys.sorted().first { names.contains(RegistryKey.host($0)) && !RegistryKey.isPath($0) }
            .flatMap { credentials[$0] }
    }
}

/// How files name a registry.
enum RegistryKey {
    /// The key that Docker files Docker Hub under.
    static let dockerHub = "https://index.docker.io/v1/"

    /// The key for new entries and for helpers.
    static func key(_ registry: String) -> String { registry == "docker.io" ? dockerHub : registry }

    /// All keys that mean the registry.
    static func candidates(_ registry: String) -> [String] {
        registry == "docker.io"
            ? [dockerHub, "docker.io", "index.docker.io", "registry-1.docker.io"] : [registry, "https://\(registry)"]
    }

    /// `quay.io/team/app`, `quay.io/team`; containers' files may have entries for a part of a registry.
    static func paths(_ registry: String, _ repository: String) -> [String] {
        var components = repository.split(separator: "/")
        var keys: [String] = []
        while !components.isEmpty {
            keys.append("\(registry)/\(components.joined(separator: "/"))")
            components.removeLast()
        }
        return keys + [key(registry)]
    }

    /// The host in a key, without scheme and path.
    static func host(_ key: String) -> String {
        var rest = Substring(key)
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        return String(rest.prefix { $0 != "/" })
    }

    /// Whether a key means only a part of a registry.
    static func isPath(_ key: String) -> Bool { !key.contains("://") && key.contains("/") }
}
