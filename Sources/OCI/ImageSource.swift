/// Where an image comes from: what stands after `image:` in a stack file.
public enum ImageSource: Hashable, Sendable, LosslessStringConvertible {
    /// An image in a registry.
    case registry(Reference)
    /// A directory with an OCI image layout, `oci:PATH[:TAG]`.
    case layout(path: String, tag: String?)
    /// A tar archive of an OCI image layout or of `docker save`: `oci-archive:PATH[:TAG]`, `docker-archive:PATH[:TAG]`.
    case archive(path: String, tag: String?, form: ArchiveForm)

    /// What the text called an archive. Both are read in the same manner: the content tells.
    public enum ArchiveForm: String, Hashable, Codable, Sendable {
        case oci = "oci-archive"
        case docker = "docker-archive"
    }

    /// Reads a reference with an optional transport in front; the path ends at its first colon. `docker://` is the
    /// transport of registries, and may be left out.
    public init(parsing text: String) throws(ReferenceError) {
        if text.hasPrefix("docker://") {
            self = .registry(try Reference(parsing: String(text.dropFirst(9))))
            return
        }
        if ReferenceGrammar.isImageID(Substring(text)) {
            self = .registry(try Reference(parsing: "sha256:\(text)"))
            return
        }
        guard let colon = text.firstIndex(of: ":") else {
            self = .registry(try Reference(parsing: text))
            return
        }
        let transport = String(text[..<colon])
        let form = ArchiveForm(rawValue: transport)
        guard transport == "oci" || form != nil else {
            self = .registry(try Reference(parsing: text))
            return
        }
        let parts = text[text.index(after: colon)...].split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, !path.isEmpty else {
            throw ReferenceError(text: text, problem: .noPath(transport: transport))
        }
        let tag = parts.count > 1 && !parts[1].isEmpty ? String(parts[1]) : nil
        if let form {
            self = .archive(path: String(path), tag: tag, form: form)
        } else {
            self = .layout(path: String(path), tag: tag)
        }
    }

    public init?(_ description: String) {
        // `try?`: the caller asked for no reason.
        guard let source = try? ImageSource(parsing: description) else { return nil }
        self = source
    }

    /// The same source with a relative path made absolute against `directory`.
    public func resolved(against directory: String) -> ImageSource {
        func absolute(_ path: String) -> String {
            path.hasPrefix("/")
                ? path : directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
        }
        return switch self {
        case .registry: self
        case .layout(let path, let tag): .layout(path: absolute(path), tag: tag)
        case .archive(let path, let tag, let form): .archive(path: absolute(path), tag: tag, form: form)
        }
    }

    /// The beginning of the id of a local image that the text may also mean, as Docker takes it: `sha256:…`, or a bare
    /// word of hexadecimal digits that no image has for a name.
    public var imageID: String? {
        guard case .registry(let reference) = self, reference.registry == "docker.io", reference.digest == nil,
            reference.repository.hasPrefix("library/")
        else { return nil }
        let name = reference.repository.dropFirst(8)
        let isHex = { (text: Substring) in
            (4...64).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
        if name == "sha256", let tag = reference.tag, isHex(Substring(tag)) { return tag }
        return reference.tag == "latest" && isHex(name) ? String(name) : nil
    }

    /// Whether the text can only be the id of a local image.
    public var isOnlyAnImageID: Bool {
        guard case .registry(let reference) = self else { return false }
        return reference.registry == "docker.io" && reference.repository == "library/sha256" && imageID?.count == 64
    }

    /// The normalised text, which is also the image's name in the store.
    public var description: String {
        switch self {
        case .registry(let reference): reference.description
        case .layout(let path, let tag): "oci:\(path)" + (tag.map { ":\($0)" } ?? "")
        case .archive(let path, let tag, let form):
            "\(form.rawValue):\(path)" + (tag.map { ":\($0)" } ?? "")
        }
    }
}
