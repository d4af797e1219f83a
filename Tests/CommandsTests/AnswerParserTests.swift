import Testing

@testable import Commands

@Suite struct AnswerParserTests {
    /// What the parser makes of an answer that comes in pieces of some size, and whether the connection's end completes it.
    func parse(_ text: String, pieces size: Int) throws(BadAnswer) -> (status: Int?, body: String, complete: Bool) {
        var parser = AnswerParser()
        var body: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            body += try parser.add(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        let complete = parser.isComplete || parser.close()
        return (parser.status, String(decoding: body, as: UTF8.self), complete)
    }

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
            ("HTTP/1.1 404 Not Found\r\ncontent-length:5\r\n\r\nhello", 404, "hello", true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", true),
            ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
            ("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhel", 200, "hel", false),
            ("HTTP/1.1 200 OK\r\n\r\nto the end", 200, "to the end", true),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
                200,
                "abc0123456789", true
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nTrailer: x\r\n\r\n", 200, "a", true),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 200, "abc", false),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", true),
            ("HTTP/1.1 200 OK\nContent-Length: 1\n\nx", 200, "x", true), ("HTTP/1.1 2", nil, "", false),
        ] as [(String, Int?, String, Bool)])
    func answersAreTakenApartHoweverTheyCome(_ text: String, _ status: Int?, _ body: String, _ complete: Bool) throws {
        for size in [1, 2, 3, 7, 1000] {
            let found = try parse(text, pieces: size)
            #expect(found.status == status)
            #expect(found.body == body)
            #expect(found.complete == complete)
        }
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1 99 No\r\n", "HTTP/1.1 200 OK\r\nno header\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n123456789\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxmore",
    ])
    func whatIsNoAnswerIsRefused(_ text: String) {
        for size in [1, 1000] {
            #expect(throws: BadAnswer.self) { try parse(text, pieces: size) }
        }
    }

    @Test func aHeadWithoutAnEndIsRefused() {
        #expect(throws: BadAnswer.self) {
            try parse("HTTP/1.1 200 OK\r\n" + String(repeating: "X-Long: 0123456789\r\n", count: 5000), pieces: 1000)
        }
        #expect(throws: BadAnswer.self) { try parse(String(repeating: "x", count: 70_000), pieces: 1000) }
    }
}
