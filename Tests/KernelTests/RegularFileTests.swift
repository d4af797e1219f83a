import Glibc
import Kernel
import Testing

/// Files that a stranger put where they are.
@Suite struct RegularFileTests {
    @Test(.timeLimit(.minutes(5))) func nothingElseIsOpened() throws {
        let scratch = try Scratch()
        let file = try scratch.file("file", "content")
        mkfifo(scratch.path + "/fifo", 0o600)
        mkdir(scratch.path + "/directory", 0o700)
        symlink("file", scratch.path + "/link")
        symlink("fifo", scratch.path + "/fifo-link")
        #expect(try OwnedDescriptor(regularFile: file).readAll() == Array("content".utf8))
        #expect(
            try OwnedDescriptor(regularFile: scratch.path + "/link", followingLinks: true).readAll().count == 7)
        for (name, follows, expected) in [
            ("fifo", false, EINVAL), ("fifo-link", true, EINVAL), ("directory", false, EINVAL), ("link", false, ELOOP),
            ("missing", true, ENOENT),
        ] {
            let error = #expect(throws: KernelError.self) {
                _ = try OwnedDescriptor(regularFile: "\(scratch.path)/\(name)", followingLinks: follows)
            }
            #expect(error?.errno == expected, "\(name)")
        }
        #expect(throws: KernelError.self) { _ = try OwnedDescriptor(regularFile: "/dev/null") }
    }

    @Test func pathsBeneathADirectoryStayThere() throws {
        let scratch = try Scratch()
        mkdir(scratch.path + "/in", 0o700)
        symlink("..", scratch.path + "/in/up")
        symlink("/", scratch.path + "/in/root")
        symlink(".", scratch.path + "/in/self")
        let directory = try RootDirectory(scratch.path + "/in")
        #expect(try directory.contains("self", links: .beneath))
        #expect(try !directory.contains("missing", links: .beneath))
        for path in ["up", "root", "..", "self/../..", "/"] {
            let error = #expect(throws: KernelError.self) { _ = try directory.contains(path, links: .beneath) }
            #expect(error?.errno == EXDEV, "\(path)")
        }
    }
}
