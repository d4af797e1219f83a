import Foundation
import Kernel
import Testing

@testable import Commands

/// A container's root is hostile: nothing that it has there leads a file elsewhere.
@Suite struct FileTransferTests {
    private static func write(_ path: String, _ text: String = "x") throws {
        try Files.makeDirectories(RootDirectory.split(path).parent)
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private static func exists(_ path: String) -> Bool { Files.exists(path) }

    @Test("Files come and go where the rule says, and a link of the container's stays in the container")
    func transfers() throws {
        let top = FileManager.default.temporaryDirectory.appending(path: "transfer-\(Files.unforeseenName())").path
        defer { try? FileManager.default.removeItem(atPath: top) }
        let (root, host) = (top + "/root", top + "/host")
        for path in [root + "/app/old/deep", host + "/src/a", top + "/precious/a", host + "/src/dir/b"] {
            try Self.write(path)
        }
        try FileManager.default.createSymbolicLink(
            atPath: root + "/leads-out", withDestinationPath: "../../../../../../../" + top + "/precious")
        try FileManager.default.createSymbolicLink(atPath: root + "/app/a", withDestinationPath: top + "/precious/a")
        var transfer = FileTransfer(into: try RootDirectory(root))
        func carryOut(_ path: String, _ target: String, isRoot: Bool = false) throws {
            try transfer.carryOut(WatchPlan.Transfer(path: path, target: target, isRoot: isRoot))
        }
        try Self.write(host + "/src/a", "new")
        try carryOut(host + "/src/a", "/app/a")
        try carryOut(host + "/src/a", "/leads-out/b")
        try carryOut(host + "/gone", "/leads-out/a")
        try carryOut(host + "/gone", "/app/old")
        try carryOut(host + "/gone", "/app", isRoot: true)
        try carryOut(host + "/src/dir", "/made/by/watch")
        #expect(try String(contentsOfFile: root + "/app/a", encoding: .utf8) == "new")
        #expect(try String(contentsOfFile: top + "/precious/a", encoding: .utf8) == "x")
        #expect(!Self.exists(top + "/precious/b") && Self.exists(root + top + "/precious/b"))
        #expect(!Self.exists(root + "/app/old") && Self.exists(root + "/app"), "a rule's own path stays")
        #expect(Self.exists(root + "/made/by/watch") && !Self.exists(root + "/made/by/watch/b"))
        try carryOut(host + "/src/a", "/made/by", isRoot: true)
        #expect(Self.exists(root + "/made/by/a"), "a file goes into a directory that is there")
    }
}
