import Testing

@testable import Commands

@Suite struct TextTests {
    @Test(arguments: [
        ("/srv/app-1/compose.yaml", "/srv/app-1/compose.yaml"), ("", "''"), ("a b", "'a b'"),
        ("x;rm -rf ~", "'x;rm -rf ~'"),
        ("it's", "'it'\\''s'"), ("$(id)", "'$(id)'"), ("a\nb", "'a b'"),
    ])
    func wordsOfAShell(_ text: String, _ word: String) {
        #expect(shellWord(text) == word)
    }

    @Test func tablesShowNothingThatATerminalActsOn() {
        let table = Table(headers: ["A", "B"], rows: [["x\u{1b}[2J", "y\nz"]], minimumWidth: 4)
        #expect(table.render() == "A       B\nx?[2J   y z\n")
    }

    @Test(
        arguments: [
            (0, "Less than a second"), (1, "1 second"), (59, "59 seconds"), (60, "About a minute"),
            (119, "About a minute"),
            (120, "2 minutes"), (3599, "59 minutes"), (3600, "About an hour"), (5400, "2 hours"),
            (47 * 3600, "47 hours"),
            (48 * 3600, "2 days"), (13 * 86400, "13 days"), (14 * 86400, "2 weeks"), (60 * 86400, "2 months"),
            (730 * 86400, "2 years"),
        ] as [(Int64, String)])
    func durations(_ seconds: Int64, _ text: String) { #expect(humanDuration(seconds: seconds) == text) }

    @Test(
        arguments: [
            (0, "0B"), (999, "999B"), (1000, "1kB"), (1234, "1.23kB"), (15_600_000, "15.6MB"), (151_000_000, "151MB"),
            (2_500_000_000, "2.5GB"),
        ] as [(Int64, String)])
    func sizes(_ bytes: Int64, _ text: String) { #expect(humanSize(bytes) == text) }

    @Test(
        arguments: [
            ("42m", noon - 2_520_000_000_000), ("1h30m", noon - 5_400_000_000_000), ("1.5s", noon - 1_500_000_000),
            ("1763812800", noon), ("1763812800.25", noon + 250_000_000),
        ] as [(String, Int64)])
    func instants(_ text: String, _ value: Int64) throws {
        #expect(try instant(text, option: "--since", now: noon) == value)
    }

    @Test(arguments: ["soon", "5 m", "m", "-", "1.2.3", "99999999999999"])
    func badInstants(_ text: String) {
        #expect(throws: CommandFailure.self) { try instant(text, option: "--since", now: noon) }
    }

    @Test(arguments: [
        ("sh", "\"sh\""), ("a \"b\" \\", "\"a \\\"b\\\" \\\\\""), ("x\n\t\u{1}", "\"x\\n\\t\\x01\""), ("é…", "\"é…\""),
    ])
    func quoting(_ text: String, _ result: String) { #expect(quoted(text) == result) }

    @Test(arguments: [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 2, ""), ("éèà", 2, "é…")])
    func ellipses(_ text: String, _ limit: Int, _ result: String) { #expect(ellipsized(text, to: limit) == result) }

    @Test func jsonIsIndentedAsDockerDoes() {
        #expect(
            indentedJSON(#"[{"Id":"a:{[,","Args":[],"State":{"Pid":1.50e3,"x":{}},"n":[1,null]}]"#) == #"""
                [
                    {
                        "Id": "a:{[,",
                        "Args": [],
                        "State": {
                            "Pid": 1.50e3,
                            "x": {}
                        },
                        "n": [
                            1,
                            null
                        ]
                    }
                ]
                """#)
        #expect(indentedJSON("[]") == "[]")
        #expect(indentedJSON(#"["a\"]"]"#) == "[\n    \"a\\\"]\"\n]")
    }

    @Test func jsonIsEscaped() {
        let value = JSONText.object([("a\"", .array([.string("\n\u{1}\\"), .number(-1), .boolean(true)]))])
        #expect(value.render() == #"{"a\"":["\n\u0001\\",-1,true]}"#)
    }
}
