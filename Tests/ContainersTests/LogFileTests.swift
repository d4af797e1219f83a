import ControlAPI
import Glibc
import Kernel
import Testing

@testable import Containers

@Suite struct LogFileTests {
    private static func line(_ text: String, _ second: Int = 0, stream: String = "stdout") -> String {
        let two = second < 10 ? "0\(second)" : "\(second)"
        return #"{"log":"\#(text)\n","stream":"\#(stream)","time":"2024-01-01T00:00:\#(two).000000001Z"}"# + "\n"
    }

    private static func lines(_ range: ClosedRange<Int>) -> String { range.map { line("\($0)", $0) }.joined() }

    private static func append(_ text: String, to path: String) throws {
        let file = try OwnedDescriptor(open: path, [.writeOnly, .create, .append])
        try file.writeAll(Array(text.utf8))
    }

    private static func rest(_ file: inout LogFile) -> [String] {
        var texts: [String] = []
        while let entry = file.next() { texts.append(Samples.withoutLineBreak(entry.log)) }
        return texts
    }

    private static func numbers(_ range: ClosedRange<Int>) -> [String] { range.map { "\($0)" } }

    /// A log in three files of which the oldest has the first lines.
    private static func rotated(in place: TemporaryDirectory) throws -> String {
        let path = place.path + "/log"
        try append(lines(1...3), to: path + ".2")
        try append(lines(4...6), to: path + ".1")
        try append(lines(7...9), to: path)
        return path
    }

    @Test func linesAreReadInOrderOverRotatedFiles() throws {
        let place = try TemporaryDirectory()
        var file = LogFile(path: try Self.rotated(in: place))
        defer { file.close() }
        #expect(Self.rest(&file) == Self.numbers(1...9))
        #expect(file.next() == nil)
    }

    @Test(arguments: [(0, []), (1, numbers(9...9)), (4, numbers(6...9)), (9, numbers(1...9)), (100, numbers(1...9))])
    func tailIsTheLastLines(_ tail: Int, _ expected: [String]) throws {
        let place = try TemporaryDirectory()
        let path = try Self.rotated(in: place)
        var file = LogFile(path: path, tail: tail)
        defer { file.close() }
        #expect(Self.rest(&file) == expected)
        try Self.append(Self.line("new", 10), to: path)
        #expect(Self.rest(&file) == ["new"])
    }

    @Test func partialLineIsReadWhenItIsWhole() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/log"
        let whole = Self.line("whole")
        try Self.append(Self.line("first") + whole.prefix(20), to: path)
        var file = LogFile(path: path)
        defer { file.close() }
        #expect(Self.rest(&file) == ["first"])
        #expect(Self.rest(&file) == [])
        try Self.append(String(whole.dropFirst(20).dropLast(1)), to: path)
        #expect(Self.rest(&file) == [])
        try Self.append("\n" + Self.line("next"), to: path)
        #expect(Self.rest(&file) == ["whole", "next"])
    }

    @Test func damagedLinesArePassedOver() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/log"
        try Self.append("\n{\n" + Self.line("a") + "\0\0\0\n[]\n{\"log\":1}\n" + Self.line("b"), to: path)
        var file = LogFile(path: path)
        defer { file.close() }
        #expect(Self.rest(&file) == ["a", "b"])
    }

    @Test func endlessLineIsDropped() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/log"
        try Self.append(Self.line("a") + String(repeating: "x", count: 3 << 20) + "\n" + Self.line("b"), to: path)
        var file = LogFile(path: path)
        defer { file.close() }
        #expect(Self.rest(&file) == ["a", "b"])
    }

    @Test func manyLinesCrossTheReadersChunks() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/log"
        let long = String(repeating: "y", count: 997)
        try Self.append((0..<300).map { Self.line("\($0) \(long)") }.joined(), to: path)
        var file = LogFile(path: path)
        defer { file.close() }
        #expect(Self.rest(&file) == (0..<300).map { "\($0) \(long)" })
    }

    @Test func rotationIsFollowed() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/log"
        try Self.append(Self.lines(1...2), to: path)
        var file = LogFile(path: path)
        defer { file.close() }
        #expect(Self.rest(&file) == Self.numbers(1...2))
        // The last lines before the rotation come as well as those after it.
        try Self.append(Self.line("3", 3), to: path)
        try #require(rename(path, path + ".1") == 0)
        #expect(Self.rest(&file) == ["3"])
        try Self.append(Self.line("4", 4), to: path)
        #expect(Self.rest(&file) == ["4"])
        try Self.append(Self.line("5", 5), to: path)
        #expect(Self.rest(&file) == ["5"])
    }

    @Test func fileThatComesLaterIsRead() throws {
        let place = try TemporaryDirectory()
        var file = LogFile(path: place.path + "/log")
        defer { file.close() }
        #expect(file.next() == nil)
        try Self.append(Self.line("a"), to: place.path + "/log")
        #expect(Self.rest(&file) == ["a"])
    }

    // MARK: Selection

    /// `service=…&index=N&tail=N&since=TIME&until=TIME`
    private static func selection(_ query: String) -> LogSelection {
        LogSelection(Query(parsing: query[...]))
    }

    @Test(arguments: [
        ("", true), ("service=web", true), ("service=db", false), ("service=db&service=web", true), ("index=2", true),
        ("index=1", false), ("service=web&index=2", true), ("service=db&index=2", false),
    ])
    func selectionChoosesContainers(_ query: String, _ isWanted: Bool) {
        #expect(Self.selection(query).wants(Samples.record(service: "web", number: 2)) == isWanted)
    }

    @Test(arguments: [
        ("", numbers(1...9)), ("since=2024-01-01T00:00:07.000000001Z", numbers(7...9)),
        ("until=2024-01-01T00:00:03.000000001Z", numbers(1...2)), ("tail=2", numbers(8...9)),
        ("since=2024-01-01T00:00:03Z&until=2024-01-01T00:00:05.000000001Z", numbers(3...4)),
        ("since=2025-01-01T00:00:00Z", []),
    ])
    func sourceGivesWhatIsSelected(_ query: String, _ expected: [String]) throws {
        let place = try TemporaryDirectory()
        var source = LogSource(
            Samples.record(), path: try Self.rotated(in: place), Self.selection(query), isEnded: true)
        defer { source.close() }
        var texts: [String] = []
        while let event = source.next() {
            guard case .line(let line) = event else { continue }
            #expect(line.container == "shop-web-1")
            #expect(line.service == "web")
            #expect(line.number == 1)
            #expect(line.stream == "stdout")
            texts.append(Samples.withoutLineBreak(line.text))
        }
        #expect(texts == expected)
    }

    @Test func boundOfAWholeSecondCountsItsFractions() throws {
        let entry = LogEntry(log: "", stream: "stdout", time: "2024-01-01T00:00:03.000000001Z")
        #expect(Self.selection("since=2024-01-01T00:00:03Z").wants(entry))
    }

    @Test func looksAheadTakeNothingAway() throws {
        let place = try TemporaryDirectory()
        var source = LogSource(
            Samples.record(), path: try Self.rotated(in: place), Self.selection("tail=1"), isEnded: true)
        defer { source.close() }
        #expect(source.peek() == "2024-01-01T00:00:09.000000001Z")
        #expect(source.peek() == "2024-01-01T00:00:09.000000001Z")
        #expect(source.next() != nil)
        #expect(source.peek() == nil)
        #expect(source.next() == nil)
    }
}
