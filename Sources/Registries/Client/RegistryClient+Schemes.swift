import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OCI
import Synchronization

extension RegistryClient {
    /// How to speak to a place. Registries of this machine are first spoken to without encryption, which they seldom
    /// have; those that an administrator calls insecure first with it, but without a look at their certificates.
    func scheme(_ route: Route, _ call: Call) async throws -> KnownScheme {
        if let known = schemes.withLock({ $0[route.authority] }) { return known }
        let hasCertificates: Bool
        do {
            hasCertificates = try transport.certificates(route.authority) != nil
        } catch {
            throw failure(error, call.reference, call.subject)
        }
        var found = KnownScheme(scheme: "https", verified: true, isCertain: true)
        if Authority.isLoopback(route.authority), !hasCertificates {
            found = KnownScheme(scheme: "http", verified: true, isCertain: false)
        } else if route.isInsecure {
            let encrypted = try await answers("https", route, call)
            // Where nothing answers with encryption, perhaps nothing answers at all right now.
            found = KnownScheme(scheme: encrypted ? "https" : "http", verified: false, isCertain: encrypted)
        }
        learn(found, route)
        return found
    }

    func learn(_ scheme: KnownScheme, _ route: Route) {
        schemes.withLock { $0[route.authority] = scheme }
    }

    /// Whether something speaks HTTP there.
    private func answers(_ scheme: String, _ route: Route, _ call: Call) async throws -> Bool {
        do {
            let request = WireRequest(url: "\(scheme)://\(route.authority)/v2/")
            _ = try await transport.send(request, verified: false)
            return true
        } catch {
            if failure(error, call.reference, call.subject) is CancellationError { throw error }
            return false
        }
    }

    /// Whether an answer, or none, without encryption shows that a registry of this machine wants encryption; from then
    /// on it is spoken to so. Like Docker, no certificate is asked for on this machine.
    func isEncrypted(_ response: HTTPClientResponse?, _ route: Route, _ call: Call) async throws -> Bool {
        guard let known = schemes.withLock({ $0[route.authority] }), !known.isCertain else { return false }
        // Go's and nginx's answers to a plain request on a port with TLS.
        if let response, response.status != .badRequest {
            learn(KnownScheme(scheme: "http", verified: true, isCertain: true), route)
            return false
        }
        guard try await answers("https", route, call) else { return false }
        learn(KnownScheme(scheme: "https", verified: false, isCertain: true), route)
        return true
    }
}
