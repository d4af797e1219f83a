import OCI

/// What the store writes beside a name into the annotations of `index.json`.
enum EntryNote {
    /// The digest of the index that a manifest was chosen from.
    static let root = "io.roost.image.root"
    /// The digest of the index that a manifest was chosen from, whatever name it has by now; it is one of the blobs.
    static let index = "io.roost.image.index"
    /// When the name was given, in RFC 3339.
    static let tagged = "io.roost.image.tagged"
    /// The repository of an image that has lost its name.
    static let repository = "io.roost.image.repository"
    /// Which state of an archive an image came from.
    static let archive = "io.roost.archive.stamp"

    static func root(of entry: Descriptor) -> Digest {
        entry.annotations?[root].flatMap(Digest.init(_:)) ?? entry.digest
    }

    static func index(of entry: Descriptor) -> Digest? {
        entry.annotations?[index].flatMap(Digest.init(_:))
    }

    /// `docker.io/library/redis`, for what came from a registry or has the name of something there.
    static func repository(of entry: Descriptor) -> String? {
        if let kept = entry.annotations?[repository] { return kept }
        guard let name = LayoutContent.name(entry), let reference = Reference(name), reference.description == name
        else {
            return nil
        }
        return "\(reference.registry)/\(reference.repository)"
    }

    static func name(of entry: Descriptor) -> String {
        LayoutContent.name(entry) ?? entry.digest.description
    }

    static func withoutTime(_ entry: Descriptor) -> Descriptor {
        var entry = entry
        entry.annotations?[tagged] = nil
        return entry
    }
}

/// Tells entries of the index apart: one name may have several, by platform.
struct EntryKey: Hashable {
    let name: String
    let digest: Digest

    init(_ image: StoredImage) {
        name = image.name
        digest = image.manifestDigest
    }

    init(_ entry: Descriptor) {
        name = EntryNote.name(of: entry)
        digest = entry.digest
    }
}
