import NIOHTTP1
import OCI
import Synchronization
import Testing

@testable import Registries

/// Blobs over connections that break, and registries that lie about them.
@Suite struct TransferTests {
    private static let content = String((0..<100).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
    private static let digest = Digest.sha256(of: Array(content.utf8))
    private static let blob = Descriptor(mediaType: .layer, digest: digest, size: 100)

    /// The bytes from a range header's start on.
    private static func rest(_ range: String?) -> (start: Int, text: String) {
        let start = Int(range?.dropFirst(6).dropLast() ?? "0") ?? 0
        return (start, String(content.dropFirst(start)))
    }

    private static func part(_ range: String?, _ manner: TestServer.Manner = .whole) -> TestServer.Answer {
        let (start, text) = rest(range)
        return .init(
            status: .partialContent, headers: [("content-range", "bytes \(start)-99/100")], body: text, manner: manner)
    }

    private func pull(
        from offset: Int64 = 0, pauses: Pauses = Pauses(), limits: RegistryClient.Limits = .init(),
        _ answer: @escaping @Sendable (_ attempt: Int, TestServer.Request) -> TestServer.Answer
    ) async throws -> (text: String, ranges: [String?], error: RegistryError?) {
        let ranges = Mutex<[String?]>([])
        var received: [UInt8] = []
        var error: RegistryError?
        try await TestServer.with { request in
            answer(
                ranges.withLock { ranges in
                    ranges.append(request.range)
                    return ranges.count
                }, request)
        } _: { server in
            try await RegistryClient.with(limits: limits, pauses: pauses) { client in
                do {
                    let reference = try Reference(parsing: "\(server.address)/app")
                    try await client.blob(Self.blob, of: reference, from: offset) { received += $0 }
                } catch let failure as RegistryError {
                    error = failure
                }
            }
        }
        // swift-format-ignore: only letters are sent
        return (String(decoding: received, as: UTF8.self), ranges.withLock { $0 }, error)
    }

    @Test func goesOnWhereTheConnectionBroke() async throws {
        let result = try await pull { attempt, request in
            switch attempt {
            case 1: .init(body: Self.content, manner: .cut(40))
            case 2: Self.part(request.range, .cut(7))
            default: Self.part(request.range)
            }
        }
        #expect(result.error == nil && result.text == Self.content)
        #expect(result.ranges == [nil, "bytes=40-", "bytes=47-"])
    }

    /// The library throws away what it has read and not handed over when the other side ends the connection. That may
    /// cost bytes, which come again, and never makes a part pass for the whole.
    @Test(.timeLimit(.minutes(5))) func whatWasReadAndDroppedComesAgain() async throws {
        let content = String(repeating: "0123456789", count: 40_000)
        let descriptor = Descriptor(
            mediaType: .layer, digest: Digest.sha256(of: Array(content.utf8)), size: Int64(content.utf8.count))
        let starts = Mutex<[Int]>([])
        let (cuts, cut) = AsyncStream.makeStream(of: Void.self)
        try await TestServer.with { request in
            guard request.method == .GET, let range = request.range else {
                return .init(body: content, manner: .cut(300_000), whenCut: { cut.finish() })
            }
            let start = Int(range.dropFirst("bytes=".count).dropLast()) ?? 0
            starts.withLock { $0.append(start) }
            return .init(
                status: .partialContent,
                headers: [("content-range", "bytes \(start)-\(content.utf8.count - 1)/\(content.utf8.count)")],
                body: String(content.dropFirst(start)))
        } _: { server in
            try await RegistryClient.with { client in
                var received: [UInt8] = []
                let reference = try Reference(parsing: "\(server.address)/app:1")
                try await client.blob(descriptor, of: reference) { piece in
                    received += piece
                    // So slow that the connection has ended before the second piece is asked for.
                    for await _ in cuts {}
                }
                #expect(Digest.sha256(of: received) == descriptor.digest)
            }
        }
        let places = starts.withLock { $0 }
        #expect(places.count == 1 && places.allSatisfy { (1...300_000).contains($0) }, "\(places)")
    }

    @Test func skipsWhatARegistryWithoutRangesSendsAgain() async throws {
        let result = try await pull(from: 10) { attempt, _ in
            attempt == 1 ? .init(body: Self.content, manner: .cut(30)) : .init(body: Self.content)
        }
        #expect(result.error == nil && result.text == String(Self.content.dropFirst(10)))
        #expect(result.ranges == ["bytes=10-", "bytes=30-"])
    }

    @Test func takesAPartThatBeginsEarlier() async throws {
        let result = try await pull(from: 10) { _, _ in Self.part("bytes=4-") }
        #expect(result.error == nil && result.text == String(Self.content.dropFirst(10)))
    }

    @Test func asksForNothingWhereNothingIsMissing() async throws {
        let result = try await pull(from: 100) { _, _ in .init(status: .internalServerError) }
        #expect(result.error == nil && result.text.isEmpty && result.ranges.isEmpty)
    }

    @Test func givesUpOnARegistryThatNeverDelivers() async throws {
        let pauses = Pauses()
        let result = try await pull(pauses: pauses) { _, _ in .init(body: Self.content, manner: .cut(0)) }
        guard case .broken = result.error?.reason else {
            Issue.record("\(String(describing: result.error))")
            return
        }
        #expect(result.ranges.count == RetryPolicy().attempts && result.text.isEmpty)
        #expect(pauses.all == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)])
    }

    @Test(
        arguments: [
            (200, [], String(repeating: "x", count: 101), "expected 100 bytes, got 101 or more"),
            (200, [], "short", "expected 100 bytes, got 5 or more"),
            (
                200, [("transfer-encoding", "chunked")], String(repeating: "x", count: 150),
                "expected 100 bytes, got 150"
            ),
            (206, [("content-range", "bytes 20-99/100")], "x", "it isn't the part that was asked for"),
            (206, [("content-range", "bytes 10-99/5000")], "x", "expected 100 bytes, got 5000 or more"),
            (206, [], "x", "it isn't the part that was asked for"),
            (416, [], "", "expected 100 bytes, got 10 or more"),
            (404, [], "", "has no blob sha256:"), (403, [], "", "gives no access to app"),
        ] as [(Int, [(String, String)], String, String)])
    func noticesLies(
        _ status: Int, _ headers: [(String, String)], _ body: String, _ text: String
    ) async throws {
        let result = try await pull(from: status == 200 ? 0 : 10) { _, _ in
            .init(status: .init(statusCode: status), headers: headers, body: body)
        }
        #expect(result.error?.description.contains(text) == true, "\(String(describing: result.error))")
        // What may have been damaged on the way is asked for again, and not for ever.
        #expect(result.ranges.count == (status < 400 || status == 416 ? BlobTransfer.mostLies : 1))
    }

    @Test func asksAgainWhereAHeadWasDamaged() async throws {
        let result = try await pull(from: 10) { attempt, request in
            switch attempt {
            case 1: .init(body: "short")
            case 2: .init(status: .partialContent, headers: [("content-range", "bytes 90-99/100")], body: "x")
            default: Self.part(request.range)
            }
        }
        #expect(result.error == nil && result.text == String(Self.content.dropFirst(10)))
    }

    @Test(arguments: [TestServer.Manner.trickle, .silent])
    func leavesARegistryThatIsTooSlow(_ manner: TestServer.Manner) async throws {
        var limits = RegistryClient.Limits()
        limits.paceSeconds = 1
        limits.idleSeconds = 1
        limits.answerSeconds = 1
        let result = try await pull(limits: limits) { attempt, request in
            guard attempt > 1 else { return .init(headers: [("content-length", "100")], manner: manner) }
            return request.range == nil ? .init(body: Self.content) : Self.part(request.range)
        }
        // What had come was kept, and the rest came from the next connection.
        #expect(result.error == nil && result.text.count == 100 && result.ranges.count == 2)
    }

    @Test(
        arguments: [
            (429, [("retry-after", "7")], [Duration.seconds(7) + .milliseconds(250)]),
            (503, [("retry-after", "2")], [.seconds(2) + .milliseconds(250)]), (503, [], [.milliseconds(250)]),
            (502, [], [.milliseconds(250)]), (500, [], [.milliseconds(250)]),
        ] as [(Int, [(String, String)], [Duration])])
    func waitsAsLongAsItIsTold(_ status: Int, _ headers: [(String, String)], _ expected: [Duration]) async throws {
        let pauses = Pauses()
        let result = try await pull(pauses: pauses) { attempt, _ in
            attempt == 1 ? .init(status: .init(statusCode: status), headers: headers) : .init(body: Self.content)
        }
        #expect(result.error == nil && result.text == Self.content)
        #expect(pauses.all == expected)
    }

    @Test func saysHowLongARateLimitLasts() async throws {
        let result = try await pull { _, _ in
            .init(
                status: .tooManyRequests, headers: [("retry-after", "3600")],
                body: #"{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your limit"}]}"#)
        }
        #expect(
            result.error?.reason == .rateLimited(seconds: 3600, detail: "You have reached your limit"),
            "\(String(describing: result.error))")
        #expect(result.ranges.count == 1)
    }

    @Test func whatTheSinkThrowsEndsTheTransfer() async throws {
        struct Full: Error {}
        let requests = Mutex(0)
        try await TestServer.with { _ in
            requests.withLock { $0 += 1 }
            return .init(body: Self.content)
        } _: { server in
            try await RegistryClient.with { client in
                let reference = try Reference(parsing: "\(server.address)/app")
                await #expect(throws: Full.self) {
                    try await client.blob(Self.blob, of: reference) { _ in throw Full() }
                }
            }
        }
        #expect(requests.withLock { $0 } == 1)
    }

    @Test(.timeLimit(.minutes(5))) func doesNotListenForEverToARefusal() async throws {
        var limits = RegistryClient.Limits()
        limits.paceSeconds = 1
        let result = try await pull(limits: limits) { attempt, _ in
            attempt == 1
                ? .init(status: .internalServerError, headers: [("transfer-encoding", "chunked")], manner: .trickle)
                : .init(body: Self.content)
        }
        #expect(result.error == nil && result.ranges.count == 2)
    }

    @Test func refusesHeadersWithoutEnd() async throws {
        let result = try await pull { _, _ in
            .init(headers: [("x-long", String(repeating: "x", count: 200_000))], body: Self.content)
        }
        #expect(
            result.error?.reason == .broken(detail: "what it sends isn't HTTP"), "\(String(describing: result.error))")
    }
}
