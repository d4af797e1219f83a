import ControlAPI

/// A request to the supervisor, as a value.
struct ControlRequest<Answer: Sendable>: Sendable {
    let method: String
    /// With its query.
    let path: String
    /// JSON; empty for none.
    let body: [UInt8]
    /// Descriptors of this process that go with the request.
    var descriptors: [Int32] = []
    /// Should the supervisor end before it is through, it may be sent once more.
    let isResumable: Bool
    /// It was sent before.
    var isResumed = false

    /// A request that carries nothing, with names for what stands in braces in the endpoint's path.
    init(_ endpoint: Endpoint<NoBody, Answer>, _ names: String..., query: Query = Query()) {
        method = endpoint.address.method.rawValue
        path = endpoint.address.path(names) + (query.isEmpty ? "" : "?" + query.text)
        isResumable = endpoint.address.isResumable
        body = []
    }

    init<Body: Encodable>(_ endpoint: Endpoint<Body, Answer>, _ names: String..., body: Body) throws {
        method = endpoint.address.method.rawValue
        path = endpoint.address.path(names)
        isResumable = endpoint.address.isResumable
        self.body = try JSON.encode(body)
    }

    /// `GET /v1/stacks`, for messages.
    var name: String { "\(method) \(path.prefix { $0 != "?" })" }

    /// As it is sent (RFC 9112). `root` is the state directory that is meant; a supervisor of another one refuses.
    func message(root: String?) -> [UInt8] {
        let meant =
            (root.map { "\(rootHeader): \(PercentEncoding.encode($0))\r\n" } ?? "")
            + (isResumed ? "\(resumedHeader): yes\r\n" : "")
        let head = """
            \(method) \(path) HTTP/1.1\r
            Host: roost\r
            \(meant)Connection: close\r
            Content-Type: application/json\r
            Content-Length: \(body.count)\r
            \r

            """
        return Array(head.utf8) + body
    }
}
