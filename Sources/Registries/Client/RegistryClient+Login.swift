import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OCI

extension RegistryClient {
    /// Shows a registry a name and a password. Gives what is to be kept: the password, or a token that stands for it, if
    /// the registry has such. Throws a `RegistryNameError`, or a `RegistryError` with `.wrongCredentials` if it doesn't accept them.
    public func login(registry: String, user: String, password: String) async throws -> Credential {
        let reference = try Self.probe(registry)
        let route = Route(
            registry: reference.registry,
            isInsecure: settings.rules.rule(for: reference)?.insecure ?? false)
        let call = Call(reference: reference, subject: RegistryError.login, path: "/v2/", scopes: .none)
        let given = Credential.password(user: user, password: password)
        var scheme = try await scheme(route, call)
        var response = try await ask(call, route, scheme, nil)
        if try await isEncrypted(response, route, call) {
            scheme = try await self.scheme(route, call)
            response = try await ask(call, route, scheme, nil)
        }
        guard response.status == .unauthorized else {
            guard response.status == .ok else { throw await refusal(response, call) }
            return given
        }
        let challenges = response.headers["www-authenticate"].flatMap(Challenge.challenges)
        var kept = given
        var permission = Self.basic(user, password)
        if let bearer = challenges.first(where: { $0.realm(plainAllowed: scheme.isPlain(route)) != nil }) {
            let token = try await token(bearer, given, call, route, scheme, offline: true)
            permission = "Bearer \(token.text)"
            if let refresh = token.refresh { kept = .identityToken(refresh) }
        } else if !challenges.contains(where: { $0.scheme == "basic" }) {
            throw RegistryError(
                reference, RegistryError.login, .malformed(detail: "it wants no login that Roost knows"))
        }
        let verdict = try await ask(call, route, scheme, permission)
        if verdict.status == .unauthorized { throw RegistryError(reference, RegistryError.login, .wrongCredentials) }
        guard verdict.status == .ok else { throw await refusal(verdict, call) }
        return kept
    }

    private func ask(
        _ call: Call, _ route: Route, _ scheme: KnownScheme, _ permission: String?
    ) async throws -> HTTPClientResponse {
        var request = WireRequest(url: "\(scheme.scheme)://\(route.authority)\(call.path)")
        if let permission { request.headers.append(("authorization", permission)) }
        let prepared = request
        return try await retrying { try await followed(prepared, verified: scheme.verified, call) }
    }

    /// Something to name in errors, and what proves that `registry` is the name of one.
    private static func probe(_ registry: String) throws(RegistryNameError) -> Reference {
        let name = RegistryName.normal(registry)
        // `try?`: whatever its fault is, it is no registry's name.
        guard let reference = try? Reference(parsing: "\(name)/login"), reference.registry == name else {
            throw RegistryNameError(text: registry)
        }
        return reference
    }
}

/// What people write for a registry when they log in.
public enum RegistryName {
    /// `docker.io` for nothing and for Docker Hub's other names; otherwise the host, without scheme and path.
    public static func normal(_ text: String) -> String {
        let host = RegistryKey.host(text)
        return ["", "index.docker.io", "registry-1.docker.io", "hub.docker.com"].contains(host) ? "docker.io" : host
    }
}

/// Why some text is no registry.
public struct RegistryNameError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was read.
    public let text: String

    public var description: String {
        "\"\(text.prefix(300))\" is not a registry; write HOST[:PORT], such as registry.example.com or localhost:5000"
    }
}
