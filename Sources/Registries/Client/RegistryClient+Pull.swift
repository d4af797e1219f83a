import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import OCI

extension RegistryClient {
    private static let acceptedManifests = MediaType.acceptedManifests.map(\.rawValue).joined(separator: ", ")

    /// What the reference names now, without its content.
    public func descriptor(of reference: Reference) async throws -> Descriptor {
        let found: Descriptor? = try await eachRoute(reference, digest: nil) { route in
            try await retrying {
                let call = Call(
                    reference: reference, subject: "manifest", method: .HEAD, path: route.manifest(reference.wanted),
                    headers: [("accept", Self.acceptedManifests)], scopes: .pull(route.repository))
                // Some registries answer no HEAD, or without what is in its headers.
                let response = try await exchange(call, at: route, expecting: [200, 400, 405, 501])
                return response.status == .ok ? Self.descriptor(response.headers) : nil
            }
        }
        guard let found else { return try await manifest(of: reference).descriptor }
        if let pinned = reference.digest, pinned != found.digest {
            throw RegistryError(reference, "manifest", .digestMismatch(expected: pinned, actual: found.digest))
        }
        return found
    }

    private static func descriptor(_ headers: HTTPHeaders) -> Descriptor? {
        guard let digest = headers.first(name: "docker-content-digest").flatMap(Digest.init(_:)),
            let size = headers.first(name: "content-length").flatMap(Int64.init), size > 0,
            let type = mediaType(headers)
        else { return nil }
        return Descriptor(mediaType: type, digest: digest, size: size)
    }

    private static func mediaType(_ headers: HTTPHeaders) -> MediaType? {
        headers.first(name: "content-type").map { MediaType(rawValue: String($0.prefix { $0 != ";" && $0 != " " })) }
    }

    /// The manifest or index that `reference` names, or, with `digest`, another one of the same repository. Its digest
    /// is checked against the one that was asked for, or that the registry claims.
    public func manifest(of reference: Reference, digest: Digest? = nil) async throws -> ManifestDocument {
        try await eachRoute(reference, digest: digest) { route in
            try await retrying { try await manifest(digest?.description ?? reference.wanted, of: reference, at: route) }
        }
    }

    /// How often a document is asked for that comes damaged each time.
    private static let mostDamages = 3

    /// One attempt to get a manifest by digest or tag; more if it comes damaged.
    func manifest(_ name: String, of reference: Reference, at route: Route) async throws -> ManifestDocument {
        for _ in 1..<Self.mostDamages {
            if case .success(let document) = try await answer(name, of: reference, at: route) { return document }
        }
        return try await answer(name, of: reference, at: route).get()
    }

    /// What comes, which is a failure if it is damaged.
    private func answer(
        _ name: String, of reference: Reference, at route: Route
    ) async throws -> Result<ManifestDocument, RegistryError> {
        let pinned = Digest(name)
        let subject = pinned == reference.digest ? "manifest" : pinned.map { "manifest \($0)" } ?? "manifest"
        let call = Call(
            reference: reference, subject: subject, path: route.manifest(name),
            headers: [("accept", Self.acceptedManifests)], scopes: .pull(route.repository))
        let response = try await exchange(call, at: route)
        var reader = BodyReader(response, self, reference, subject)
        let bytes = try await reader.all(limit: limits.manifestBytes)
        return Result { () throws(RegistryError) in
            try Self.document(bytes, response.headers, pinned, reference, subject)
        }
    }

    private static func document(
        _ bytes: [UInt8], _ headers: HTTPHeaders, _ pinned: Digest?, _ reference: Reference, _ subject: String
    ) throws(RegistryError) -> ManifestDocument {
        let expected = pinned ?? headers.first(name: "docker-content-digest").flatMap(Digest.init(_:))
        let document: ManifestDocument
        do {
            document = try ManifestDocument(
                bytes: bytes, mediaType: mediaType(headers),
                algorithm: expected?.algorithm ?? .sha256)
        } catch {
            throw RegistryError(reference, subject, .malformed(detail: error.reason))
        }
        if let expected, expected != document.descriptor.digest {
            throw RegistryError(
                reference, subject, .digestMismatch(expected: expected, actual: document.descriptor.digest))
        }
        return document
    }
}
