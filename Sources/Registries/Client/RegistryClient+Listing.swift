import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
public import OCI

/// What of a manifest matters to those who look for what refers to something.
struct ReferrerDocument: Decodable {
    struct Configuration: Decodable {
        var mediaType: MediaType?
    }
    var mediaType: MediaType?
    var artifactType: String?
    var config: Configuration?
    var subject: Descriptor?
    var annotations: [String: String]?

    init?(_ json: [UInt8]) {
        // `try?`: a document in another form refers to nothing.
        guard let document = try? JSONDecoder().decode(ReferrerDocument.self, from: Data(json)) else { return nil }
        self = document
    }

    /// What kind of thing it is; for those without a type of their own it is their configuration's.
    var kind: String? { artifactType ?? config?.mediaType?.rawValue }
}

extension RegistryClient {
    private static let mostPages = 1000
    private static let mostEntries = 1_000_000
    /// Bytes of all pages of a list together.
    private static let longestList = 64 << 20

    private struct TagList: Decodable {
        var tags: [String]?
    }

    /// All tags of the repository.
    public func tags(of reference: Reference) async throws -> [String] {
        try await eachRoute(reference, digest: nil) { route in
            var tags: [String] = []
            try await pages(reference, "list of tags", route.tags, [200], route) { bytes in
                // `try?`: the error below says it all.
                guard let list = try? JSONDecoder().decode(TagList.self, from: Data(bytes)) else { return false }
                tags += list.tags ?? []
                return tags.count <= Self.mostEntries
            }
            return tags
        }
    }

    /// What refers to the manifest `digest`: signatures, bills of materials, attestations.
    public func referrers(of digest: Digest, in reference: Reference) async throws -> [Descriptor] {
        try await eachRoute(reference, digest: nil) { route in
            var found: [Descriptor] = []
            let isKnown = try await pages(
                reference, "list of referrers", route.referrers(digest), [200, 400, 404, 405], route
            ) { bytes in
                guard let index = try? Index(json: bytes) else { return false }  // `try?`: as above.
                found += index.manifests
                return found.count <= Self.mostEntries
            }
            return isKnown ? found : try await referrersByTag(digest, reference, route)?.manifests ?? []
        }
    }

    /// Reads a list of several pages; false if the registry has no such list.
    @discardableResult
    private func pages(
        _ reference: Reference, _ subject: String, _ first: String, _ expected: Set<UInt>, _ route: Route,
        _ add: ([UInt8]) -> Bool
    ) async throws -> Bool {
        var path: String? = first
        var (count, length) = (0, 0)
        while let next = path {
            let call = Call(
                reference: reference, subject: subject, path: next,
                headers: [("accept", "application/json, \(MediaType.index.rawValue)")],
                scopes: .pull(route.repository))
            let (status, headers, bytes) = try await retrying {
                let response = try await exchange(call, at: route, expecting: expected)
                var reader = BodyReader(response, self, reference, subject)
                return (response.status, response.headers, try await reader.all(limit: limits.manifestBytes))
            }
            guard status == .ok else { return false }
            count += 1
            length += bytes.count
            guard count <= Self.mostPages, length <= Self.longestList, add(bytes) else {
                throw RegistryError(reference, subject, .malformed(detail: "it isn't one, or has no end"))
            }
            path = Self.nextPage(headers, after: next)
        }
        return true
    }

    /// The next page's path, from a `Link` header (RFC 8288).
    private static func nextPage(_ headers: HTTPHeaders, after path: String) -> String? {
        guard let link = headers.first(name: "link"), link.contains("rel=\"next\"") || link.contains("rel=next"),
            let start = link.firstIndex(of: "<"), let end = link[start...].firstIndex(of: ">")
        else { return nil }
        // Only the path counts: the next page is where the first one was.
        let target = Origin.resolve(String(link[link.index(after: start)..<end]), from: "http://registry\(path)")
        guard let target, let origin = Origin(target) else { return nil }
        let next = String(target.dropFirst("\(origin.scheme)://\(origin.authority)".count))
        return next == path ? nil : next
    }

    /// The tag under which registries without a list of referrers have them (distribution specification, "referrers
    /// tag schema").
    private static func referrersTag(_ digest: Digest) -> String {
        "\(digest.algorithm.rawValue)-\(digest.hex.prefix(64))"
    }

    private func referrersByTag(_ digest: Digest, _ reference: Reference, _ route: Route) async throws -> Index? {
        let document: ManifestDocument
        do {
            document = try await retrying {
                try await manifest(Self.referrersTag(digest), of: reference, at: route)
            }
        } catch let error as RegistryError where error.reason == .notFound {
            return nil
        }
        do {
            return try Index(json: document.bytes)
        } catch {
            throw RegistryError(reference, "list of referrers", .malformed(detail: error.reason))
        }
    }

    /// Adds a manifest to the referrers of its subject, where the registry doesn't do it itself.
    func addReferrer(
        _ document: ManifestDocument, to subject: Descriptor, _ reference: Reference, _ route: Route
    ) async throws {
        var index = try await referrersByTag(subject.digest, reference, route) ?? Index()
        guard !index.manifests.contains(where: { $0.digest == document.descriptor.digest }) else { return }
        var entry = document.descriptor
        let content = ReferrerDocument(document.bytes)
        entry.artifactType = content?.kind
        entry.annotations = content?.annotations
        index.manifests.append(entry)
        do {
            let list = try ManifestDocument(bytes: try index.json(), mediaType: .index)
            _ = try await put(list, Self.referrersTag(subject.digest), reference, route)
        } catch let error as DocumentError {
            throw RegistryError(reference, "list of referrers", .malformed(detail: error.reason))
        }
    }
}
