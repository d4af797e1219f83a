import Glibc
import Kernel
import Testing

@testable import Builds

@Suite("Digests of a context's files")
struct FileDigestTests {
    private func digest(_ digests: FileDigests, _ workplace: Workplace, _ name: String) throws -> String {
        let tree = try FileTree([workplace.path])
        let entry = try #require(try tree.entry("/" + name))
        return try digests.digest(of: "/" + name, FileIdentity(entry), in: tree)
    }

    /// Makes a file look as if it was written long ago.
    private func age(_ path: String) {
        var times = [timespec(tv_sec: 1_700_000_000, tv_nsec: 0), timespec(tv_sec: 1_700_000_000, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
    }

    @Test("One that was read right after the file was written isn't kept")
    func young() throws {
        let (context, root) = (try Workplace(), try Workplace())
        try context.write("a", "one")
        let first = try FileDigests(root: root.path, context: context.path)
        let before = try digest(first, context, "a")
        try first.save()
        #expect(try Directory.names(in: root.path + "/builds/digests").isEmpty)
        #expect(try digest(try FileDigests(root: root.path, context: context.path), context, "a") == before)
    }

    @Test("One that was read long after it was written is there for the next build, which reads the file no more")
    func kept() throws {
        let (context, root) = (try Workplace(), try Workplace())
        try context.write("a", "one")
        let later: @Sendable () -> Int64 = { Timestamp.now() + 3_000_000_000 }
        let first = try FileDigests(root: root.path, context: context.path, now: later)
        let before = try digest(first, context, "a")
        try first.save()
        let second = try FileDigests(root: root.path, context: context.path)
        let tree = try FileTree([context.path])
        let identity = FileIdentity(try #require(try tree.entry("/a")))
        try Files.remove(context.path + "/a")
        #expect(try second.digest(of: "/a", identity, in: tree) == before)
    }

    @Test("An identity differs with size, inode and times")
    func identity() throws {
        let context = try Workplace()
        let path = try context.write("a", "one")
        let tree = try FileTree([context.path])
        let first = FileIdentity(try #require(try tree.entry("/a")))
        age(path)
        let second = FileIdentity(try #require(try tree.entry("/a")))
        #expect(first != second && first.inode == second.inode)
        try context.write("a", "other")
        #expect(FileIdentity(try #require(try tree.entry("/a"))).inode != first.inode)
    }

    @Test("A file of them that isn't one counts as none")
    func broken() throws {
        let (context, root) = (try Workplace(), try Workplace())
        let path = root.path + "/builds/digests"
        try Files.makeDirectories(path)
        try context.write("a", "one")
        let good = try digest(FileDigests(), context, "a")
        for junk in ["", "junk", "roost file digests 1\nshort"] {
            for name in try Directory.names(in: path) { try Files.remove("\(path)/\(name)") }
            let digests = try FileDigests(root: root.path, context: context.path)
            #expect(try digest(digests, context, "a") == good)
            try Files.replace(path + "/x", with: Array(junk.utf8))
        }
    }
}
