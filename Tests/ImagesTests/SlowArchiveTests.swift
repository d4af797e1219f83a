import Glibc
import Kernel
import Testing

@testable import Images

@Suite(.enabled(if: Workbench.isRoot, "needs root")) struct SlowArchiveTests {
    /// Without a moment's patience a file would be given up; what comes through a pipe is waited for.
    @Test(.timeLimit(.minutes(5))) func aPipeMayTakeItsTime() async throws {
        let bench = try Workbench()
        let pipe = "\(bench.path)/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        var tar = TarBuilder()
        tar.add("a/file", .file, "content")
        let archive = tar.archive
        try Feeding.write(archive, to: pipe)
        var unpacker = Unpacker(executable: Workbench.layerExecutable)
        unpacker.limits.idleSeconds = 0
        let directory = "\(bench.path)/tree"
        try Files.makeDirectories(directory)
        try await unpacker.unpack(archive: .path(pipe), into: directory, "the archive", for: "a test")
        #expect(try Files.readText("\(directory)/a/file") == "content")
    }

    private enum Feeding {
        static func write(_ bytes: [UInt8], to path: String) throws {
            try OwnThread.start {
                // `try?`: without it the test ends at its time limit.
                try? OwnedDescriptor(open: path, .writeOnly).writeAll(bytes)
            }
        }
    }
}
