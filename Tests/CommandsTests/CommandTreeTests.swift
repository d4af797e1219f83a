import ArgumentParser
import Foundation
import Testing

@testable import Commands

/// Compose's commands and flags beside Roost's own, both as their help tells them.
@Suite struct CommandTreeTests {
    /// One line of the reference: a command and its flags.
    struct Entry: Sendable, CustomTestStringConvertible {
        /// Without `compose`; empty for the flags before the command.
        let words: [String]
        let flags: [[String]]

        var testDescription: String { words.isEmpty ? "global flags" : words.joined(separator: " ") }

        init?(_ line: Substring) {
            let halves = line.split(separator: ":", maxSplits: 1)
            guard !line.hasPrefix("#"), let command = halves.first else { return nil }
            words = command.split(separator: " ").dropFirst().map(String.init)
            flags = (halves.dropFirst().first ?? "").split(separator: " ").map {
                $0.split(separator: "/").map(String.init)
            }
        }
    }

    static let reference: [Entry] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent().path + "/Reference/compose-commands.txt"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap(Entry.init)
    }()

    /// What is left out, and why.
    static let leftOut: [String: String] = [
        "bridge": "hands a stack to other platforms through images of Docker's",
        "bridge convert": "as bridge", "bridge transformations": "as bridge",
        "bridge transformations create": "as bridge", "bridge transformations list": "as bridge",
        "publish": "to come",
        "global flags --all-resources": "to come", "global flags --compatibility": "to come",
        "build --builder": "there is one builder, and it is part of Roost",
        "build --check": "to come", "build --print": "to come",
        "build --provenance": "attestations are BuildKit's", "build --sbom": "attestations are BuildKit's",
        "build --ssh": "agents are named in the file's build.ssh",
        "build -m": "BuildKit doesn't carry it out either", "build --memory": "BuildKit doesn't carry it out either",
        "up --quiet-build": "to come",
        "up --menu": "there are no shortcuts yet",
    ]

    @Test func theReferenceIsThere() {
        #expect(Self.reference.count >= 40)
    }

    @Test("Each command and flag of Compose is Roost's too, or is left out for a reason", arguments: reference)
    func isComplete(entry: Entry) throws {
        let name = entry.testDescription
        if Self.leftOut[name] != nil { return }
        let help: String
        var refused: [String] = GlobalOptions.unsupported
        if let first = entry.words.first {
            let type = try #require(CommandChoice.type(first, Array(entry.words.dropFirst())), "no command \(name)")
            help = type.helpMessage(includeHidden: true, columns: 1000)
            refused = type.unsupported
        } else {
            help = GlobalOptions.helpMessage(includeHidden: true, columns: 1000)
        }
        let known = Set(help.split { " ,\n[]()|=/".contains($0) }.map(String.init).filter { $0.hasPrefix("-") })
            .subtracting(refused)
        let missing = entry.flags.joined().filter { !known.contains($0) && Self.leftOut["\(name) \($0)"] == nil }
        #expect(Array(missing) == [], "\(name)")
    }

    @Test("What is left out is part of the reference, and still is left out", arguments: leftOut.keys.sorted())
    func leftOutStillIs(name: String) {
        let words = name.split(separator: " ").map(String.init)
        let flag = words.last.flatMap { $0.hasPrefix("-") ? $0 : nil }
        let command = flag == nil ? name : words.dropLast().joined(separator: " ")
        let entry = Self.reference.first { $0.testDescription == command }
        #expect(entry != nil)
        if let flag { #expect(entry?.flags.joined().contains(flag) == true) }
    }
}
