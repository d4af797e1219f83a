import Testing

@testable import Dockerfiles

@Suite("What of a context belongs to it")
struct IgnoreTests {
    @Test(
        "A pattern is about the names that Docker takes it for",
        arguments: [
            ("a", "a", true), ("a", "b/a", false), ("a", "a/b", true), ("*.txt", "a.txt", true),
            ("*.txt", "b/a.txt", false),
            ("**/*.txt", "a.txt", true), ("**/*.txt", "b/c/a.txt", true), ("**/a", "a", true), ("**/a", "xa", false),
            ("**a", "xa", true), ("a/**", "a/b/c", true), ("a/**", "a", false), ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false), ("a?c", "abc", true), ("a?c", "a/c", false),
            ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false), ("[^a-c]x", "dx", true), ("a\\*b", "a*b", true),
            ("a\\*b", "axb", false), ("./a/", "a", true), ("/a", "a", true), ("a.b", "axb", false), ("**", "x/y", true),
            ("*", "x/y", true), ("a(b", "a(b", true), ("dir/*/x", "dir/y/x", true),
        ])
    func patterns(pattern: String, path: String, isIgnored: Bool) throws {
        #expect(try IgnoreRules(file: pattern).ignores(path) == isIgnored)
    }

    @Test("Later patterns count more, and one with ! takes back what earlier ones said")
    func order() throws {
        let rules = try IgnoreRules(file: "\u{FEFF}# a comment\n*\n! keep\n  keep/secret  \n\n!keep/secret/not\n")
        #expect(rules.ignores("other") && !rules.ignores("keep") && !rules.ignores("keep/file"))
        #expect(rules.ignores("keep/secret") && rules.ignores("keep/secret/x") && !rules.ignores("keep/secret/not"))
        #expect(rules.hasExceptions)
    }

    @Test("A pattern that isn't one is refused", arguments: ["[", "[]a]", "a[b", "!", "a\\", "[a-]", "[-x]"])
    func malformed(pattern: String) {
        #expect(throws: DockerfileError.self) { try IgnoreRules(file: pattern) }
    }

    @Test(
        "COPY's patterns are Go's",
        arguments: [
            ("*.go", "main.go", true), ("*", "a/b", false), ("a*/b", "ax/b", true), ("[[-\\]]", "]", true),
            ("a[^0-9]", "ab", true), ("a[^0-9]", "a1", false), ("\\[x]", "[x]", true), ("é?", "éö", true),
            ("**", "ab", true),
        ])
    func globs(pattern: String, path: String, matches: Bool) throws {
        #expect(try PathPattern(glob: pattern).matches(path) == matches)
    }
}
