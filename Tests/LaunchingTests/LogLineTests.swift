import Testing

@testable import Launching

@Suite struct LogLineTests {
    private func records(_ pieces: [[UInt8]]) -> String {
        var splitter = LogSplitter(.output)
        var bytes: [UInt8] = []
        for piece in pieces {
            piece.withUnsafeBufferPointer { splitter.feed($0, nanoseconds: 0, to: &bytes) }
        }
        splitter.finish(nanoseconds: 0, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func line(_ text: String) -> String {
        "{\"log\":\"\(text)\",\"stream\":\"stdout\",\"time\":\"1970-01-01T00:00:00Z\"}\n"
    }

    @Test(arguments: [
        ("plain\n", #"plain\n"#), ("quote\"back\\slash\n", #"quote\"back\\slash\n"#),
        ("tab\tcr\r\n", #"tab\tcr\r\n"#), ("\u{1}\u{1b}[0m\n", #"\u0001\u001b[0m\n"#), ("größe 🐦\n", #"größe 🐦\n"#),
        ("no end", "no end"),
    ])
    func textIsEscaped(_ input: String, _ output: String) {
        #expect(records([Array(input.utf8)]) == line(output))
    }

    @Test(
        arguments: [
            ([0xff, 0x0a], "\u{fffd}\\n"), ([0xc3, 0x0a], "\u{fffd}\\n"), ([0xe2, 0x82, 0x0a], "\u{fffd}\u{fffd}\\n"),
            ([0xed, 0xa0, 0x80, 0x0a], "\u{fffd}\u{fffd}\u{fffd}\\n"), ([0xc0, 0x80, 0x0a], "\u{fffd}\u{fffd}\\n"),
            ([0xf4, 0x90, 0x80, 0x80, 0x0a], "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\\n"),
            ([0xe2, 0x82, 0xac, 0x0a], "€\\n"),
        ] as [([UInt8], String)])
    func badBytesAreReplaced(_ input: [UInt8], _ output: String) {
        #expect(records([input]) == line(output))
    }

    @Test func linesAreJoinedOverPieces() {
        #expect(
            records([Array("a".utf8), Array("b\nc".utf8), Array("\n\n".utf8)]) == line("ab\\n") + line("c\\n")
                + line("\\n"))
    }

    @Test func longLinesAreCut() {
        let long = [UInt8](repeating: 97, count: LogLine.maximumLength * 2 + 5) + [10]
        let expected =
            line(String(repeating: "a", count: LogLine.maximumLength))
            + line(String(repeating: "a", count: LogLine.maximumLength)) + line("aaaaa\\n")
        #expect(records([long]) == expected)
        #expect(
            records(stride(from: 0, to: long.count, by: 1000).map { Array(long[$0..<min($0 + 1000, long.count)]) })
                == expected)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
        (1_709_164_799_999_999_999, "2024-02-28T23:59:59.999999999Z"),
        (1_767_323_045_000_000_006, "2026-01-02T03:04:05.000000006Z"),
        (4_102_444_800_100_000_000, "2100-01-01T00:00:00.1Z"),
    ])
    func timesAreWritten(_ nanoseconds: UInt64, _ text: String) {
        var bytes: [UInt8] = []
        LogLine.appendTime(nanoseconds: nanoseconds, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func reportsAreJSON() {
        #expect(
            LaunchFailure("a \"b\"", step: "inside[1]", code: 127, errno: 2).json
                == "{\"error\":\"a \\\"b\\\"\",\"step\":\"inside[1]\",\"code\":127,\"errno\":2}\n")
        let success = LaunchSuccess(pid: 5, startTime: 6, shim: 7, shimStartTime: 8)
        #expect(success.json == "{\"pid\":5,\"startTime\":6,\"shim\":7,\"shimStartTime\":8}\n")
        #expect(
            ContainerState(container: "c", processes: success, bundle: "/b", createdNanoseconds: 9).json
                == "{\"ociVersion\":\"1.0.2\",\"id\":\"c\",\"status\":\"running\",\"pid\":5,\"bundle\":\"/b\",\"startTime\":6,"
                + "\"shimPid\":7,\"shimStartTime\":8,\"createdNanoseconds\":9}\n")
    }
}
