import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import OCI
import Synchronization

extension RegistryClient {
    /// Whether the repository of `reference` has the blob.
    public func hasBlob(_ descriptor: Descriptor, in reference: Reference) async throws -> Bool {
        let route = try ownRoute(reference)
        let call = Call(
            reference: reference, subject: "blob \(descriptor.digest)", method: .HEAD,
            path: route.blob(descriptor.digest), scopes: .push(route.repository))
        let response = try await retrying { try await exchange(call, at: route, expecting: [200, 404]) }
        guard response.status == .ok else { return false }
        // A blob of another length is what a failing disk left over there.
        let size = response.headers.first(name: "content-length").flatMap(Int64.init)
        return size == nil || size == descriptor.size
    }

    /// Makes a blob of one repository part of another one of the same registry; false if the registry doesn't.
    public func mountBlob(
        _ descriptor: Descriptor, from source: Reference, in reference: Reference
    ) async throws -> Bool {
        let route = try ownRoute(reference)
        let origin = try ownRoute(source)
        guard origin.authority == route.authority, origin.repository != route.repository else { return false }
        let query = "mount=\(descriptor.digest)&from=\(PercentCoding.encode(origin.repository))"
        let call = Call(
            reference: reference, subject: "blob \(descriptor.digest)", method: .POST,
            path: "\(route.uploads)?\(query)",
            scopes: .push(route.repository).union(.pull(origin.repository)))
        let response: HTTPClientResponse
        do {
            response = try await retrying { try await exchange(call, at: route, expecting: [201, 202]) }
        } catch let error as RegistryError where error.reason == .unauthorized || error.reason == .notFound {
            // No right to read over there is no reason not to send the blob.
            return false
        }
        if response.status == .created { return true }
        // The registry has begun an upload instead.
        if let place = uploadPlace(response, call, route) { await abandon(place, reference, route) }
        return false
    }

    /// Where an upload goes on, from an answer's `Location`.
    func uploadPlace(_ response: HTTPClientResponse, _ call: Call, _ route: Route) -> String? {
        guard let place = response.headers.first(name: "location"), place.utf8.count <= 8192 else { return nil }
        if place.hasPrefix("/"), !place.hasPrefix("//") { return place }
        let known = schemes.withLock { $0[route.authority]?.scheme } ?? "https"
        let path = call.path.hasPrefix("/") ? "\(known)://\(route.authority)\(call.path)" : call.path
        guard let target = Origin.resolve(place, from: path), let origin = Origin(target),
            origin.scheme == "https" || known == "http"
        else { return nil }
        return target
    }

    /// Tells a registry that an upload won't go on.
    private func abandon(_ place: String, _ reference: Reference, _ route: Route) async {
        let call = Call(
            reference: reference, subject: "upload", method: .DELETE, path: place, scopes: .push(route.repository))
        // `try?`: the registry forgets uploads by itself, too.
        _ = try? await exchange(call, at: route, expecting: [202, 204])
    }

    /// Sends a manifest or index, after everything that it points at. It gets the tag of `reference`, or only its digest
    /// if that has none.
    public func putManifest(_ document: ManifestDocument, as reference: Reference) async throws {
        let route = try ownRoute(reference)
        let digest = document.descriptor.digest
        let response = try await put(document, reference.tag ?? digest.description, reference, route)
        if let claimed = response.headers.first(name: "docker-content-digest").flatMap(Digest.init(_:)),
            claimed != digest, claimed.algorithm == digest.algorithm
        {
            throw RegistryError(reference, "manifest", .digestMismatch(expected: digest, actual: claimed))
        }
        // A registry that keeps referrers itself says so.
        if let subject = ReferrerDocument(document.bytes)?.subject, response.headers["oci-subject"].isEmpty {
            try await addReferrer(document, to: subject, reference, route)
        }
    }

    func put(
        _ document: ManifestDocument, _ name: String, _ reference: Reference, _ route: Route
    ) async throws -> HTTPClientResponse {
        let call = Call(
            reference: reference, subject: "manifest", method: .PUT, path: route.manifest(name),
            headers: [("content-type", document.descriptor.mediaType.rawValue)], body: .bytes(document.bytes),
            scopes: .push(route.repository))
        return try await retrying { try await exchange(call, at: route, expecting: [200, 201, 202]) }
    }
}
