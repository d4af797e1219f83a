import ControlAPI
import Kernel
import NIOHTTP1
import OCI
import Orchestration
import Synchronization
import Testing

@testable import Serving

@Suite struct CallTests {
    private static func call(
        _ uri: String = "/", headers: HTTPHeaders = [:], body: String = "", names: [String] = []
    ) -> Call {
        Call(
            names: names, request: ReceivedRequest(method: .POST, uri: uri, headers: headers, body: Array(body.utf8)))
    }

    @Test func theFirstNameIsTheCalls() {
        #expect(Self.call(names: ["shop", "web"]).name == "shop")
        #expect(Self.call().name == "")
    }

    @Test func whoAsksAgainSaysSo() {
        #expect(!Self.call().isResumed)
        #expect(Self.call(headers: [resumedHeader: "1"]).isResumed)
        #expect(Self.call(headers: [resumedHeader.uppercased(): ""]).isResumed)
    }

    @Test func platformsAreReadOrRefused() throws {
        #expect(try Self.call().platform() == nil)
        #expect(try Self.call("/?platform=linux/arm64").platform() == Platform(parsing: "linux/arm64"))
        let refusal = #expect(throws: RequestRefusal.self) { try Self.call("/?platform=a%20b").platform() }
        #expect(refusal?.status == .badRequest && refusal?.message.hasPrefix("platform a b: ") == true)
    }

    @Test func bodiesAreReadOrRefused() throws {
        #expect(try Self.call(body: #"{"signal":"SIGHUP"}"#).body([String: String].self) == ["signal": "SIGHUP"])
        // Nothing needs no body.
        _ = try Self.call().body(NoBody.self)
        _ = try Self.call(body: "{}").body(NoBody.self)
        for body in ["", "{", "7", #"{"signal":7}"#] {
            let refusal = #expect(throws: RequestRefusal.self) { try Self.call(body: body).body([String: String].self) }
            #expect(refusal?.status == .badRequest)
            #expect(refusal?.message.hasPrefix("the request's body has another form: ") == true)
        }
    }
}

/// What answers take on the wire.
@Suite(.timeLimit(.minutes(5))) struct ResponderTests {
    /// An API that answers each path in another way.
    private struct Answers: Router {
        static let known: [String: @Sendable (Responder) async throws -> Void] = [
            "/document": { responder in
                #expect(!responder.hasBegun)
                try await responder.respond(["a": 1], status: .created)
                #expect(responder.hasBegun)
            },
            "/bytes": { try await $0.respond(json: Array("[ ]".utf8), headers: ["x-own": "1"]) },
            "/lines": { responder in
                try await responder.stream { send in
                    #expect(responder.hasBegun)
                    try await send([1, 2])
                    try await send([])
                    try await send([3])
                }
            },
            "/nothing": { responder in try await responder.stream { (_: ([Int]) async throws -> Void) in } },
            "/refused": { try await RequestRefusal(status: .conflict, message: "not \"now\"").send($0) },
            "/broken": { responder in
                try await responder.stream { send in
                    try await send([1])
                    throw KernelError("read", "something", errno: 5)
                }
            },
        ]

        func handler(for request: ReceivedRequest) throws(RequestRefusal) -> Handler? {
            Self.known[request.path].map { Handler(endsWithClient: false, answer: $0) }
        }
    }

    private static func answer(_ path: String) async throws -> (head: String, body: String) {
        let instance = try await Instance()
        let text = Answer()
        try await instance.serving(routers: [Answers()]) { text.set(try await instance.get(path)) }
        let parts = text.value.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts[0].lowercased(), parts.count > 1 ? String(parts[1]) : "")
    }

    @Test func aDocumentHasItsLength() async throws {
        let (head, body) = try await Self.answer("/document")
        #expect(head.hasPrefix("http/1.1 201 created"))
        #expect(head.contains("content-type: application/json") && head.contains("content-length: 7"))
        #expect(body == #"{"a":1}"#)
    }

    @Test func whatIsJSONAlreadyStaysAsItIs() async throws {
        let (head, body) = try await Self.answer("/bytes")
        #expect(head.hasPrefix("http/1.1 200") && head.contains("x-own: 1") && head.contains("content-length: 3"))
        #expect(body == "[ ]")
    }

    @Test func valuesAreLines() async throws {
        let (head, body) = try await Self.answer("/lines")
        #expect(head.contains("content-type: application/x-ndjson"))
        let lines = body.split(separator: "\r\n").filter { Int($0, radix: 16) == nil || $0.contains("\n") }
        #expect(lines.joined() == "1\n2\n3\n", "\(body)")
        #expect(body.hasSuffix("0\r\n\r\n"))
        #expect(try await Self.answer("/nothing").body == "0\r\n\r\n")
    }

    @Test func aRefusalIsADocument() async throws {
        let (head, body) = try await Self.answer("/refused")
        #expect(head.hasPrefix("http/1.1 409"))
        #expect(body == #"{"message":"not \"now\""}"#)
    }

    /// Who reads it must see that the end is missing.
    @Test func anAnswerThatBreaksHasNoEnd() async throws {
        let body = try await Self.answer("/broken").body
        #expect(body.contains("1\n") && !body.hasSuffix("0\r\n\r\n"))
    }
}

/// What a supervisor refuses, as its clients see it.
@Suite(.timeLimit(.minutes(5))) struct RefusalTests {
    @Test func refusalsHaveTheirStatus() async throws {
        let instance = try await Instance()
        let directory = instance.locations.stackDirectory("shop")
        try Files.makeDirectories(directory)
        try Files.replace(directory + "/ledger.json", with: Array("{".utf8))
        try await instance.serving { () async throws in
            for path in ["/v1/containers/none", "/v1/images/none"] {
                let answer = try await instance.get(path)
                #expect(answer.hasPrefix("HTTP/1.1 404"), "\(answer)")
            }
            // It is there, and can't be read: no 404, and no dump of values.
            let damaged = try await instance.get("/v1/stacks/shop/revisions")
            #expect(damaged.hasPrefix("HTTP/1.1 409"), "\(damaged)")
            #expect(damaged.contains("stack shop: "), "\(damaged)")
            #expect(damaged.contains("is damaged; remove it, and run up again"), "\(damaged)")
        }
    }

    @Test func aRefusalIsItsText() {
        let refusal = SupervisorRefusal(.notFound, "no such container: x")
        #expect("\(refusal)" == "no such container: x" && refusal.kind == .notFound)
    }
}

/// Handed from a closure to the test.
private final class Answer: Sendable {
    private let text = Mutex("")
    var value: String { text.withLock { $0 } }
    func set(_ value: String) { text.withLock { $0 = value } }
}
