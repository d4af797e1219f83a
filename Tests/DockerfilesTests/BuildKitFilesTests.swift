import FoundationEssentials
import Testing

@testable import Dockerfiles

/// BuildKit's own tables, where `scripts/buildkit-tables` has fetched them: `ROOST_BUILDKIT` is its `frontend/dockerfile`.
@Suite(.enabled(if: BuildKit.directory != nil, "scripts/buildkit-tables fetches BuildKit's tables and runs this"))
struct BuildKitFilesTests {
    @Test("Every file of BuildKit's parser means to us what it means to BuildKit")
    func parserFiles() throws {
        let directory = try #require(BuildKit.directory) + "/parser/testfiles"
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(names.count >= 33)
        for name in names.sorted() {
            let expected = String(decoding: try BuildKit.read("\(directory)/\(name)/result"), as: UTF8.self)
            let file = try DockerfileText(BuildKit.read("\(directory)/\(name)/Dockerfile"))
            let dump = file.statements.map { "(\($0.dump))\n" }.joined()
            #expect(dump.trimmed + "\n" == expected, "\(name)")
        }
    }

    @Test("Every file that BuildKit's parser refuses is refused")
    func negativeFiles() throws {
        let directory = try #require(BuildKit.directory) + "/parser/testfiles-negative"
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            let bytes = try BuildKit.read("\(directory)/\(name)/Dockerfile")
            #expect(throws: DockerfileError.self, "\(name)") { try DockerfileText(bytes) }
        }
    }

    @Test("BuildKit's table of expansions gives the same")
    func expansions() throws {
        let variables = ["PWD": "/home", "SHELL": "bash", "KOREAN": "한국어", "NULL": ""]
        for line in try BuildKit.lines("shell/envVarTest") {
            let fields = line.components("|").map(\.trimmed)
            guard fields.count == 3, fields[0] != "W" else { continue }
            let result = Result { try WordExpander().expand(fields[1]) { variables[$0] } }
            #expect(fields[2] == "error" ? result.text == nil : result.text == fields[2], "\(line): \(result)")
        }
    }

    @Test("BuildKit's table of words gives the same")
    func words() throws {
        var variables: [String: String] = [:]
        for line in try BuildKit.lines("shell/wordsTest") {
            if line.hasPrefix("ENV "), let (name, value) = String(line.dropFirst(4)).trimmedStart.cut("=") {
                variables[name] = value
                continue
            }
            let fields = line.components("|")
            guard fields.count == 2 else { continue }
            let expected = String(fields[1].drop { $0 == " " }).components(",")
            let known = variables
            let result = Result { try WordExpander().words(fields[0].trimmed) { known[$0] } }
            #expect(result.value ?? ["error"] == expected, "\(line)")
        }
    }
}

enum BuildKit {
    static var directory: String? { ProcessInfo.processInfo.environment["ROOST_BUILDKIT"] }

    static func read(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }

    static func lines(_ name: String) throws -> [String] {
        String(decoding: try read(#require(directory) + "/" + name), as: UTF8.self).components("\n")
            .filter { !$0.hasPrefix("#") && !$0.trimmed.isEmpty }
    }
}

extension Result {
    fileprivate var value: Success? { try? get() }
}

extension Result where Success == String {
    fileprivate var text: String? { value }
}

extension String {
    fileprivate func components(_ separator: Character) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }

    /// As Go's `%q` writes it.
    fileprivate var quoted: String {
        "\""
            + unicodeScalars.map { scalar in
                switch scalar {
                case "\"": "\\\""
                case "\\": "\\\\"
                case "\t": "\\t"
                case "\n": "\\n"
                case "\r": "\\r"
                case "\u{8}": "\\b"
                case "\u{C}": "\\f"
                case _ where scalar.value < 0x10: "\\x0" + String(scalar.value, radix: 16)
                default: String(scalar)
                }
            }.joined() + "\""
    }
}

extension Statement {
    /// As BuildKit's tests write a syntax tree.
    fileprivate var dump: String {
        var text = keyword.lowercased()
        if !flags.isEmpty { text += " [" + flags.map(\.quoted).joined(separator: " ") + "]" }
        for statement in trigger { text += " (" + statement.dump + ")" }
        for argument in arguments { text += " " + argument.quoted }
        return text
    }
}
