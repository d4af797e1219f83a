import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import OCI
import Synchronization

/// What is asked of a registry, wherever it is.
struct Call: Sendable {
    /// For errors.
    let reference: Reference
    let subject: String
    var method = HTTPMethod.GET
    /// A path of the registry, or a whole address that it gave.
    var path: String
    var headers: [(name: String, value: String)] = []
    var body = WireRequest.Body.none
    var scopes: Scopes
}

extension RegistryClient {
    /// Carries `body` out until it succeeds, fails for good, or the policy's patience ends.
    func retrying<Result>(_ body: () async throws -> Result) async throws -> Result {
        var failures = 0
        while true {
            do {
                return try await body()
            } catch let error as RegistryError where error.isPassing {
                failures += 1
                guard
                    let pause = pacing.policy.pause(
                        after: failures, asked: error.askedPause, chance: pacing.chance())
                else { throw error }
                try await pacing.sleep(pause)
            }
        }
    }

    /// Tries the places that have a repository one after the other.
    func eachRoute<Result>(
        _ reference: Reference, digest: Digest?, _ body: (Route) async throws -> Result
    ) async throws -> Result {
        let routes = try Route.routes(for: reference, digest: digest, pulling: true, rules: settings.rules)
        for route in routes.dropLast() where !isAbsent(route) {
            do {
                return try await body(route)
            } catch let error as RegistryError {
                // What a mirror lacks, the next one may have.
                if case .unreachable = error.reason { leaveOut(route) }
            }
        }
        guard let last = routes.last else { throw RegistryError(reference, "image", .notFound) }
        return try await body(last)
    }

    /// The place that a push goes to.
    func ownRoute(_ reference: Reference) throws -> Route {
        try Route.routes(for: reference, digest: nil, pulling: false, rules: settings.rules).first
            ?? Route(reference)
    }

    private func isAbsent(_ route: Route) -> Bool {
        absent.withLock { $0[route.authority].map { $0 > .now } ?? false }
    }

    private func leaveOut(_ route: Route) {
        absent.withLock { $0[route.authority] = .now + .seconds(60) }
    }

    /// Sends a call, with whatever permission it needs, and gives the answer if its status is one of `expected`.
    func exchange(
        _ call: Call, at route: Route, expecting expected: Set<UInt> = [200]
    ) async throws -> HTTPClientResponse {
        let response = try await authorized(call, at: route)
        if expected.contains(response.status.code) { return response }
        throw await refusal(response, call)
    }

    /// The error that an unexpected answer stands for.
    func refusal(_ response: HTTPClientResponse, _ call: Call) async -> RegistryError {
        func error(_ reason: RegistryError.Reason) -> RegistryError {
            RegistryError(call.reference, call.subject, reason)
        }
        let detail = await explanation(in: response, call)
        switch response.status.code {
        case 404: return error(.notFound)
        case 401, 403: return error(.unauthorized)
        case 429, 503:
            let after = response.headers.first(name: "retry-after")
                .flatMap { RetryAfter.parse($0, now: Int64(time(nil))) }
            guard response.status.code == 429 || after != nil else { fallthrough }
            return error(.rateLimited(seconds: after?.components.seconds, detail: detail))
        default: return error(.refused(status: response.status.code, detail: detail))
        }
    }

    /// The registry's own words, from the body of a refusal.
    private func explanation(in response: HTTPClientResponse, _ call: Call) async -> String {
        var reader = BodyReader(response, self, call.reference, call.subject)
        // `try?`: without its words the status is still reported.
        return (try? await reader.all(limit: 64 << 10)).flatMap(Refusal.init(json:))?.text ?? ""
    }

    /// Takes a short body that nobody wants, so that the connection serves the next request.
    func drop(_ response: HTTPClientResponse, _ call: Call) async {
        guard let length = response.headers.first(name: "content-length").flatMap(Int.init), length <= 64 << 10 else {
            return
        }
        var reader = BodyReader(response, self, call.reference, call.subject)
        _ = try? await reader.all(limit: 64 << 10)  // `try?`: what comes of it is lost in any case.
    }

    /// Sends a request and follows redirects. The permission stays with the origin that it is for, and nothing that was
    /// encrypted goes on without encryption. What another origin says of permissions is taken out of its answer: who got
    /// a request by a redirect mustn't ask for the credentials of the one who sent it there.
    func followed(_ request: WireRequest, verified: Bool, _ call: Call) async throws -> HTTPClientResponse {
        var request = request
        let first = Origin(request.url)
        for _ in 0...10 {
            let origin = Origin(request.url)
            var response: HTTPClientResponse
            do {
                response = try await transport.send(request, verified: verified || origin != first)
            } catch {
                throw failure(error, call.reference, call.subject)
            }
            if origin != first { response.headers.remove(name: "www-authenticate") }
            let status = response.status.code
            guard [301, 302, 303, 307, 308].contains(status), let place = response.headers.first(name: "location")
            else { return response }
            guard request.method == .GET || request.method == .HEAD || status >= 307 else { return response }
            guard let target = Origin.resolve(place, from: request.url), let next = Origin(target),
                next.scheme == "https" || origin?.scheme == "http", !request.hasSecretBody || next == first
            else {
                throw RegistryError(
                    call.reference, call.subject, .malformed(detail: "it redirects to an unsafe address"))
            }
            if next != first { request.headers.removeAll { $0.name == "authorization" } }
            request.url = target
            await drop(response, call)
        }
        throw RegistryError(call.reference, call.subject, .malformed(detail: "it redirects without end"))
    }
}
