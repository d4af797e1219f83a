/// What `image check` found.
public struct StoreCheck: Sendable {
    /// Something that isn't as it should be.
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// What it is about: an image's name, `blob sha256:…`, `layer sha256:…`.
        public let subject: String
        public let detail: String
        /// What was done about it; `nil` if nothing was.
        public let repair: String?

        public var description: String { "\(subject): \(detail)" + (repair.map { " (\($0))" } ?? "") }
    }

    /// In the order in which they were found.
    public internal(set) var problems: [Problem] = []
    public internal(set) var images = 0
    public internal(set) var blobs = 0
    public internal(set) var layers = 0
    /// Bytes of content that were read and compared.
    public internal(set) var bytes: Int64 = 0
    /// Bytes that no image needs, as `du` counts them; `prune` frees them.
    public internal(set) var unreferenced: Int64 = 0
    /// Images that have to be pulled or loaded again to be whole.
    public internal(set) var incomplete: [String] = []

    /// Everything is right, or was put right.
    public var isClean: Bool { incomplete.isEmpty && problems.allSatisfy { $0.repair != nil } }
}

/// How far a check has come: things looked at, out of how many.
public typealias CheckProgressHandler = @Sendable (_ done: Int, _ total: Int) -> Void

extension ImageStore {
    /// Looks at everything: each blob against its digest, each image's documents, and each layer against what its blob
    /// unpacks to, on all processors. With `repair`, what is wrong is removed, what can be made again is made from its
    /// blob, and names whose image is lost are dropped; `incomplete` tells what to pull.
    ///
    /// While it repairs nobody else can add to the store.
    public func check(
        repair: Bool = false, progress: @escaping CheckProgressHandler = { _, _ in }
    ) async throws -> StoreCheck {
        let lock = try await lock(paths.contentLock, repair ? .exclusive : .shared)
        defer { withExtendedLifetime(lock) {} }
        return try await StoreChecker(store: self, repairs: repair, progress: progress).run()
    }
}
