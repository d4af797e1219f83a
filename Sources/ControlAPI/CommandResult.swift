public import OCI

/// What a command brought about, where there is more to say than that it is done.
public enum CommandResult: Codable, Equatable, Sendable {
    case pulled([PulledImage])
    case pushed([PushedReference])
    case loaded([LoadedImage])
    /// What stands at the destination.
    case copied(Descriptor)
    case removed(RemovedImages)
    case checked(StoreReport)
    case referrers([Descriptor])
    /// By the references that were asked about, in their normal form.
    case digests([String: Digest])
    /// The file that keeps the credentials for everybody who can read it; `nil`: a helper keeps them.
    case loggedIn(file: String?)
    /// `registry` is its name as credentials are kept for it.
    case loggedOut(registry: String, wasLoggedIn: Bool)
    case pruned(PrunedThings)
    case planned(PlannedChanges)
    /// Ids of images, by the services that they were built for.
    case built([String: Digest])
    /// The image that was made of a container, by its id.
    case committed(Digest)
    /// The container that `run` made, by its id.
    case started(container: String)
}

/// A plan that can be kept and carried out later.
public struct PlannedChanges: Codable, Equatable, Sendable {
    /// What `apply` takes: JSON, of which only the supervisor knows the form.
    public var document: String
    /// There is nothing to do.
    public var isEmpty: Bool

    public init(document: String, isEmpty: Bool) {
        self.document = document
        self.isEmpty = isEmpty
    }
}

/// An image that was pulled.
public struct PulledImage: Codable, Equatable, Sendable {
    /// The whole name: `docker.io/library/redis:7`.
    public var name: String
    /// As people write it: `redis:7`.
    public var familiarName: String
    /// What the name stands for in its registry.
    public var root: Digest
    /// The manifest of the image for the platform.
    public var manifest: Digest
    public var platform: Platform?
    /// It wasn't here before.
    public var isNew: Bool

    public init(
        name: String, familiarName: String, root: Digest, manifest: Digest, platform: Platform?, isNew: Bool
    ) {
        self.name = name
        self.familiarName = familiarName
        self.root = root
        self.manifest = manifest
        self.platform = platform
        self.isNew = isNew
    }
}

/// An image that was pushed.
public struct PushedReference: Codable, Equatable, Sendable {
    public var reference: Reference
    /// What the name stands for there.
    public var descriptor: Descriptor
    /// The index of several platforms of which only one image was sent, because not all is here.
    public var index: Digest?

    public init(reference: Reference, descriptor: Descriptor, index: Digest?) {
        self.reference = reference
        self.descriptor = descriptor
        self.index = index
    }
}

/// An image that came out of an archive.
public struct LoadedImage: Codable, Equatable, Sendable {
    /// As people write it; `nil` for an image without a name.
    public var familiarName: String?
    public var id: Digest

    public init(familiarName: String?, id: Digest) {
        self.familiarName = familiarName
        self.id = id
    }
}

/// What of images went away.
public struct RemovedImages: Codable, Equatable, Sendable {
    public enum Line: Codable, Equatable, Sendable {
        /// A name, as people write it.
        case untagged(String)
        /// An image's id, or a layer's chain id.
        case deleted(Digest)
    }

    /// In the order in which it went.
    public var lines: [Line]
    /// Bytes that the file system got back.
    public var freed: Int64
    /// Why images that were asked for stay, a line each.
    public var failures: [String]

    public init(lines: [Line] = [], freed: Int64 = 0, failures: [String] = []) {
        self.lines = lines
        self.freed = freed
        self.failures = failures
    }
}

/// What a check of the store found.
public struct StoreReport: Codable, Equatable, Sendable {
    /// Something that isn't as it should be.
    public struct Problem: Codable, Equatable, Sendable, CustomStringConvertible {
        /// An image's name, `blob sha256:…`, `layer sha256:…`.
        public var subject: String
        public var detail: String
        /// What was done about it; `nil` if nothing was.
        public var repair: String?

        public init(subject: String, detail: String, repair: String?) {
            self.subject = subject
            self.detail = detail
            self.repair = repair
        }

        public var description: String { "\(subject): \(detail)" + (repair.map { " (\($0))" } ?? "") }
    }

    public var problems: [Problem] = []
    /// Images that have to be pulled or loaded again to be whole.
    public var incomplete: [String] = []
    public var images = 0
    public var blobs = 0
    public var layers = 0
    /// Bytes of content that were read and compared.
    public var bytes: Int64 = 0
    /// Bytes that no image needs; `prune` frees them.
    public var unreferenced: Int64 = 0
    /// Everything is right, or was put right.
    public var isClean = true

    public init() {}
}

/// What `system prune` took.
public struct PrunedThings: Codable, Equatable, Sendable {
    /// Ids.
    public var containers: [String] = []
    public var networks: [String] = []
    public var volumes: [String] = []
    /// Bytes that containers and volumes took.
    public var bytes: Int64 = 0
    public var images = RemovedImages()

    public init() {}
}
