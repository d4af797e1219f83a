import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import OCI

extension RegistryClient {
    /// Sends a call with the permission that is known to be needed; after a challenge with one that answers it.
    func authorized(_ call: Call, at route: Route) async throws -> HTTPClientResponse {
        var scheme = try await scheme(route, call)
        var permission = try await knownPermission(call, route, scheme)
        var challenged = 0
        while true {
            let sent: HTTPClientResponse
            do {
                sent = try await followed(request(call, route, scheme, permission), verified: scheme.verified, call)
            } catch let error as RegistryError {
                guard case .broken = error.reason, try await isEncrypted(nil, route, call) else { throw error }
                scheme = try await self.scheme(route, call)
                continue
            }
            if try await isEncrypted(sent, route, call) {
                scheme = try await self.scheme(route, call)
                continue
            }
            guard sent.status == .unauthorized, challenged < 2 else { return sent }
            challenged += 1
            // An address elsewhere that refuses doesn't speak for the registry.
            guard isOwn(call, route, scheme),
                let answer = try await permissionAfter(sent, call, route, scheme, used: permission)
            else { return sent }
            await drop(sent, call)
            permission = answer
        }
    }

    /// Whether a call goes to the registry itself: an upload's address may be elsewhere, with a permission of its own in
    /// it.
    private func isOwn(_ call: Call, _ route: Route, _ scheme: KnownScheme) -> Bool {
        call.path.hasPrefix("/") || Origin(call.path) == Origin("\(scheme.scheme)://\(route.authority)")
    }

    private func request(
        _ call: Call, _ route: Route, _ scheme: KnownScheme, _ permission: String?
    ) -> WireRequest {
        let url = call.path.hasPrefix("/") ? "\(scheme.scheme)://\(route.authority)\(call.path)" : call.path
        var request = WireRequest(method: call.method, url: url, headers: call.headers, body: call.body)
        if let permission, isOwn(call, route, scheme) {
            request.headers.append(("authorization", permission))
        }
        return request
    }

    /// The permission to send without being asked for it.
    private func knownPermission(_ call: Call, _ route: Route, _ scheme: KnownScheme) async throws -> String? {
        if let header = await authorizations.header(route, call.scopes) { return header }
        guard case .bearer(let challenge) = await authorizations.way(route) else { return nil }
        return try await tokenHeader(challenge, call, route, scheme)
    }

    /// The permission that answers a challenge; nil if there is none to be had.
    private func permissionAfter(
        _ response: HTTPClientResponse, _ call: Call, _ route: Route, _ scheme: KnownScheme, used: String?
    ) async throws -> String? {
        let challenges = response.headers["www-authenticate"].flatMap(Challenge.challenges)
        if let bearer = challenges.first(where: { $0.realm(plainAllowed: scheme.isPlain(route)) != nil }) {
            // Somebody else may have got a newer token in the meantime.
            if let newer = await authorizations.header(route, call.scopes), newer != used { return newer }
            await authorizations.learn(.bearer(bearer.withoutScope), for: route)
            return try await tokenHeader(bearer, call, route, scheme)
        }
        guard challenges.contains(where: { $0.scheme == "basic" }),
            case .password(let user, let password) = try await credential(route)
        else { return nil }
        let header = Self.basic(user, password)
        guard header != used else { throw RegistryError(call.reference, call.subject, .wrongCredentials) }
        await authorizations.learn(.basic(header: header), for: route)
        return header
    }

    private func tokenHeader(
        _ challenge: Challenge, _ call: Call, _ route: Route, _ scheme: KnownScheme
    ) async throws -> String? {
        let credential = try await credential(route)
        if case .registryToken(let token) = credential { return "Bearer \(token)" }
        let token = try await token(challenge, credential, call, route, scheme)
        await authorizations.store(token, for: route, call.scopes)
        return "Bearer \(token.text)"
    }

    func credential(_ route: Route) async throws -> Credential? {
        try await settings.credential(registry: route.registry, repository: route.repository)
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    /// Gets a token as the challenge tells, with the user's credential if there is one. `offline` also asks for a token
    /// that stands for the password.
    func token(
        _ challenge: Challenge, _ credential: Credential?, _ call: Call, _ route: Route, _ scheme: KnownScheme,
        offline: Bool = false
    ) async throws -> Token {
        let plain = scheme.isPlain(route)
        func error(_ reason: RegistryError.Reason) -> RegistryError { RegistryError(call.reference, "token", reason) }
        var request: WireRequest
        if case .identityToken(let refresh) = credential, let realm = challenge.realm(plainAllowed: plain) {
            request = Self.refreshing(refresh, realm, challenge, call.scopes)
        } else {
            var account: (user: String, password: String)?
            if case .password(let user, let password) = credential { account = (user, password) }
            guard
                let url = challenge.tokenURL(
                    for: call.scopes, account: account?.user, offline: offline, plainAllowed: plain)
            else { throw error(.unauthorized) }
            request = WireRequest(url: url)
            if let account {
                request.headers.append(("authorization", Self.basic(account.user, account.password)))
            }
        }
        request.headers.append(("accept", "application/json"))
        let verified = Origin(request.url)?.authority != route.authority || scheme.verified
        let asked = Call(reference: call.reference, subject: "token", path: request.url, scopes: .none)
        let prepared = request
        return try await retrying {
            let response = try await followed(prepared, verified: verified, asked)
            guard response.status == .ok else {
                let failure = await refusal(response, asked)
                if failure.isPassing { throw failure }
                throw error(credential == nil ? .unauthorized : .wrongCredentials)
            }
            var reader = BodyReader(response, self, call.reference, "token")
            guard let token = Token(json: try await reader.all(limit: 1 << 20)) else {
                throw error(.malformed(detail: "it has no token"))
            }
            return token
        }
    }

    /// OAuth 2's way from a long-lived token to a short one (RFC 6749, section 6).
    private static func refreshing(
        _ token: String, _ realm: String, _ challenge: Challenge, _ scopes: Scopes
    ) -> WireRequest {
        let fields: [(String, String)] = [
            ("grant_type", "refresh_token"), ("service", challenge.parameters["service"] ?? ""),
            ("client_id", "roost"), ("refresh_token", token),
            ("scope", challenge.all(scopes).texts.joined(separator: " ")),
        ]
        let form = fields.map { "\($0.0)=\(PercentCoding.encode($0.1, except: ""))" }.joined(separator: "&")
        return WireRequest(
            method: .POST, url: realm, headers: [("content-type", "application/x-www-form-urlencoded")],
            body: .bytes(Array(form.utf8)), hasSecretBody: true)
    }
}
