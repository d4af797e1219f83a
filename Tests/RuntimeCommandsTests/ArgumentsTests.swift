import Testing

@testable import RuntimeCommands

@Suite struct ArgumentsTests {
    private static let syntax = Syntax(
        values: ["user", "bundle"], flags: ["tty", "force"], short: ["u": "user", "t": "tty", "b": "bundle"])

    @Test(
        arguments: [
            (["--user", "1", "id"], "1", ["id"]), (["--user=1:2", "id"], "1:2", ["id"]),
            (["-u", "1", "id"], "1", ["id"]),
            (["-u=1", "id"], "1", ["id"]), (["-u1:1", "id"], "1:1", ["id"]), (["id"], nil, ["id"]),
            (["id", "-u", "1"], nil, ["id", "-u", "1"]), (["--", "-u"], nil, ["-u"]),
        ] as [([String], String?, [String])])
    func formsOfOptions(_ words: [String], _ user: String?, _ rest: [String]) throws {
        let arguments = try Arguments(words, of: Self.syntax, stopsAtWord: true)
        #expect(arguments["user"] == user)
        #expect(arguments.words == rest)
    }

    @Test func optionsMayFollowAnIdWhereNoCommandDoes() throws {
        let arguments = try Arguments(["id", "--force", "-b", "/b"], of: Self.syntax, stopsAtWord: false)
        #expect(arguments.has("force"))
        #expect(arguments["bundle"] == "/b")
        #expect(arguments.words == ["id"])
    }

    @Test(arguments: [["--nonesuch"], ["--user"], ["-x"]])
    func whatIsNoOptionIsRefused(_ words: [String]) {
        #expect(throws: RuntimeFailure.self) { try Arguments(words, of: Self.syntax, stopsAtWord: true) }
    }

    @Test(arguments: ["", ".", "..", "a/b", "a b", "../x", "ü"])
    func idsThatLeadElsewhereAreRefused(_ id: String) throws {
        let global = try Arguments(["--root", "/nonesuch"], of: Syntax(values: ["root"]), stopsAtWord: true)
        let store = try ContainerStore(global)
        #expect(throws: RuntimeFailure.self) { try store.load(id) }
    }
}
