import Testing

@testable import Dockerfiles

@Suite("A Dockerfile is read into statements")
struct DockerfileTextTests {
    @Test("Continued lines, comments between them, and carriage returns make one statement")
    func lines() throws {
        let text = try DockerfileText("\u{FEFF}# escape=`\r\nFROM a\r\nRUN x `\r\n  # not this\r\n\r\n  y `  \r\nz\r\n")
        #expect(text.statements.map(\.source) == ["FROM a", "RUN x   y z"])
        #expect(text.statements.map(\.lines) == [2...2, 3...7])
        #expect(text.emptyContinuations == [7])
    }

    @Test("Heredocs belong to the instruction that announces them")
    func heredocs() throws {
        let text = try DockerfileText(
            """
            FROM a
            RUN 3<<-EOF cat && <<'RAW' cat
            \tone
            \tEOF
            $two
            RAW
            COPY <<"a b" <<x /dest/
            1
            a b
            2
            x
            ONBUILD RUN <<E
            later
            E
            RUN ["<<E"]
            """)
        let run = text.statements[1]
        #expect(run.heredocs.map(\.name) == ["EOF", "RAW"])
        #expect(run.heredocs.map(\.text) == ["one\n", "$two\n"])
        #expect(run.heredocs.map(\.expands) == [true, false])
        #expect(run.heredocs[0].descriptor == 3)
        #expect(text.statements[2].heredocs.map(\.name) == ["a b", "x"])
        #expect(text.statements[3].heredocs.map(\.content) == ["later\n"])
        #expect(text.statements[4].heredocs.isEmpty)
        #expect(text.statements.map(\.lines.lowerBound) == [1, 2, 7, 12, 15])
    }

    @Test(
        "What can't be read is refused with its line",
        arguments: [
            ("", nil), ("# only a comment\n", nil), ("FROM a\nRUN <<EOF\nx\n", 2), ("FROM a\nENV A\n", 2),
            ("# escape=x\nFROM a\n", 1), ("# escape=`\n# escape=`\nFROM a\n", 2), ("FROM a\nCMD [1]\n", 2),
            ("FROM a\nLABEL a=b c\n", 2), ("FROM a\nRUN " + String(repeating: "x", count: 65_536), 2),
        ] as [(String, Int?)])
    func refusals(text: String, line: Int?) {
        let error = #expect(throws: DockerfileError.self) { try DockerfileText(text) }
        #expect(error?.lines?.lowerBound == line)
    }

    @Test(
        "An instruction that isn't right is refused",
        arguments: [
            "FROM", "FROM a as", "FROM a AS 1b", "FROM a\nFOO", "FROM a\nRUN --foo x", "FROM a\nCOPY a",
            "FROM a\nWORKDIR",
            "FROM a\nONBUILD ONBUILD RUN x", "FROM a\nONBUILD FROM x", "FROM a\nHEALTHCHECK NONE x",
            "FROM a\nHEALTHCHECK FOO",
            "FROM a\nHEALTHCHECK --interval=1us CMD x", "FROM a\nSHELL sh", "FROM a\nARG =x", "FROM a\nVOLUME [\"\"]",
            "FROM a\nCOPY --from=a --from=b x /", "FROM a\nCOPY --link=perhaps x /", "FROM a\nADD x <<EOF\nEOF",
            "RUN x",
            "FROM a\nRUN --device=x true", "FROM a\nRUN --network=some true",
            "FROM a\nRUN --mount=from=$X,target=/ true",
        ])
    func instructions(text: String) {
        #expect(throws: DockerfileError.self) { try Dockerfile(text) }
    }
}
