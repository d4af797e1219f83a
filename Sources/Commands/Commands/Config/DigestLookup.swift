import OCI
import Registries

/// The digests that registries have for images now, for `config --resolve-image-digests` and `roost lock`.
struct DigestLookup {
    private let context: Context

    init(_ context: Context) { self.context = context }

    /// How many questions are asked at once.
    private static let width = 8

    /// Each image with its digest (`docker.io/library/redis:7@sha256:…`), by its name in the file. Images of this host
    /// (`oci:PATH` and the like) are in no registry and stay out.
    ///
    /// - Throws: ``CommandFailure`` for a name that is none; `RegistryError` if a registry doesn't answer with a digest.
    func pins(for images: [String]) async throws -> [String: String] {
        let environment = context.environment
        let client = RegistryClient(
            configuration: try .load(environment: environment, home: environment["HOME"]))
        do {
            let pins = try await pins(for: images, client: client)
            try await client.shutdown()
            return pins
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private func pins(for images: [String], client: RegistryClient) async throws -> [String: String] {
        var pins: [String: String] = [:]
        var waiting = try images.filter(isRemote).map { image in (image, try Self.reference(image)) }[...]
        try await withThrowingTaskGroup(of: (String, String).self) { group in
            func ask() {
                guard let (image, reference) = waiting.popFirst() else { return }
                group.addTask { (image, try await Self.pin(reference, client)) }
            }
            for _ in 0..<Self.width { ask() }
            while let (image, pinned) = try await group.next() {
                pins[image] = pinned
                ask()
            }
        }
        return pins
    }

    private func isRemote(_ image: String) -> Bool {
        let isLocal = ["oci:", "oci-archive:", "docker-archive:"].contains { image.hasPrefix($0) }
        if isLocal { context.warn("\(image) is on this host and in no registry: it gets no digest") }
        return !isLocal
    }

    private static func reference(_ image: String) throws(CommandFailure) -> Reference {
        do {
            return try Reference(parsing: image)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// As Docker writes it: the whole name, and no tag where the file has a digest.
    private static func pin(_ reference: Reference, _ client: RegistryClient) async throws -> String {
        if let digest = reference.digest { return "\(reference.registry)/\(reference.repository)@\(digest)" }
        let digest = try await client.manifest(of: reference).descriptor.digest
        return "\(reference)@\(digest)"
    }
}
