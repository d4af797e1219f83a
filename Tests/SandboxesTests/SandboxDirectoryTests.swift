import Glibc
import Kernel
import Launching
import Testing

@testable import Sandboxes

@Suite struct SandboxDirectoryTests {
    private static let state = ContainerState(
        container: "c1",
        processes: LaunchSuccess(pid: 71, startTime: 900, shim: 70, shimStartTime: 899),
        bundle: "/b", createdNanoseconds: 1_700_000_000_000_000_001)
    private static let exit = ContainerExit(
        code: 137, signal: 9, oomKilled: true, startedNanoseconds: 1, finishedNanoseconds: 2)

    @Test func whatTheShimWritesIsRead() throws {
        let place = try TemporaryDirectory()
        let directory = SandboxDirectory(place.path)
        try Files.replace(place.path + "/state.json", with: Array(Self.state.json.utf8))
        try Files.replace(place.path + "/exit", with: Array(Self.exit.json.utf8))
        let state = try #require(directory.state())
        #expect(state.process == ProcessIdentity(pid: 71, startTime: 900))
        #expect(state.shim == ProcessIdentity(pid: 70, startTime: 899))
        #expect(state.createdNanoseconds == 1_700_000_000_000_000_001)
        #expect(
            directory.exit()
                == SandboxDirectory.RecordedExit(
                    code: 137, signal: 9, oomKilled: true, startedNanoseconds: 1, finishedNanoseconds: 2))
    }

    @Test func nothingIsKnownOfAMissingDirectory() {
        let directory = SandboxDirectory("/no/such/directory")
        #expect(directory.state() == nil)
        #expect(directory.exit() == nil)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{}", #"{"pid":71}"#, #"{"code":1}"#, "\u{0}\u{0}\u{0}",
        #"{"pid":"71","code":"1"}"#,
        #"{"code":99999999999,"pid":99999999999}"#,
    ])
    func damagedFilesCountAsMissing(_ content: String) throws {
        let place = try TemporaryDirectory()
        try Files.replace(place.path + "/state.json", with: Array(content.utf8))
        try Files.replace(place.path + "/exit", with: Array(content.utf8))
        let directory = SandboxDirectory(place.path)
        #expect(directory.state() == nil)
        #expect(directory.exit() == nil)
    }

    @Test func everyPrefixOfAFileCountsAsMissing() throws {
        let place = try TemporaryDirectory()
        let content = Array(Self.exit.json.utf8)
        let directory = SandboxDirectory(place.path)
        // The last byte is a line break, and the text is whole without it.
        for length in 0..<(content.count - 2) {
            try Files.replace(place.path + "/exit", with: Array(content.prefix(length)))
            #expect(directory.exit() == nil, "\(length) bytes")
        }
    }

    @Test func clearingForgetsTheLastRunAndKeepsTheLock() throws {
        let place = try TemporaryDirectory()
        let directory = SandboxDirectory(place.path)
        #expect(directory.lockPath == place.path + "/shim.lock")
        for name in ["state.json", "exit", "shim.lock"] {
            try Files.replace(place.path + "/" + name, with: Array(Self.exit.json.utf8))
        }
        try directory.clear()
        #expect(!Files.exists(place.path + "/state.json"))
        #expect(!Files.exists(place.path + "/exit"))
        #expect(Files.exists(directory.lockPath))
        try directory.clear()
    }
}
