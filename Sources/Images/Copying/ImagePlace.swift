public import OCI

/// Where `copy` takes an image from or puts it.
public enum ImagePlace: Hashable, Sendable, CustomStringConvertible {
    /// An image in a registry: `docker://REFERENCE`, or a reference alone.
    case registry(Reference)
    /// An image of this store, by name or id: `roost:NAME`.
    case store(String)
    /// `oci:PATH[:TAG]`
    case layout(path: String, tag: String?)
    /// `oci-archive:PATH[:NAME]`, `docker-archive:PATH[:NAME]`; the path `-` is the standard input or output.
    case archive(path: String, name: String?, form: ImageSource.ArchiveForm)

    /// Reads a place. A relative path is one of the working directory.
    public init(parsing text: String) throws(ReferenceError) {
        if text.hasPrefix("roost:") {
            self = .store(String(text.dropFirst(6)))
            return
        }
        switch try ImageSource(parsing: text) {
        case .registry(let reference): self = .registry(reference)
        case .layout(let path, let tag): self = .layout(path: path, tag: tag)
        case .archive(let path, let tag, let form): self = .archive(path: path, name: tag, form: form)
        }
    }

    public var description: String {
        switch self {
        case .registry(let reference): "docker://\(reference)"
        case .store(let name): "roost:\(name)"
        case .layout(let path, let tag): ImageSource.layout(path: path, tag: tag).description
        case .archive(let path, let name, let form):
            ImageSource.archive(path: path, tag: name, form: form).description
        }
    }
}

/// How images are copied.
public struct CopyOptions: Sendable {
    /// Of an index, the image for this platform; `nil` for this machine's.
    public var platform: Platform?
    /// The index with all of its images, instead of one of them.
    public var allPlatforms = false
    /// What an archive is read from and written to, instead of its path.
    public var input: OpenArchive?
    public var output: OpenArchive?

    public init() {}
}
