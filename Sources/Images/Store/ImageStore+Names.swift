public import OCI

extension ImageStore {
    /// The image that a user's words mean: a name, a name with a digest, an id or its beginning, with or without
    /// `sha256:`. Of several platforms under one name it is the one asked for, else this machine's, else the first.
    ///
    /// Throws `unknown` or `ambiguous`.
    public func find(_ text: String, platform: Platform? = nil) throws -> StoredImage {
        guard let image = try candidates(text).best(for: platform, host: host) else {
            throw ImageError(text, .unknown)
        }
        return image
    }

    /// Everything that a user's words mean, as `find` takes them: the platforms of one name, or the names of one id.
    func candidates(_ text: String) throws -> [StoredImage] {
        let all = try images()
        if let source = ImageSource(text) {
            let named = all.filter { !$0.isDangling && $0.name == source.description }
            if !named.isEmpty { return named }
            if case .registry(let reference) = source, let digest = reference.digest {
                let repository = "\(reference.registry)/\(reference.repository)"
                return all.filter {
                    $0.repository == repository && ($0.root == digest || $0.manifestDigest == digest)
                }
            }
        }
        let hex = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        guard !hex.isEmpty, hex.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            return []
        }
        let byID = all.filter { $0.id.hex.hasPrefix(hex) }
        let found = byID.isEmpty ? all.filter { $0.manifestDigest.hex.hasPrefix(hex) || $0.root.hex == hex } : byID
        let ids = Set(found.map(\.id))
        if ids.count > 1 && hex.count < 64 {
            throw ImageError(text, .ambiguous(ids: ids.sorted { $0.hex < $1.hex }))
        }
        return found
    }

    /// Whether `find` would take the words for an id rather than a name.
    func meansAnID(_ text: String, _ image: StoredImage) -> Bool {
        let hex = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        if let source = ImageSource(text), source.description == image.name, !image.isDangling { return false }
        return image.id.hex.hasPrefix(hex) || image.manifestDigest.hex.hasPrefix(hex) || image.root.hex == hex
    }

    /// Gives an image of the store another name. The name may have stood for another image.
    @discardableResult
    public func tag(_ text: String, as target: Reference, platform: Platform? = nil) async throws -> StoredImage {
        guard target.digest == nil else {
            throw ImageError(target.familiar, .conflict(detail: "refusing to create a tag with a digest reference"))
        }
        let lock = try await lock(paths.contentLock, .shared)
        defer { withExtendedLifetime(lock) {} }
        let image = try find(text, platform: platform)
        // With the name go all of its platforms.
        let all = platform == nil && !meansAnID(text, image) ? try candidates(text) : [image]
        for other in all where other != image && other.index == image.index {
            _ = try await record(try entry(of: other, for: target), as: target.description)
        }
        return try await record(try entry(of: image, for: target), as: target.description)
    }

    private func entry(of image: StoredImage, for target: Reference) throws -> Descriptor {
        var entry = try entry(of: image)
        entry.platform = image.platform
        var notes: [String: String] = [:]
        notes[EntryNote.index] = image.index?.description
        // What a registry calls it is known only of the repository that it came from.
        let repository = "\(target.registry)/\(target.repository)"
        if image.root != image.manifestDigest, image.repository == repository {
            notes[EntryNote.root] = image.root.description
        }
        if !notes.isEmpty { entry.annotations = notes }
        return entry
    }
}

extension [StoredImage] {
    /// The one for `platform`; without it the host's, or else the first.
    func best(for platform: Platform?, host: Platform) -> StoredImage? {
        let scored = compactMap { image -> (image: StoredImage, score: Int)? in
            guard let own = image.platform else { return (image, -1) }
            if let score = (platform ?? host).suitability(of: own) { return (image, score) }
            return platform == nil ? (image, -2) : nil
        }
        var best = scored.first
        for candidate in scored where candidate.score > (best?.score ?? .min) { best = candidate }
        return best?.image
    }
}
