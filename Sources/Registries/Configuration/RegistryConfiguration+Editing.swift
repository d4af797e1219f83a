import FoundationEssentials
import Glibc
import Kernel
import OCI

extension RegistryConfiguration {
    /// Where a credential was put.
    public enum Keeper: Hashable, Sendable, CustomStringConvertible {
        /// In a file, readable for who can read the file.
        case file(String)
        case helper(String)

        public var description: String {
            switch self {
            case .file(let path): path
            case .helper(let name): "docker-credential-\(name)"
            }
        }
    }

    /// Keeps a credential for a registry (`docker.io`, `localhost:5000`), in the helper that the configuration names, or
    /// in Docker's `config.json`, mode 0600; whatever else stands there stays.
    public func keep(_ credential: Credential, for registry: String) async throws -> Keeper {
        let key = RegistryKey.key(registry)
        let path = try writableFile()
        if let name = try CredentialSettings.read(path)?.helper(for: registry) {
            try await CredentialHelper(name: name, environment: environment).store(credential, for: key)
            // As Docker does: the entry without a secret shows `logout` that there is something.
            try edit(path) { $0[key] = .object([:]) }
            return .helper(name)
        }
        let entry: [String: JSONValue] =
            switch credential {
            case .password(let user, let password):
                ["auth": .string(Data("\(user):\(password)".utf8).base64EncodedString())]
            case .identityToken(let token): ["identitytoken": .string(token)]
            case .registryToken(let token): ["registrytoken": .string(token)]
            }
        try edit(path) { $0[key] = .object(entry) }
        return .file(path)
    }

    /// Forgets the credential for a registry; false if there was none.
    public func forget(registry: String) async throws -> Bool {
        let path = try writableFile()
        guard let settings = try CredentialSettings.read(path) else { return false }
        let keys = Set(RegistryKey.candidates(registry))
        let isMeant = { (key: String) in
            keys.contains(key) || (!RegistryKey.isPath(key) && RegistryKey.host(key) == registry)
        }
        var found = false
        if let name = settings.helper(for: registry) {
            let helper = CredentialHelper(name: name, environment: environment)
            found = try await helper.get(RegistryKey.key(registry)) != nil
            if found { try await helper.erase(RegistryKey.key(registry)) }
        }
        let before = try JSONValue.object(json: try CredentialSettings.bytes(path) ?? [])["auths"]?.fields ?? [:]
        guard before.keys.contains(where: isMeant) else { return found }
        try edit(path) { entries in entries = entries.filter { !isMeant($0.key) } }
        return true
    }

    private func writableFile() throws(CredentialError) -> String {
        guard let path = credentialFile else {
            throw CredentialError("login", "there is no home directory; set DOCKER_CONFIG to a directory")
        }
        // A link to a file elsewhere stays a link.
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func edit(_ path: String, _ change: (inout [String: JSONValue]) -> Void) throws(CredentialError) {
        do {
            var root = try JSONValue.object(json: try CredentialSettings.bytes(path) ?? [])
            var entries = root["auths"]?.fields ?? [:]
            change(&entries)
            root["auths"] = .object(entries)
            let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            try Files.makeDirectories(directory.isEmpty ? "/" : directory, mode: 0o700)
            try Files.replace(path, with: try JSONValue.text(root), mode: 0o600, durable: .name)
        } catch let error as CredentialError {
            throw error
        } catch let error as KernelError {
            throw CredentialError(path, "it can't be written: \(error.reason)")
        } catch {
            throw CredentialError(path, "it isn't a JSON object; repair it, or move it away and log in again")
        }
    }
}
