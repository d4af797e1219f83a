import Kernel

/// Which lines of which containers are asked for.
public struct LogSelection: Equatable, Sendable {
    /// Empty: all.
    public var services: [String]
    /// The container's number in its service.
    public var index: Int?
    /// How many of the last lines of each container; `nil`: all.
    public var tail: Int?
    /// Goes on with what comes.
    public var follow: Bool
    /// Nanoseconds since 1970; `nil` for no bound.
    public var since: Int64?
    public var until: Int64?
    /// The caller is about to send a command that brings containers up: the following doesn't end before one is through.
    public var awaitsCommand = false

    public init(
        services: [String] = [], index: Int? = nil, tail: Int? = nil, follow: Bool = false, since: Int64? = nil,
        until: Int64? = nil
    ) {
        self.services = services
        self.index = index
        self.tail = tail
        self.follow = follow
        self.since = since
        self.until = until
    }

    /// As it stands in a request: times are RFC 3339 in UTC with nine digits of the second's fraction, so that texts
    /// compare as instants do.
    public var query: Query {
        var query = Query(services.map { ("service", $0) })
        if let index { query.add("index", String(index)) }
        if let tail { query.add("tail", String(tail)) }
        if follow { query.add("follow", "1") }
        if awaitsCommand { query.add("command", "1") }
        if let since { query.add("since", Timestamp.sortable(since)) }
        if let until { query.add("until", Timestamp.sortable(until)) }
        return query
    }

    /// What a request asks for; what can't be understood is passed over.
    public init(_ query: Query) {
        self.init(
            services: query.values("service"), index: query["index"].flatMap(Int.init),
            tail: query["tail"].flatMap(Int.init), follow: query["follow"] == "1",
            since: query["since"].flatMap(Timestamp.parse),
            until: query["until"].flatMap(Timestamp.parse))
        awaitsCommand = query["command"] == "1"
    }
}

/// What stands behind the question mark of a request.
public struct Query: Equatable, Sendable {
    private struct Item: Equatable, Sendable {
        var name: String
        var value: String
    }

    private var items: [Item]

    public init(_ items: [(name: String, value: String)] = []) {
        self.items = items.map { Item(name: $0.name, value: $0.value) }
    }

    public init(parsing text: Substring) {
        items = text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Item(
                name: PercentEncoding.decode(sides[0]), value: sides.count > 1 ? PercentEncoding.decode(sides[1]) : "")
        }
    }

    public mutating func add(_ name: String, _ value: String) { items.append(Item(name: name, value: value)) }

    public var isEmpty: Bool { items.isEmpty }

    /// The last value of the name counts.
    public subscript(name: String) -> String? { items.last { $0.name == name }?.value }
    public func values(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    public var text: String {
        items.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
}
