/// Where an image comes from: what stands after `image:` in a stack file.
public enum ImageSource: Hashable, Sendable, LosslessStringConvertible {
    /// An image in a registry.
    case registry(Reference)
    /// A directory with an OCI image layout, `oci:PATH[:TAG]`.
    case layout(path: String, tag: String?)
    /// A tar archive of an OCI image layout or of `docker save`: `oci-archive:PATH[:TAG]`, `docker-archive:PATH[:TAG]`.
    case archive(path: String, tag: String?, form: ArchiveForm)

    /// What the text called an archive. Both are read in the same manner: the content tells.
    public enum ArchiveForm: String, Hashable, Sendable {
        case oci = "oci-archive"
        case docker = "docker-archive"
    }

    /// Reads a reference with an optional transport in front; the path ends at its first colon.
    public init(parsing text: String) throws(ReferenceError) {
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
