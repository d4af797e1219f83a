import ControlAPI
import Foundation
import Testing

@testable import Serving

/// docs/api.md and the table of routes say the same.
@Suite struct DocumentationTests {
    /// `POST /v1/stacks/NAME/up` for each request of the page's table.
    private static func documented() throws -> Set<String> {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/api.md")
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
        return Set(
            rows.flatMap { row -> [String] in
                let request = row.dropFirst(3).prefix { $0 != "`" && $0 != "?" }
                guard let open = request.firstIndex(of: "{"), let close = request.firstIndex(of: "}") else {
                    return [String(request)]
                }
                return request[request.index(after: open)..<close].split(separator: ",").map {
                    String(request[..<open] + $0 + request[request.index(after: close)...])
                }
            })
    }

    @Test func everyRouteIsDocumentedAndNothingElse() async throws {
        let instance = try await Instance()
        let routes = ControlRoutes(instance.supervisor).table.routes.map(\.address).map { address in
            "\(address.method.rawValue) "
                + address.path.split(separator: "/").map { $0.hasPrefix("{") ? "/NAME" : "/\($0)" }.joined()
        }
        #expect(Set(routes).count == routes.count, "each has one entry")
        let documented = try Self.documented()
        #expect(documented.symmetricDifference(routes).sorted() == [])
    }
}
