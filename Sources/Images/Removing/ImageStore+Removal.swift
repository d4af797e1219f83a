public import OCI

/// How images are removed.
public struct RemovalOptions: Sendable {
    /// Also what stopped containers use, and an id with several names.
    public var force = false
    /// Only this platform's image of a name.
    public var platform: Platform?
    /// Takes the names away and leaves the content (`--no-prune`).
    public var keepsContent = false

    public init() {}
}

extension ImageStore {
    /// `rmi`: by name, name and digest, or id, with Docker's rules. The name of an image that has another one is taken
    /// away; with its last name the image goes, and what no other image or container needs.
    ///
    /// Throws `unknown`, `ambiguous` or `conflict`.
    public func remove(
        _ text: String, options: RemovalOptions = RemovalOptions(), inUse: [ImageUse] = []
    ) async throws -> Removal {
        let kept = try layers(of: inUse)
        let plan = try await removalPlan(text, options, inUse)
        var removal = Removal()
        removal.lines = plan.untagged.map { .untagged($0) }
        guard let gone = plan.gone, !options.keepsContent else { return removal }
        removal.append(try await collectGarbage(keeping: kept, gone: [gone]))
        return removal
    }

    private struct RemovalPlan {
        var untagged: [String] = []
        /// The image that has no entry any more.
        var gone: StoredImage?
    }

    private func removalPlan(_ text: String, _ options: RemovalOptions, _ inUse: [ImageUse]) async throws -> RemovalPlan
    {
        var plan = RemovalPlan()
        try await index.change { [self] index in
            let all = entries(of: index)
            let meant = try candidates(text)
            guard let image = meant.best(for: options.platform, host: host) else {
                plan.untagged = try Self.removeBroken(text, from: &index)
                return true
            }
            let same = all.filter { $0.image.id == image.id }
            let users = inUse.filter { $0.image == image.id }
            var leaving: [StoredImage]
            if meansAnID(text, image) {
                try checkID(image, same.map(\.image), users, options.force)
                leaving = same.map(\.image)
            } else {
                leaving = meant.filter { options.platform == nil || $0 == image }
                let names = Set(same.map(\.image.name)).subtracting([image.name])
                if names.isEmpty, !options.force, let user = users.first {
                    throw ImageError(text, .conflict(detail: Self.nameInUse(text, user, image.id)))
                }
                // Docker leaves an image that runs without a name.
                if names.isEmpty, users.contains(where: \.isRunning) {
                    for entry in leaving { Self.makeNameless(entry, in: &index) }
                    plan.untagged = Self.untagged(leaving)
                    return true
                }
            }
            let leavingKeys = Set(leaving.map { EntryKey($0) })
            index.manifests.removeAll { leavingKeys.contains(EntryKey($0)) }
            plan.untagged = Self.untagged(leaving)
            leaving = leaving.filter { left in !index.manifests.contains { $0.digest == left.manifestDigest } }
            plan.gone = leaving.first { $0.id == image.id } ?? leaving.first
            return true
        }
        return plan
    }

    /// Takes a name away whose image can't be read any more.
    private static func removeBroken(_ text: String, from index: inout Index) throws(ImageError) -> [String] {
        let name = ImageSource(text)?.description ?? text
        let before = index.manifests.count
        index.manifests.removeAll { LayoutContent.name($0) == name }
        guard index.manifests.count < before else { throw ImageError(text, .unknown) }
        return [Reference(name)?.familiar ?? name]
    }

    private func entries(of index: Index) -> [(entry: Descriptor, image: StoredImage)] {
        index.manifests.compactMap { entry in
            reader.image(entry, name: EntryNote.name(of: entry)).map { (entry, $0) }
        }
    }

    private static func makeNameless(_ image: StoredImage, in index: inout Index) {
        guard
            let place = index.manifests.firstIndex(where: {
                EntryKey($0) == EntryKey(image)
            })
        else { return }
        var notes = index.manifests[place].annotations ?? [:]
        notes[EntryNote.repository] = image.repository
        notes[Annotation.referenceName] = nil
        notes[Annotation.imageName] = nil
        index.manifests[place].annotations = notes
    }

    /// An id goes with all its names if they are of one repository and nobody uses it.
    private func checkID(
        _ image: StoredImage, _ same: [StoredImage], _ users: [ImageUse], _ force: Bool
    ) throws(ImageError) {
        let conflict = { (how: String, why: String) in
            ImageError(
                image.id.short,
                .conflict(detail: "conflict: unable to delete \(image.id.short) (\(how)) - \(why)"))
        }
        if let user = users.first(where: \.isRunning) {
            throw conflict("cannot be forced", "image is being used by running container \(user.container.prefix(12))")
        }
        guard !force else { return }
        if Set(same.filter { !$0.isDangling }.map(\.name)).count > 1 {
            throw conflict("must be forced", "image is referenced in multiple repositories")
        }
        if let user = users.first {
            throw conflict("must be forced", "image is being used by stopped container \(user.container.prefix(12))")
        }
    }

    private static func nameInUse(_ text: String, _ user: ImageUse, _ id: Digest) -> String {
        "conflict: unable to remove repository reference \"\(text)\" (must force) - container "
            + "\(user.container.prefix(12)) is using its referenced image \(id.short)"
    }

    /// The lines for names, and for what a registry calls the image by digest.
    static func untagged(_ images: [StoredImage]) -> [String] {
        var lines: [String] = []
        for image in images {
            if !image.isDangling { lines.append(image.familiarName) }
            if let digest = image.repositoryDigest { lines.append(digest) }
        }
        var seen: Set<String> = []
        return lines.filter { seen.insert($0).inserted }
    }

    /// The layers that containers need.
    func layers(of inUse: [ImageUse]) throws -> Set<Digest> {
        var layers = inUse.reduce(into: Set<Digest>()) { $0.formUnion($1.layers) }
        let used = Set(inUse.map(\.image))
        guard !used.isEmpty else { return layers }
        for image in try images() where used.contains(image.id) { layers.formUnion(image.diffIDs) }
        return layers
    }
}
