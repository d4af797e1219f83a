import ControlAPI
import Kernel
import NIOHTTP1
import Testing

@testable import Serving

@Suite struct ReceivedRequestTests {
    private static func request(_ uri: String) -> ReceivedRequest { ReceivedRequest(method: .GET, uri: uri) }

    @Test(arguments: [
        ("/v1/stacks/shop/up", ["v1", "stacks", "shop", "up"]), ("/", []), ("", []), ("//v1//", ["v1"]),
        ("/v1/containers/a%2Fb", ["v1", "containers", "a%2Fb"]), ("/v1?x=/y", ["v1"]),
    ])
    func pathsAreTakenApart(_ uri: String, _ segments: [String]) {
        #expect(Self.request(uri).segments.map(String.init) == segments)
    }

    @Test(arguments: [
        ("a%20b", "a b"), ("a%2Fb", "a/b"), ("%C3%A4", "ä"), ("%c3%a4", "ä"), ("a%", "a%"), ("a%2", "a%2"),
        ("a%zz", "a%zz"), ("a+b", "a+b"), ("%25", "%"), ("%+5", "%+5"),
    ])
    func namesAreDecoded(_ text: String, _ name: String) {
        #expect(PercentEncoding.decode(text[...]) == name)
    }

    @Test(arguments: ["shop", "a b", "a/b", "ä", "100%", "localhost:5000/tools/box@sha256:0", ""])
    func whatIsEncodedIsDecoded(_ text: String) {
        #expect(PercentEncoding.decode(PercentEncoding.encode(text)[...]) == text)
    }

    @Test func queriesAreTakenApart() {
        let request = Self.request("/v1/stacks/shop/logs?service=a&service=b%26c&tail=5&follow&empty=&x=1=2&tail=6?7")
        #expect(request.path == "/v1/stacks/shop/logs")
        #expect(request.query.values("service") == ["a", "b&c"])
        #expect(request.query["service"] == "b&c")
        #expect(request.query["tail"] == "6?7")
        #expect(request.query["follow"] == "")
        #expect(request.query["empty"] == "")
        #expect(request.query["x"] == "1=2")
        #expect(request.query["missing"] == nil)
        #expect(request.query.values("missing") == [])
    }
}

@Suite struct RouteTableTests {
    static let table = RouteTable(routes: [
        .document(.stacks) { _, _ in [] }, .document(.containers) { _, _ in [] },
        .command(.up) { _, _, _ in Outcome() }, .command(.lifecycle(.stop)) { _, _, _ in Outcome() },
    ])

    func route(_ method: HTTPMethod, _ uri: String) throws -> String? {
        try Self.table.find(ReceivedRequest(method: method, uri: uri)).map { "\($0.route.address) \($0.call.names)" }
    }

    @Test func aRouteIsFoundByMethodAndPath() throws {
        #expect(try route(.GET, "/v1/stacks?x=y") == "GET /v1/stacks []")
        #expect(try route(.GET, "/v1/stacks/shop/containers") == #"GET /v1/stacks/{stack}/containers ["shop"]"#)
        #expect(try route(.POST, "/v1/stacks/a%2Fb/up") == #"POST /v1/stacks/{stack}/up ["a/b"]"#)
        #expect(try route(.POST, "/v1/stacks/shop/stop") == #"POST /v1/stacks/{stack}/stop ["shop"]"#)
    }

    @Test(arguments: ["/", "/v1", "/v2/stacks", "/v1/stacks/shop", "/v1/stacks/shop/up/more", "/v1/stacks/shop/dance"])
    func anotherPathIsAnotherRouters(_ path: String) throws {
        #expect(try route(.GET, path) == nil)
    }

    @Test func aWrongMethodIsToldTheRightOne() {
        let refusal = #expect(throws: RequestRefusal.self) { try route(.GET, "/v1/stacks/shop/up") }
        #expect(refusal?.status == .methodNotAllowed)
        #expect(refusal?.headers["allow"] == ["POST"])
        #expect(throws: RequestRefusal.self) { try route(.DELETE, "/v1/stacks") }
    }
}
