import Kernel

/// One line of `GET /v1/stacks/NAME/events`: something that happened to a container, in Docker's words.
public struct StackEvent: Codable, Equatable, Sendable {
    /// Nanoseconds since 1970.
    public var time: Int64
    /// `create`, `start`, `die`, `destroy`, `pause`, `unpause`, `health_status: healthy`.
    public var action: String
    public var id: String
    public var stack: String
    public var service: String
    /// `image`, `name`, `exitCode`, and the container's own labels.
    public var attributes: [String: String]

    public init(
        time: Int64, action: String, id: String, stack: String, service: String, attributes: [String: String]
    ) {
        self.time = time
        self.action = action
        self.id = id
        self.stack = stack
        self.service = service
        self.attributes = attributes
    }
}

extension StackEvent: FastLine {
    public func json() throws -> [UInt8] { try JSON.encode(self) }
    public init?(json: ArraySlice<UInt8>) { nil }
}

/// Which events are asked for.
public struct EventSelection: Equatable, Sendable {
    /// Empty: all.
    public var services: [String]
    /// Nanoseconds since 1970; `nil`: what comes from now on.
    public var since: Int64?
    /// `nil`: without end.
    public var until: Int64?

    public init(services: [String], since: Int64?, until: Int64?) {
        self.services = services
        self.since = since
        self.until = until
    }

    public var query: Query {
        var query = Query(services.map { ("service", $0) })
        if let since { query.add("since", Timestamp.sortable(since)) }
        if let until { query.add("until", Timestamp.sortable(until)) }
        return query
    }

    /// What a request asks for; what can't be understood is passed over.
    public init(_ query: Query) {
        self.init(
            services: query.values("service"), since: query["since"].flatMap(Timestamp.parse),
            until: query["until"].flatMap(Timestamp.parse))
    }

    public func wants(_ event: StackEvent) -> Bool {
        (services.isEmpty || services.contains(event.service)) && event.time >= since ?? .min
            && event.time < until ?? .max
    }
}
