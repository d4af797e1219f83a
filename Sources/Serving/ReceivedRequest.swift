import ControlAPI
import NIOHTTP1
import Orchestration

/// A request, read whole.
struct ReceivedRequest: Sendable {
    let method: HTTPMethod
    /// Without the query.
    let path: String
    let query: Query
    let headers: HTTPHeaders
    let body: [UInt8]
    let descriptors: PassedDescriptors

    init(
        method: HTTPMethod, uri: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        descriptors: PassedDescriptors = PassedDescriptors(taking: [])
    ) {
        self.method = method
        self.headers = headers
        self.body = body
        self.descriptors = descriptors
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = Query(parsing: parts.count > 1 ? parts[1] : "")
    }

    /// `/v1/stacks/a%2Fb` as `["v1", "stacks", "a%2Fb"]`: an encoded slash doesn't separate.
    var segments: [Substring] { path.split(separator: "/") }
}
