import Testing

@testable import Commands

@Suite struct LineSplitterTests {
    @Test(arguments: [
        (["a\nb\n"], ["a", "b"]), (["a", "b", "\n", "c\n"], ["ab", "c"]), (["\n\na\n\n"], ["a"]), (["no end"], []),
        ([""], []),
    ])
    func lines(_ chunks: [String], _ expected: [String]) throws {
        var splitter = LineSplitter()
        var lines: [String] = []
        for chunk in chunks {
            lines += try splitter.add(Array(chunk.utf8)).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(lines == expected)
    }

    @Test func aLineHasABound() throws {
        var splitter = LineSplitter(limit: 1000)
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1000)
        #expect(try splitter.add(chunk).isEmpty)
        #expect(throws: LineSplitter.LineTooLong.self) { try splitter.add(Array("x".utf8)) }
    }
}
