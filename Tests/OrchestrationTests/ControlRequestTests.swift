import NIOHTTP1
import Testing

@testable import Orchestration

@Suite struct ControlRequestTests {
    private static func request(_ uri: String) -> ControlRequest { ControlRequest(method: .GET, uri: uri, body: []) }

    @Test(arguments: [
        ("/v1/stacks/shop/up", ["v1", "stacks", "shop", "up"]), ("/", []), ("", []), ("//v1//", ["v1"]),
        ("/v1/stacks/a%20b", ["v1", "stacks", "a b"]),
        // An encoded slash doesn't separate.
        ("/v1/containers/a%2Fb", ["v1", "containers", "a/b"]), ("/%C3%A4", ["ä"]), ("/%c3%a4", ["ä"]),
        ("/a%", ["a%"]), ("/a%2", ["a%2"]), ("/a%zz", ["a%zz"]), ("/a+b", ["a+b"]), ("/%25", ["%"]),
        ("/v1?x=/y", ["v1"]),
    ])
    func pathsAreTakenApart(_ uri: String, _ segments: [String]) {
        #expect(Self.request(uri).segments == segments)
    }

    @Test func signsAreNoDigits() {
        #expect(Self.request("/%+5").segments == ["%+5"])
    }

    @Test func queriesAreTakenApart() {
        let request = Self.request("/v1/stacks/shop/logs?service=a&service=b%26c&tail=5&follow&empty=&x=1=2&tail=6?7")
        #expect(request.path == "/v1/stacks/shop/logs")
        #expect(request.values("service") == ["a", "b&c"])
        #expect(request.value("service") == "b&c")
        #expect(request.value("tail") == "6?7")
        #expect(request.value("follow") == "")
        #expect(request.value("empty") == "")
        #expect(request.value("x") == "1=2")
        #expect(request.value("missing") == nil)
        #expect(request.values("missing") == [])
    }
}
