public import OCI

// The bodies of requests about images. `registryEnvironment` is what of the caller's environment leads to its
// credentials, mirrors, certificates and proxies (``RegistryEnvironment``).

/// An image by the name that it has in a registry, for a platform; `nil`: for this machine's.
public struct WantedImage: Codable, Hashable, Sendable {
    public var reference: Reference
    public var platform: Platform?

    public init(_ reference: Reference, platform: Platform? = nil) {
        self.reference = reference
        self.platform = platform
    }
}

/// `POST /v1/images/pull`.
public struct ImagePullRequest: Codable, Sendable {
    public var images: [WantedImage]
    /// All tags of the images' repositories.
    public var allTags = false
    /// What the store has isn't compared with its registry.
    public var onlyMissing = false
    public var registryEnvironment: [String: String] = [:]

    public init(_ images: [WantedImage]) { self.images = images }
}

/// `POST /v1/images/push`.
public struct ImagePushRequest: Codable, Sendable {
    public var references: [Reference]
    /// All tags that the store has of the repository.
    public var allTags = false
    public var platform: Platform?
    public var ignoreFailures = false
    public var registryEnvironment: [String: String] = [:]

    public init(_ references: [Reference]) { self.references = references }
}

/// `POST /v1/images/tag`.
public struct ImageTagRequest: Codable, Sendable {
    /// A name or an id.
    public var source: String
    public var target: Reference
    public var platform: Platform?

    public init(_ source: String, as target: Reference) {
        self.source = source
        self.target = target
    }
}

/// `POST /v1/images/remove`.
public struct ImageRemovalRequest: Codable, Sendable {
    /// Names or ids.
    public var images: [String]
    /// Also what stopped containers use, and an id with several names; what isn't there is as good as removed.
    public var force = false
    /// Takes the names away and leaves the content.
    public var keepContent = false
    public var platform: Platform?

    public init(_ images: [String]) { self.images = images }
}

/// `POST /v1/images/prune`.
public struct ImagePruneRequest: Codable, Sendable {
    /// All images that no container uses, not only those without a name.
    public var all = false
    /// Seconds since 1970: only images that were made before.
    public var until: Int64?
    /// `KEY` or `KEY=VALUE`, all of which an image must have.
    public var labels: [String] = []
    /// `KEY` or `KEY=VALUE`, none of which an image may have.
    public var withoutLabels: [String] = []

    public init() {}
}

/// `POST /v1/images/check`.
public struct ImageCheckRequest: Codable, Sendable {
    /// Removes what is wrong, and makes again what can be made.
    public var repair: Bool

    public init(repair: Bool) { self.repair = repair }
}

/// `POST /v1/images/save`. The archive is written to the descriptor that comes with the request; without one, to `path`.
public struct ImageSaveRequest: Codable, Sendable {
    public struct Selection: Codable, Sendable {
        /// A name or an id.
        public var image: String
        public var platform: Platform?
        /// Nothing but the image with this manifest, and not the whole of several platforms.
        public var manifest: Digest?

        public init(_ image: String, platform: Platform?, manifest: Digest? = nil) {
            self.image = image
            self.platform = platform
            self.manifest = manifest
        }
    }

    public var images: [Selection]
    public var form: ImageSource.ArchiveForm
    /// What progress and errors call it, and where it goes without a descriptor.
    public var path: String
    /// What progress is about: `Archive box.tar`.
    public var title: String
    /// The names in the index are whole references, as containers' tools look for them, and not tags.
    public var usesWholeNames = false

    public init(_ images: [Selection], as form: ImageSource.ArchiveForm, path: String, title: String) {
        self.images = images
        self.form = form
        self.path = path
        self.title = title
    }
}

/// `POST /v1/images/load`. The archive is read from the descriptor that comes with the request; without one, from `path`.
public struct ImageLoadRequest: Codable, Sendable {
    /// `-` for the standard input of the caller.
    public var path: String
    /// What progress is about: `Archive box.tar`.
    public var title: String

    public init(path: String, title: String) {
        self.path = path
        self.title = title
    }
}

/// `POST /v1/images/copy`. A place is `docker://NAME`, `roost:NAME`, `oci:PATH[:TAG]`, `oci-archive:PATH[:NAME]` or
/// `docker-archive:PATH[:NAME]`; paths are absolute. An archive whose path is `-` is the descriptor that comes with the
/// request, or the second one if both places are such.
public struct ImageCopyRequest: Codable, Sendable {
    public var source: String
    public var destination: String
    public var platform: Platform?
    /// An index with all of its images, instead of one of them.
    public var allPlatforms = false
    /// What progress is about: `Image redis`.
    public var title: String
    public var registryEnvironment: [String: String] = [:]

    public init(from source: String, to destination: String, title: String) {
        self.source = source
        self.destination = destination
        self.title = title
    }
}

/// `POST /v1/images/referrers` and `POST /v1/images/digests`: questions to registries.
public struct RegistryQuestion: Codable, Sendable {
    public var references: [Reference]
    public var registryEnvironment: [String: String] = [:]

    public init(_ references: [Reference], registryEnvironment: [String: String]) {
        self.references = references
        self.registryEnvironment = registryEnvironment
    }
}

/// `POST /v1/registries/login`.
public struct LoginRequest: Codable, Sendable {
    /// As people write it: `localhost:5000`; empty for Docker Hub.
    public var registry: String
    public var user: String
    public var password: String
    public var registryEnvironment: [String: String]

    public init(registry: String, user: String, password: String, registryEnvironment: [String: String]) {
        self.registry = registry
        self.user = user
        self.password = password
        self.registryEnvironment = registryEnvironment
    }
}

/// `POST /v1/registries/logout`.
public struct LogoutRequest: Codable, Sendable {
    public var registry: String
    public var registryEnvironment: [String: String]

    public init(registry: String, registryEnvironment: [String: String]) {
        self.registry = registry
        self.registryEnvironment = registryEnvironment
    }
}
