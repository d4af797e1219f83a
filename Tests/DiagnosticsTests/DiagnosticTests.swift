import Testing

@testable import Diagnostics

struct DiagnosticTests {
    private static let example = Diagnostic(
        position: Position(file: "compose.yaml", line: 3, column: 5), path: "services.web",
        message: "unknown key \"enviroment\"", suggestion: "did you mean \"environment\"?")

    @Test func oneLine() {
        #expect(
            Self.example.description
                == #"compose.yaml:3:5: services.web: unknown key "enviroment"; did you mean "environment"?"#)
        #expect(Diagnostic(message: "no file").description == "no file")
    }

    @Test func excerptWithCaret() {
        let source = SourceText(
            name: "compose.yaml", bytes: Array("services:\r\n  web:\r\n    enviroment: {}\r\n".utf8))
        let text = DiagnosticRenderer(sources: [source], excerpts: true).render(Self.example)
        #expect(
            text == """
                error: compose.yaml:3:5: services.web: unknown key "enviroment"; did you mean "environment"?
                3 |     enviroment: {}
                  |     ^
                """)
    }

    /// Tabs are shown as one blank; a wide character takes two columns, a combining mark none, and an escape sequence
    /// is made harmless without moving the caret.
    @Test(arguments: [
        ("\tkey: x", 2, " key: x", 1), ("\u{65E5}\u{672C}: x", 5, "\u{65E5}\u{672C}: x", 6),
        ("e\u{301}e: x", 5, "e\u{301}e: x", 3), ("\u{1B}[2J: x", 7, "\u{FFFD}[2J: x", 6),
        ("\u{1F600}: x", 2, "\u{1F600}: x", 2), ("a: x", 99, "a: x", 4),
    ])
    func caretsUnderUnusualLines(line: String, column: Int, shown: String, indent: Int) {
        let source = SourceText(name: "f", bytes: Array((line + "\n").utf8))
        let diagnostic = Diagnostic(position: Position(file: "f", line: 1, column: column), message: "m")
        let lines = DiagnosticRenderer(sources: [source], excerpts: true).render(diagnostic).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1] == "1 | \(shown)")
        #expect(lines[2] == "  | \(String(repeating: " ", count: indent))^")
    }

    @Test func warningsAsJSON() {
        #expect(Diagnostic(severity: .warning, message: "m").json == #"{"level":"warning","message":"m"}"#)
    }

    @Test func excerptOfALongLine() throws {
        let source = SourceText(name: "f", bytes: Array(repeating: UInt8(ascii: "x"), count: 1000))
        let diagnostic = Diagnostic(position: Position(file: "f", line: 1, column: 500), message: "m")
        let lines = DiagnosticRenderer(sources: [source], excerpts: true).render(diagnostic).split(separator: "\n")
        #expect(lines[1].count < 200)
        #expect(lines[2] == "  | " + String(repeating: " ", count: 80) + "^")
    }

    @Test func colours() {
        let text = DiagnosticRenderer(colours: true).render(Diagnostic(severity: .warning, message: "m"))
        #expect(text == "\u{1B}[1;33mwarning:\u{1B}[0m m")
    }

    @Test func controlCharactersOfAFileAreNotPrinted() {
        let text = DiagnosticRenderer().render(Diagnostic(message: "\u{1B}[2Jgone"))
        #expect(!text.unicodeScalars.contains("\u{1B}"))
    }

    @Test func json() {
        #expect(
            Self.example.json
                == #"{"error":true,"level":"error","file":"compose.yaml","line":3,"column":5,"path":"services.web","#
                + #""message":"unknown key \"enviroment\"","suggestion":"did you mean \"environment\"?"}"#)
        #expect(Diagnostic(message: "a\n\u{1}b").json == #"{"error":true,"level":"error","message":"a\n\u0001b"}"#)
    }

    @Test(arguments: [
        ("enviroment", "environment"), ("imgae", "image"), ("prots", "ports"), ("Image", "image"), ("zzz", nil),
        ("", nil),
    ])
    func suggestions(word: String, expected: String?) {
        #expect(Suggestion.nearest(to: word, in: ["environment", "image", "ports"]) == expected)
    }

    @Test func linesOfASource() {
        let source = SourceText(name: "f", bytes: Array("one\n\nthree".utf8))
        #expect((1...4).map { source.line($0) } == ["one", "", "three", nil])
        #expect(source.line(0) == nil)
    }
}
