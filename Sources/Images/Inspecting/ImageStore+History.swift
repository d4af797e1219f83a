public import OCI

/// One step in the making of an image, as `docker history` shows it.
public struct ImageHistoryEntry: Hashable, Sendable {
    /// The image's id at its last step; `nil` (`<missing>`) at those before, which have none any more.
    public let id: Digest?
    /// When, in RFC 3339.
    public let created: String?
    public let createdBy: String
    /// Bytes of the layer on this machine, as `du` counts them; 0 for a step without one.
    public let size: Int64
    public let comment: String
    /// The layer's content, if the step made one.
    public let layer: Digest?
    /// Names of the image, at its last step.
    public let tags: [String]
}

extension ImageStore {
    /// How an image came to be, the last step first. Layers that its history doesn't mention come as steps without
    /// words.
    public func history(of text: String, platform: Platform? = nil) throws -> [ImageHistoryEntry] {
        let image = try find(text, platform: platform)
        let sizes = try layerBytes(image.diffIDs)
        var layers = image.diffIDs[...]
        var steps: [(step: ImageConfiguration.HistoryEntry, layer: Digest?)] = image.configuration.history.map { step in
            (step, step.emptyLayer == true ? nil : layers.popFirst())
        }
        steps += layers.map { (ImageConfiguration.HistoryEntry(created: image.created), $0) }
        let tags = try images().filter { $0.id == image.id && !$0.isDangling }.map(\.familiarName)
        return steps.enumerated().reversed().map { number, entry in
            let isLast = number == steps.count - 1
            return ImageHistoryEntry(
                id: isLast ? image.id : nil, created: entry.step.created, createdBy: entry.step.createdBy ?? "",
                size: entry.layer.flatMap { sizes[$0] } ?? 0, comment: entry.step.comment ?? "", layer: entry.layer,
                tags: isLast ? tags : [])
        }
    }

    /// Bytes that the layers of images take on this machine, as `du` counts them; what Docker calls an image's size.
    public func sizes(of images: [StoredImage]) throws -> [Digest: Int64] {
        let bytes = try layerBytes(images.flatMap(\.diffIDs))
        return images.reduce(into: [:]) { sizes, image in
            sizes[image.manifestDigest] = Set(image.diffIDs).reduce(0) { $0 + (bytes[$1] ?? 0) }
        }
    }

    /// Bytes that layers take on this machine.
    func layerBytes(_ diffIDs: [Digest]) throws -> [Digest: Int64] {
        var bytes: [Digest: Int64] = [:]
        for diffID in Set(diffIDs) { bytes[diffID] = paths.layerForms(diffID).reduce(0) { $0 + DiskUsage.of($1) } }
        return bytes
    }
}
