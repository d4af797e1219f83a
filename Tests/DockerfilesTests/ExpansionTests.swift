import Testing

@testable import Dockerfiles

@Suite("Words are expanded as a shell would")
struct ExpansionTests {
    static let variables = ["A": "a", "PATH": "/usr/local/bin", "EMPTY": "", "FILE": "x.tar.gz", "STARS": "a*b*c"]

    @Test(
        "An expression has the value that POSIX gives it",
        arguments: [
            ("$A${A}$$", "aa"), ("'$A'\"$A\"", "$Aa"), ("\\$A", "$A"), ("${NONE:-x}${EMPTY:-y}${EMPTY-z}", "xy"),
            ("${A:+x}${EMPTY:+y}${EMPTY+z}", "xz"), ("${PATH#*/}", "usr/local/bin"), ("${PATH##*/}", "bin"),
            ("${FILE%.*}", "x.tar"), ("${FILE%%.*}", "x"), ("${PATH//\\//:}", ":usr:local:bin"),
            ("${PATH/l*l/X}", "/usr/X/bin"),
            ("${STARS#a\\*}", "b*c"), ("${NONE:-${A:+${FILE#x.}}}", "tar.gz"), ("${A?}", "a"),
            ("a\\ b \"c d\"", "a b c d"),
            ("${FILE%?gz}", "x.tar"), ("<<EOF", "<<EOF"), ("$1x$@", "x"), ("${PATH/nothing/x}", "/usr/local/bin"),
        ])
    func values(text: String, value: String) throws {
        #expect(try WordExpander().expand(text) { Self.variables[$0] } == value)
    }

    @Test(
        "What isn't well-formed is refused",
        arguments: [
            "${", "${A", "${}", "${A:}", "${A:#x}", "'", "\"", "${A!x}", "${A/x", "${A/x/y", "${NONE:?}", "${EMPTY:?x}",
            "${A#\\x}",
        ])
    func errors(text: String) {
        #expect(throws: DockerfileError.self) { try WordExpander().expand(text) { Self.variables[$0] } }
    }

    @Test("It tells which variables it asked for")
    func asked() throws {
        let result = try WordExpander().result("$A ${B:-x} '$C'") { Self.variables[$0] }
        #expect(result.found == ["A"] && result.missing == ["B"])
    }

    @Test("A file can't make it work without end")
    func bounds() {
        let deep = String(repeating: "${X:-", count: 10_000) + String(repeating: "}", count: 10_000)
        #expect(throws: DockerfileError.self) { try WordExpander().expand(deep) { _ in nil } }
        let large = String(repeating: "x", count: 1 << 18)
        #expect(throws: DockerfileError.self) { try WordExpander().expand("$A$A$A$A$A$A") { _ in large } }
        let stars = String(repeating: "*", count: 500)
        #expect(throws: Never.self) { try WordExpander().expand("${A##\(stars)b}") { _ in String(large.prefix(2000)) } }
    }
}
