import Foundation
import Kernel
import Testing

@testable import Commands

@Suite struct TreeWatchTests {
    /// What changes, once something of it is there.
    private func changes(
        _ watch: TreeWatch, until isThere: (Set<String>) -> Bool
    ) async throws -> Set<String> {
        var changes = TreeWatch.Changes()
        while !isThere(changes.paths) {
            try await Waiting.readable(watch.descriptor, until: .now + .seconds(20))
            try watch.take(&changes)
        }
        return changes.paths
    }

    @Test("Files are told of wherever they are, those that were there before their directory was watched, too")
    func trees() async throws {
        let top = FileManager.default.temporaryDirectory.appending(path: "watch-\(Files.unforeseenName())").path
        defer { try? FileManager.default.removeItem(atPath: top) }
        func write(_ path: String) throws {
            let parent = RootDirectory.split(top + "/" + path).parent
            try Files.makeDirectories(parent)
            try Data("x".utf8).write(to: URL(filePath: top + "/" + path + ".new"))
            try FileManager.default.moveItem(atPath: top + "/" + path + ".new", toPath: top + "/" + path)
        }
        for path in ["src/a/one", "src/skipped/two", "single", "elsewhere/three"] { try write(path) }
        let watch = try TreeWatch(["\(top)/src", "\(top)/single"]) { $0.hasSuffix("/skipped") }
        try write("src/skipped/four")
        try write("elsewhere/five")
        try write("src/a/new/deep/six")
        let made = try await changes(watch) { $0.contains(top + "/src/a/new/deep/six") }
        #expect(!made.contains { $0.contains("four") || $0.contains("five") || $0.contains("one") })
        try FileManager.default.removeItem(atPath: top + "/single")
        try write("single")
        _ = try await changes(watch) { $0.contains(top + "/single") }
        try FileManager.default.moveItem(atPath: top + "/src/a", toPath: top + "/elsewhere/a")
        _ = try await changes(watch) { $0.contains(top + "/src/a") }
        try write("elsewhere/a/seven")
        try FileManager.default.removeItem(atPath: top + "/src")
        try write("src/again")
        let late = try await changes(watch) { $0.contains(top + "/src/again") }
        #expect(!late.contains { $0.contains("seven") }, "what has been moved away isn't watched any more")
        #expect(try watch.everything().paths == [top + "/src", top + "/src/again", top + "/single"])
        #expect(throws: CommandFailure.self) { _ = try TreeWatch([top + "/none"]) { _ in false } }
    }
}
