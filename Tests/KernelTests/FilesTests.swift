import Glibc
import Kernel
import Testing

/// A directory that goes with the test.
final class Scratch {
    let path = "/tmp/roost-kernel-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    private var made: [String] = []

    init() throws { try Files.makeDirectories(path) }

    func file(_ name: String, _ text: String = "") throws -> String {
        try Files.replace("\(path)/\(name)", with: Array(text.utf8))
        return "\(path)/\(name)"
    }

    deinit {
        let removal = Spawn("/bin/rm", ["rm", "-rf", path])
        // What stays behind in /tmp is no failure of what is tested.
        if let pid = try? removal.start() { waitpid(pid, nil, 0) }
    }
}

@Suite struct FilesTests {
    @Test func replacementIsWholeAndLeavesNoTemporary() throws {
        let scratch = try Scratch()
        let path = try scratch.file("state", "old")
        try Files.replace(path, with: Array("new".utf8), durable: .name)
        #expect(try Files.readText(path) == "new")
        let directory = try #require(opendir(scratch.path))
        defer { closedir(directory) }
        var entries = 0
        while readdir(directory) != nil { entries += 1 }
        #expect(entries == 3)
    }

    @Test func writersOfOneFileDontMeet() async throws {
        let scratch = try Scratch()
        let path = try scratch.file("state", "")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    let content = [UInt8](repeating: UInt8(writer), count: 1 << 16)
                    for _ in 0..<50 { try Files.replace(path, with: content) }
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(try Files.read(path)).count == 1)
    }

    @Test func errorsSayWhatWasAttempted() throws {
        #expect(throws: KernelError("open", "/no/such/file", errno: ENOENT)) { try Files.read("/no/such/file") }
        #expect("\(KernelError("open", "/x", errno: ENOENT))" == "open /x: no such file or directory")
        #expect(throws: KernelError.self) { try Files.replace("/no/such/directory/file", with: []) }
    }

    @Test func readingIsBounded() throws {
        #expect(throws: KernelError("read", "/dev/zero", errno: EFBIG)) { try Files.read("/dev/zero", limit: 10_000) }
    }

    @Test func lockIsExclusiveUntilItEnds() throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/lock"
        do {
            let held = try FileLock(path)
            let isFree = try FileLock.take(ifFree: path) != nil
            #expect(!isFree)
            _ = consume held
        }
        let third = try FileLock.take(ifFree: path) != nil
        #expect(third)
    }

    @Test func inotifyTellsNames() throws {
        let scratch = try Scratch()
        let inotify = try Inotify()
        let created: UInt32 = 0x100
        let watch = try inotify.watch(scratch.path, mask: created)
        mkdir("\(scratch.path)/fresh", 0o700)
        #expect(try inotify.descriptor.waitReadable(milliseconds: 5000))
        #expect(try inotify.events().map { [$0.name, "\($0.watch)"] } == [["fresh", "\(watch)"]])
        #expect(try inotify.events().isEmpty)
    }
}

@Suite struct RootDirectoryTests {
    @Test func nothingLeadsOut() throws {
        let scratch = try Scratch()
        let root = "\(scratch.path)/root"
        try Files.makeDirectories("\(root)/etc")
        symlink("/etc", "\(root)/absolute")
        symlink("../../../../../../etc", "\(root)/relative")
        symlink("/run", "\(root)/dangling")
        let directory = try RootDirectory(root)
        for path in ["/absolute/made", "relative/made", "/../../etc/made", "/dangling/made"] {
            _ = try directory.directory(path)
        }
        #expect(Files.exists("\(root)/etc/made"))
        #expect(Files.exists("\(root)/run/made"))
        _ = try directory.file("/new/deep/file")
        #expect(Files.exists("\(root)/new/deep/file"))
        #expect(try directory.find("/nothing/here") == nil)
    }

    @Test func loopsEnd() throws {
        let scratch = try Scratch()
        symlink("b", "\(scratch.path)/a")
        symlink("a", "\(scratch.path)/b")
        let root = try RootDirectory(scratch.path)
        #expect(throws: KernelError.self) { _ = try root.directory("/a/x") }
    }

    @Test(arguments: [
        ("/a/b", "/a", "b"), ("/a", "/", "a"), ("a", "/", "a"), ("/a/b//", "/a", "b"), ("/a//b", "/a/", "b"),
    ])
    func pathsAreSplit(_ path: String, _ parent: String, _ name: String) {
        #expect(RootDirectory.split(path) == (parent, name))
    }
}
