public import OCI

extension ImageStore {
    /// Sends an image of the store to a registry, under its own name or another one.
    ///
    /// Without `platform`, the whole index that it came with is sent if all of its images are here or there already;
    /// else, as with Docker, the image for this machine.
    @discardableResult
    public func push(
        _ text: String, as reference: Reference? = nil, to registry: any ImageRegistry, platform: Platform? = nil,
        progress: @escaping ImageProgressHandler = { _ in }
    ) async throws -> PushedImage {
        let image = try find(text, platform: platform)
        var options = CopyOptions()
        options.platform = platform ?? image.platform
        options.allPlatforms = platform == nil && image.index != nil
        guard let target = reference ?? Reference(image.name), !image.isDangling else {
            throw ImageError(text, .conflict(detail: "it has no name in a registry; give it one with tag"))
        }
        guard target.digest == nil else {
            throw ImageError(text, .conflict(detail: "cannot push a digest reference"))
        }
        return try await transfer(
            .store(text), to: .registry(target), options, fallsBack: true, registry, progress: progress)
    }
}

/// What a registry has after a push.
public struct PushedImage: Hashable, Sendable {
    /// What the name stands for there.
    public let descriptor: Descriptor
    /// The index of several platforms that the image came with, if only the image was sent: of the index not all is
    /// here.
    public let index: Digest?
}
