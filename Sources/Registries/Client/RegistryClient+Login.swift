import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OCI

extension RegistryClient {
    /// Shows a registry a name and a password. Gives what is to be kept: the password, or a token that stands for it, if
    /// the registry has such. Throws a `RegistryError` with `.wrongCredentials` if it doesn't accept them.
    public func login(registry: String, user: String, password: String) async throws -> Credential {
        let reference = try Self.probe(registry)
        let route = Route(
            registry: reference.registry,
            isInsecure: settings.rules.rule(for: reference)?.insecure ?? false)
        let call = Call(reference: reference, subject: "login", path: "/v2/", scopes: .none)
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
            throw RegistryError(reference, "login", .malformed(detail: "it wants no login that Roost knows"))
        }
        let verdict = try await ask(call, route, scheme, permission)
        if verdict.status == .unauthorized { throw RegistryError(reference, "login", .wrongCredentials) }
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
    private static func probe(_ registry: String) throws -> Reference {
        try Reference(parsing: "\(RegistryName.normal(registry))/login")
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
