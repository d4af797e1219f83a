import Diagnostics
import Testing

@testable import StackFile

/// Where variables came from, and what they shadowed.
struct ProvenanceTests {
    private func load(_ files: [String: String], _ environment: [String: String] = [:]) throws -> LoadedStack {
        let directory = try ProjectDirectory(files)
        var request = LoadRequest(environment: environment, currentDirectory: directory.path)
        request.files = ["compose.yaml"]
        return try StackLoader.load(request)
    }

    @Test func theShellShadowsAnEnvironmentFileAndADefault() throws {
        let loaded = try load(
            ["compose.yaml": "services:\n  a:\n    image: x:${TAG:-1}\n", ".env": "# tags\nTAG=2\nTAG=3\n"],
            ["TAG": "4"])
        let use = try #require(loaded.variables.first)
        #expect(use.name == "TAG" && use.operator == .defaultWhenEmpty && use.operand == "1" && use.value == "4")
        #expect(use.path == "services.a.image" && use.position == Position(file: "compose.yaml", line: 3, column: 12))
        #expect(use.source.kind == .shell)
        #expect(use.shadowed.map(\.kind) == [.environmentFile, .environmentFile, .defaultText])
        #expect(use.shadowed.map(\.value) == ["3", "2", "1"])
        #expect(use.shadowed.first?.position == Position(file: ".env", line: 3, column: 1))
        #expect(loaded.environment["TAG"] == "4")
    }

    @Test func aDefaultAndTheVariablesInIt() throws {
        let loaded = try load(
            ["compose.yaml": "services: {a: {image: \"${A:-${B:-c}}${D+${E}}$F\"}}"], ["B": "b", "F": ""])
        let uses = loaded.variables
        #expect(uses.map(\.name) == ["A", "B", "D", "E", "F"])
        #expect(uses.map(\.value) == ["b", "b", "", "", ""])
        #expect(uses.map(\.isReached) == [true, true, true, false, true])
        #expect(uses.map(\.source.kind) == [.defaultText, .shell, .unset, .unset, .shell])
    }

    @Test func variablesOfAContainer() throws {
        let loaded = try load(
            [
                "compose.yaml":
                    "services:\n  a:\n    image: x\n    env_file: [one, two]\n    environment:\n      A: own\n      H:\n",
                "one": "A=1\nB=1\n", "two": "B=2\nC=3\n",
            ], ["H": "shell"])
        let all = Dictionary(uniqueKeysWithValues: loaded.containerVariables.map { ($0.name, $0) })
        #expect(all["A"]?.value == "own" && all["A"]?.source.kind == .entry)
        #expect(all["A"]?.shadowed.first?.position == Position(file: "one", line: 1, column: 1))
        #expect(all["B"]?.value == "2" && all["B"]?.source.position == Position(file: "two", line: 1, column: 1))
        #expect(all["B"]?.shadowed.map(\.value) == ["1"])
        #expect(all["C"]?.source.kind == .serviceFile && all["C"]?.shadowed == [])
        #expect(all["H"]?.value == "shell" && all["H"]?.source.kind == .shell)
    }

    @Test func nothingIsPutInButStillNoted() throws {
        let directory = try ProjectDirectory(["compose.yaml": "services: {a: {image: \"x$A\", scale: \"${N:-2}\"}}"])
        var request = LoadRequest(environment: [:], currentDirectory: directory.path)
        request.interpolates = false
        let loaded = try StackLoader.load(request)
        #expect(loaded.variables.map(\.name) == ["A", "N"])
        #expect(loaded.canonical.json().contains("\"x$A\""))
    }
}
