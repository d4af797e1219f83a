import ControlAPI
import OCI

/// The digests that registries have for images now, for `config --resolve-image-digests` and `roost lock`.
struct DigestLookup {
    private let context: Context

    init(_ context: Context) { self.context = context }

    /// Each image with its digest (`docker.io/library/redis:7@sha256:…`), by its name in the file. Images of this host
    /// (`oci:PATH` and the like) are in no registry and stay out.
    ///
    /// - Throws: ``CommandFailure`` for a name that is none; also if a registry doesn't answer with a digest.
    func pins(for images: [String]) async throws -> [String: String] {
        let references = try images.filter(isRemote).map { (image: $0, reference: try Self.reference($0)) }
        let unknown = references.map(\.reference).filter { $0.digest == nil }
        let digests = unknown.isEmpty ? [:] : try await ask(unknown)
        var pins: [String: String] = [:]
        for (image, reference) in references {
            // As Docker writes it: the whole name, and no tag where the file has a digest.
            if let digest = reference.digest {
                pins[image] = "\(reference.registry)/\(reference.repository)@\(digest)"
            } else if let digest = digests[reference.description] {
                pins[image] = "\(reference)@\(digest)"
            }
        }
        return pins
    }

    private func ask(_ references: [Reference]) async throws -> [String: Digest] {
        let question = RegistryQuestion(references, registryEnvironment: context.registryEnvironment)
        return try await context.work(
            ControlRequest(.digests, body: question), operation: "digests", quiet: true
        ) {
            if case .digests(let digests) = $0 { digests } else { nil }
        }
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
}
