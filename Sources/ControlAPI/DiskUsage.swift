/// `GET /v1/usage`: everything that an instance keeps on the disk, as `du` counts bytes.
public struct DiskUsageReport: Codable, Sendable {
    public struct Image: Codable, Sendable {
        public var image: ImageSummary
        /// All of its blobs and layers.
        public var size: Int64
        /// What of it another image has too.
        public var shared: Int64
        /// What would go with it.
        public var unique: Int64
        /// Containers that use it.
        public var containers: Int

        public init(image: ImageSummary, size: Int64, shared: Int64, unique: Int64, containers: Int) {
            self.image = image
            self.size = size
            self.shared = shared
            self.unique = unique
            self.containers = containers
        }
    }

    public struct Container: Codable, Sendable {
        public var id: String
        public var name: String
        /// As the service names it.
        public var image: String
        public var command: String
        /// Nanoseconds since 1970.
        public var created: Int64
        public var isRunning: Bool
        public var volumes: Int
        /// What it has written.
        public var size: Int64

        public init(
            id: String, name: String, image: String, command: String, created: Int64, isRunning: Bool, volumes: Int,
            size: Int64
        ) {
            self.id = id
            self.name = name
            self.image = image
            self.command = command
            self.created = created
            self.isRunning = isRunning
            self.volumes = volumes
            self.size = size
        }
    }

    public struct Volume: Codable, Sendable {
        public var name: String
        /// Containers that use it.
        public var links: Int
        public var size: Int64

        public init(name: String, links: Int, size: Int64) {
            self.name = name
            self.links = links
            self.size = size
        }
    }

    /// All images together.
    public struct Images: Codable, Sendable {
        /// One a name, one a platform where a name has several.
        public var images: [Image]
        /// Images by their ids.
        public var total: Int
        /// Those that containers use.
        public var active: Int
        /// Everything of the store: blobs, layers, downloads that aren't complete.
        public var size: Int64
        /// What a removal of all that nothing uses would give back.
        public var reclaimable: Int64

        public init(images: [Image], total: Int, active: Int, size: Int64, reclaimable: Int64) {
            self.images = images
            self.total = total
            self.active = active
            self.size = size
            self.reclaimable = reclaimable
        }
    }

    public var images: Images
    public var containers: [Container]
    public var volumes: [Volume]

    public init(images: Images, containers: [Container], volumes: [Volume]) {
        self.images = images
        self.containers = containers
        self.volumes = volumes
    }
}
