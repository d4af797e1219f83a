/// How the containers of a service are replaced by new ones: `deploy.update_config`.
public struct UpdateSettings: Codable, Equatable, Sendable {
    /// Which of two containers goes first.
    public enum Order: String, Codable, Sendable {
        /// The new one starts while the old one still serves.
        case startFirst = "start-first"
        case stopFirst = "stop-first"
    }

    /// `nil`: what fits the service.
    public var order: Order?
    /// How many are replaced at once; 0 for all, `nil` for one.
    public var parallelism: Int?

    public init(order: Order? = nil, parallelism: Int? = nil) {
        self.order = order
        self.parallelism = parallelism
    }
}
