public import OCI

/// `POST /v1/containers/NAME/commit`.
public struct CommitRequest: Codable, Sendable {
    /// `nil`: the image has no name.
    public var reference: Reference?
    public var author: String?
    public var message: String?
    /// Dockerfile instructions.
    public var changes: [String] = []
    /// Nothing runs in the container meanwhile.
    public var pause = true

    public init() {}
}
