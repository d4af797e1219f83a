import Glibc
import Kernel
import Testing

@testable import Containers

@Suite struct DirectoryTests {
    @Test func namesAreSorted() throws {
        let place = try TemporaryDirectory()
        for name in ["b", "a", ".hidden", "ä"] { try Files.replace(place.path + "/" + name, with: []) }
        #expect(try Directory.names(in: place.path) == [".hidden", "a", "b", "ä"])
        #expect(try Directory.names(in: place.path + "/missing") == [])
        let error = #expect(throws: KernelError.self) { try Directory.names(in: place.path + "/a") }
        #expect(error?.errno == ENOTDIR)
    }

    @Test func treeIsRemovedWhole() throws {
        let place = try TemporaryDirectory()
        let tree = place.path + "/tree"
        try Files.makeDirectories(tree + "/a/b/c")
        for name in ["x", "a/y", "a/b/c/z"] { try Files.replace(tree + "/" + name, with: [1]) }
        try #require(mkfifo(tree + "/a/fifo", 0o600) == 0)
        try Directory.remove(tree)
        #expect(try Directory.names(in: place.path) == [])
    }

    @Test func symbolicLinksAreNotFollowed() throws {
        let place = try TemporaryDirectory()
        try Files.makeDirectories(place.path + "/tree/a")
        try Files.makeDirectories(place.path + "/kept")
        try Files.replace(place.path + "/kept/file", with: [1])
        try #require(symlink(place.path + "/kept", place.path + "/tree/a/link") == 0)
        try #require(symlink("/no/such/place", place.path + "/tree/dangling") == 0)
        try #require(symlink("..", place.path + "/tree/up") == 0)
        try Directory.remove(place.path + "/tree")
        #expect(try Directory.names(in: place.path) == ["kept"])
        #expect(Files.exists(place.path + "/kept/file"))
    }

    @Test func linkInTheTreesPlaceIsRemovedAlone() throws {
        let place = try TemporaryDirectory()
        try Files.makeDirectories(place.path + "/kept/inner")
        try #require(symlink("kept", place.path + "/link") == 0)
        try Directory.remove(place.path + "/link")
        #expect(try Directory.names(in: place.path) == ["kept"])
        #expect(Files.exists(place.path + "/kept/inner"))
    }

    @Test func missingTreeAndSingleFileAreNoError() throws {
        let place = try TemporaryDirectory()
        try Directory.remove(place.path + "/missing")
        try Files.replace(place.path + "/file", with: [])
        try Directory.remove(place.path + "/file")
        #expect(try Directory.names(in: place.path) == [])
    }

    @Test(.enabled(if: geteuid() == 0, "only root may change directories that forbid it"))
    func readOnlyDirectoriesAreRemoved() throws {
        let place = try TemporaryDirectory()
        try Files.makeDirectories(place.path + "/tree/a/b")
        try Files.replace(place.path + "/tree/a/b/file", with: [], mode: 0o400)
        for name in ["a/b", "a", ""] { try #require(chmod(place.path + "/tree/" + name, 0o500) == 0) }
        try Directory.remove(place.path + "/tree")
        #expect(try Directory.names(in: place.path) == [])
    }

    /// Makes directories inside each other, deeper than any path is long.
    private static func makeDeepTree(_ path: String, depth: Int) throws {
        try Files.makeDirectories(path)
        var current = try OwnedDescriptor(open: path, [.directory])
        for _ in 0..<depth {
            let name = "a-directory-with-a-name-of-some-length"
            try #require(mkdirat(current.number, name, 0o700) == 0)
            current = try OwnedDescriptor(open: name, [.directory], in: current.number)
        }
    }

    @Test func deepTreeIsRemoved() throws {
        let place = try TemporaryDirectory()
        try Self.makeDeepTree(place.path + "/tree", depth: 300)
        try Directory.remove(place.path + "/tree")
        #expect(try Directory.names(in: place.path) == [])
    }

    /// A container may make a tree that is deeper than the supervisor may have files open.
    @Test func treeDeeperThanTheLimitOfDescriptorsIsRemoved() throws {
        let place = try TemporaryDirectory()
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // Where the limit is higher still, the tree's paths are longer than any system call takes (`PATH_MAX`).
        try Self.makeDeepTree(place.path + "/tree", depth: Int(min(limit.rlim_cur, 2100)) + 100)
        try Directory.remove(place.path + "/tree")
        #expect(try Directory.names(in: place.path) == [])
    }
}
