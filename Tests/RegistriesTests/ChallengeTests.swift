import OCI
import Testing

@testable import Registries

@Suite struct ChallengeTests {
    @Test(arguments: [
        ("localhost", true), ("localhost:5000", true), ("127.0.0.1:5000", true), ("127.9.9.9", true),
        ("[::1]:5000", true), ("[::2]:5000", false), ("127.evil.test", false), ("localhost.evil.test", false),
        ("127.0.0.256", false), ("127.0.0.1:99999", false), ("ghcr.io", false),
    ])
    func speaksPlainlyOnLoopbackOnly(_ authority: String, _ isLoopback: Bool) {
        #expect(Authority.isLoopback(authority) == isLoopback)
    }

    @Test(
        arguments: [
            (
                #"Bearer realm="https://a.test/t",service="s, x",scope="repository:a:pull""#,
                "https://a.test/t?service=s%2C%20x&scope=repository:a:pull&scope=repository:r:pull"
            ),
            (
                #"Bearer realm="https://a.test/t",scope="repository:r:push,pull repository:z/y:delete other:x:y""#,
                "https://a.test/t?scope=repository:r:pull,push&scope=repository:z/y:delete"
            ),
            (#"bearer realm="https://a.test/t?x=1""#, "https://a.test/t?x=1&scope=repository:r:pull"),
            (#"Basic realm="x", Bearer realm="https://a.test/t""#, "https://a.test/t?scope=repository:r:pull"),
            (#"Bearer realm="https://a.test/t"#, "https://a.test/t?scope=repository:r:pull"),
            (#"Bearer realm="http://a.test/t""#, nil), (#"Bearer realm="http://127.0.0.1.evil.test/t""#, nil),
            (#"Bearer realm="http://127.0.0.1@evil.test/t""#, nil),
            (#"Bearer realm="file:///etc/passwd""#, nil), (#"Basic realm="https://a.test/""#, nil), ("Bearer", nil),
            ("", nil), ("=,=,", nil), (#"Bearer realm="#, nil),
        ] as [(String, String?)])
    func readsChallenges(_ header: String, _ url: String?) {
        let urls = Challenge.challenges(header).compactMap { $0.tokenURL(for: .pull("r")) }
        #expect(urls.first == url)
    }

    @Test(
        arguments: [
            ("/b", "http://h:1/b"), ("b?x", "http://h:1/v2/b?x"), ("?x=1", "http://h:1/v2/a?x=1"),
            ("//other/b", "http://other/b"), ("https://o.test/b", "https://o.test/b"), ("ftp://o.test/b", nil),
            ("https://u@o.test/b", nil), ("/a b", nil), ("/x?u=http://y", "http://h:1/x?u=http://y"),
            ("http://", nil), ("", "http://h:1/v2/"),
        ] as [(String, String?)])
    func resolvesPlaces(_ place: String, _ url: String?) {
        #expect(Origin.resolve(place, from: "http://h:1/v2/a?q") == url)
    }

    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200), ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("", nil),
            ("Sun, 06 Nov 1994 25:49:37 GMT", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
        ] as [(String, Int64?)])
    func readsDates(_ text: String, _ seconds: Int64?) {
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test func pausesGrowWithinBounds() {
        let policy = RetryPolicy()
        let pauses = (1...5).map { policy.pause(after: $0, chance: 1) }
        #expect(pauses == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), nil])
        #expect(policy.pause(after: 1, chance: 0) == .milliseconds(125))
        #expect(policy.pause(after: 1, asked: .seconds(7), chance: 0) == .seconds(7))
        #expect(policy.pause(after: 1, asked: .seconds(61), chance: 0) == nil)
        #expect(RetryAfter.parse("120", now: 0) == .seconds(120))
        #expect(RetryAfter.parse("Thu, 01 Jan 1970 00:01:00 GMT", now: 50) == .seconds(10))
        #expect(RetryAfter.parse("Thu, 01 Jan 1970 00:01:00 GMT", now: 500) == .seconds(0))
        #expect(RetryAfter.parse("soon", now: 0) == nil)
    }

    @Test(
        arguments: [
            ("bytes 5-9/10", 5, 10), ("bytes 0-0/*", 0, nil), ("bytes 9-5/10", nil, nil), ("bytes 5-9/9", nil, nil),
            ("5-9/10", nil, nil), ("bytes */10", nil, nil), ("bytes -1-4/9", nil, nil), ("", nil, nil),
        ] as [(String, Int64?, Int64?)])
    func readsRanges(_ text: String, _ first: Int64?, _ total: Int64?) {
        let range = ContentRange(text)
        #expect(range?.first == first && range?.total == total)
    }
}
