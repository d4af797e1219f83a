import FoundationEssentials
import Kernel
public import OCI

/// An image in the form in which `docker image inspect` prints it.
public struct ImageInspection: Encodable, Sendable {
    /// The layers by their contents, the bottom one first; `type` is always `layers`.
    public struct RootFileSystem: Encodable, Sendable {
        public let type: String
        public let layers: [Digest]

        private enum CodingKeys: String, CodingKey {
            case type = "Type"
            case layers = "Layers"
        }
    }

    struct Metadata: Encodable, Sendable {
        let lastTagTime: String

        private enum CodingKeys: String, CodingKey {
            case lastTagTime = "LastTagTime"
        }
    }

    struct Driver: Encodable, Sendable {
        let name: String
        let data: [String: String]

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case data = "Data"
        }
    }

    /// The digest of the configuration.
    public let id: Digest
    /// All names, `redis:7`.
    public let repoTags: [String]
    /// What registries call it, `redis@sha256:…`.
    public let repoDigests: [String]
    let parent = ""
    /// The remark on its last step.
    public let comment: String
    /// When it was made, in RFC 3339, if its maker said.
    public let created: String?
    public let author: String
    let config: JSONValue
    public let architecture: String
    public let variant: String?
    public let os: String
    /// Bytes of the layers on this machine.
    public let size: Int64
    let driver: Driver
    public let rootFS: RootFileSystem
    let metadata: Metadata
    /// The manifest, which Docker shows where containerd keeps its images.
    public let descriptor: Descriptor

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case repoTags = "RepoTags"
        case repoDigests = "RepoDigests"
        case parent = "Parent"
        case comment = "Comment"
        case created = "Created"
        case author = "Author"
        case config = "Config"
        case architecture = "Architecture"
        case variant = "Variant"
        case os = "Os"
        case size = "Size"
        case driver = "GraphDriver"
        case rootFS = "RootFS"
        case metadata = "Metadata"
        case descriptor = "Descriptor"
    }

    /// The document in its usual form, indented by four spaces as Docker's.
    public static func json(_ inspections: [ImageInspection], indented: Bool = true) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            indented ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(inspections))
    }
}

extension ImageStore {
    /// What `image inspect` tells of an image.
    public func inspect(_ text: String, platform: Platform? = nil) throws -> ImageInspection {
        let image = try find(text, platform: platform)
        let same = try images().filter { $0.id == image.id }
        let configuration = image.configuration
        let raw = try rawConfiguration(image)
        var seen: Set<String> = []
        return ImageInspection(
            id: image.id, repoTags: same.filter { !$0.isDangling && $0.hasTag }.map(\.familiarName),
            repoDigests: same.compactMap(\.repositoryDigest).filter { seen.insert($0).inserted },
            comment: configuration.history.last?.comment ?? "", created: configuration.created,
            author: configuration.author ?? "", config: raw["config"] ?? .object([:]),
            architecture: configuration.architecture, variant: configuration.variant, os: configuration.os,
            size: try sizes(of: [image])[image.manifestDigest] ?? 0,
            driver: ImageInspection.Driver(name: "overlay", data: [:]),
            rootFS: ImageInspection.RootFileSystem(type: "layers", layers: image.diffIDs),
            metadata: ImageInspection.Metadata(lastTagTime: image.tagged ?? "0001-01-01T00:00:00Z"),
            descriptor: try entry(of: image))
    }

    /// The image's configuration as its maker wrote it.
    public func configurationDocument(of image: StoredImage) throws -> [UInt8] {
        do {
            return try Files.read(paths.blob(image.id), limit: DocumentLimit.configuration)
        } catch {
            throw error.about(image.name)
        }
    }

    private func rawConfiguration(_ image: StoredImage) throws -> JSONValue {
        let bytes = try configurationDocument(of: image)
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch {
            throw ImageError(image.name, .malformed(detail: "its configuration isn't JSON"))
        }
    }

    /// What the index says of the image, without the store's own notes.
    func entry(of image: StoredImage) throws -> Descriptor {
        guard var entry = try index.read().manifests.first(where: { $0.digest == image.manifestDigest }) else {
            throw ImageError(image.name, .unknown)
        }
        entry.annotations = nil
        return entry
    }
}

extension StoredImage {
    /// It has a tag, rather than only a digest.
    public var hasTag: Bool {
        guard case .registry(let reference)? = ImageSource(name) else { return !isDangling }
        return !isDangling && reference.tag != nil && reference.digest == nil
    }
}
