import Planning
import StackModel
import Testing

@testable import Containers

@Suite struct ProbeAnswerTests {
    @Test(
        "The first line of an answer decides",
        arguments: [
            ("HTTP/1.1 200 OK\r\n", 0, "HTTP 200 OK"), ("HTTP/1.0 399\r\n", 0, "HTTP 399"),
            ("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\n\r\n", 0, "HTTP 302 Found"),
            ("HTTP/1.1 400 Bad\r\n", 1, "HTTP 400 Bad"), ("HTTP/1.1 503 Busy\n", 1, "HTTP 503 Busy"),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n", 0, "HTTP 204 No Content"),
            ("SSH-2.0-OpenSSH\r\n", 1, "the answer is not HTTP"), ("HTTP/1.1 2000 No\r\n", 1, "the answer is not HTTP"),
            ("HTTP/1.1 -20 No\r\n", 1, "the answer is not HTTP"),
        ])
    func statusLine(text: String, code: Int32, output: String) throws {
        #expect(HTTPProbe.answer(Array(text.utf8)) == ProbeAnswer(outcome: .exited(code: code), output: output))
    }

    @Test("An answer that isn't complete is waited for, as long as it may be")
    func incomplete() {
        #expect(HTTPProbe.answer(Array("HTTP/1.1 200".utf8)) == nil)
        #expect(HTTPProbe.answer(Array("HTTP/1.1 100 Continue\r\nA: b\r\n".utf8)) == nil)
        let endless = [UInt8](repeating: 0x61, count: HTTPProbe.longestAnswer)
        #expect(HTTPProbe.answer(endless)?.outcome == .exited(code: 1))
        #expect(HTTPProbe.answer(Array("HTTP/1.1 100 Continue\n".utf8) + endless)?.outcome == .exited(code: 1))
        // Nothing but interim answers ends too.
        let interim = Array(String(repeating: "HTTP/1.1 102 P\n\n", count: 1024).utf8)
        #expect(HTTPProbe.answer(Array(interim.prefix(HTTPProbe.longestAnswer))) == nil)
    }

    @Test("A request has the standard headers but for those that the file names")
    func request() {
        let check = HTTPCheck(
            path: "/ready", port: 8080,
            headers: [.init(name: "host", value: "shop.example"), .init(name: "A", value: "b")])
        let text = String(decoding: HTTPProbe.request(check), as: UTF8.self)
        #expect(text.hasPrefix("GET /ready HTTP/1.1\r\nUser-Agent: roost-probe/"))
        #expect(text.hasSuffix("Accept: */*\r\nConnection: close\r\nhost: shop.example\r\nA: b\r\n\r\n"))
    }

    // MARK: gRPC

    private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0, 0, UInt8(body.count), type, flags, 0, 0, 0, stream] + body
    }

    private static let settings = frame(4, 0, 0, [])
    private static let head = frame(1, 4, 1, [0x88])

    @Test(
        "The health service's message decides",
        arguments: [
            ([0, 0, 0, 0, 2, 0x08, 1], 0, "SERVING"), ([0, 0, 0, 0, 2, 0x08, 2], 1, "NOT_SERVING"),
            ([0, 0, 0, 0, 2, 0x08, 3], 1, "SERVICE_UNKNOWN"), ([0, 0, 0, 0, 0], 1, "UNKNOWN"),
            ([0, 0, 0, 0, 2, 0x08, 77], 1, "status 77"),
        ])
    func message(message: [UInt8], code: Int32, output: String) {
        let all = Self.settings + Self.head + Self.frame(0, 0, 1, message)
        // In whatever pieces it comes.
        for size in [1, 7, all.count] {
            var reader = HealthServiceProbe.Reader()
            var answer: ProbeAnswer?
            for start in stride(from: 0, to: all.count, by: size) where answer == nil {
                answer = reader.take(Array(all[start..<min(start + size, all.count)]))
            }
            #expect(answer == ProbeAnswer(outcome: .exited(code: code), output: output))
        }
    }

    @Test(
        "What a server may send instead is a failure, never a wait",
        arguments: [
            frame(1, 5, 1, [0x88]), frame(3, 0, 1, [0, 0, 0, 1]), frame(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
            frame(0, 1, 1, []), frame(0, 9, 1, [255, 0]), Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
        ])
    func failures(bytes: [UInt8]) {
        var reader = HealthServiceProbe.Reader()
        #expect(reader.take(Self.settings + bytes)?.outcome == .exited(code: 1))
    }

    @Test("Settings and pings are acknowledged, acknowledgements are not")
    func replies() {
        var reader = HealthServiceProbe.Reader()
        let ping: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        #expect(reader.take(Self.settings + Self.frame(6, 0, 0, ping)) == nil)
        #expect(reader.takeReplies() == Self.frame(4, 1, 0, []) + Self.frame(6, 1, 0, ping))
        #expect(reader.take(Self.frame(4, 1, 0, []) + Self.frame(6, 1, 0, ping)) == nil)
        #expect(reader.takeReplies() == [])
    }
}
