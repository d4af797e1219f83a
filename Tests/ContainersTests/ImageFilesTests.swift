import Glibc
import Kernel
import Testing

@testable import Containers

/// What the engine reads of an image and of a container, both of which can be anything.
@Suite final class ImageFilesTests {
    private let directory = "/tmp/roost-image-files-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

    init() throws {
        for layer in ["upper", "lower"] { try Files.makeDirectories("\(directory)/\(layer)/etc") }
        try Files.replace(directory + "/lower/etc/passwd", with: Array("lower".utf8))
    }

    deinit {
        let removal = Spawn("/bin/rm", ["rm", "-rf", directory])
        // What stays behind in /tmp is no failure of what is tested.
        if let pid = try? removal.start() { waitpid(pid, nil, 0) }
    }

    private func text() throws -> String? {
        try ImageFiles.text("etc/passwd", layers: [directory + "/upper", directory + "/lower"])
    }

    @Test func uppermostLayerHasIt() throws {
        #expect(try text() == "lower")
        try Files.replace(directory + "/upper/etc/passwd", with: Array("upper".utf8))
        #expect(try text() == "upper")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root")) func whiteoutHidesIt() throws {
        mknod(directory + "/upper/etc/passwd", S_IFCHR, 0)
        #expect(try text() == nil)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [S_IFIFO, S_IFDIR, S_IFSOCK, S_IFCHR])
    func onlyAFileIsRead(_ kind: mode_t) throws {
        let path = directory + "/upper/etc/passwd"
        // A device that exists: /dev/zero never ends.
        if kind == S_IFDIR { mkdir(path, 0o755) } else { mknod(path, kind | 0o666, kind == S_IFCHR ? 0x105 : 0) }
        guard Files.exists(path) else { return }
        let error = #expect(throws: KernelError.self) { try self.text() }
        #expect(error?.description.contains("/etc/passwd, which is not a regular file") == true)
    }

    @Test func linksStayInTheLayer() throws {
        symlink("../../../../../../../etc/passwd", directory + "/upper/etc/passwd")
        #expect(throws: KernelError.self) { try self.text() }
        unlink(directory + "/upper/etc/passwd")
        symlink("/proc/self/root/etc/passwd", directory + "/upper/etc/passwd")
        #expect(try text() == "lower")
    }

    @Test func sizeIsBounded() throws {
        let file = try OwnedDescriptor(open: directory + "/upper/etc/passwd", [.writeOnly, .create])
        ftruncate(file.number, 1 << 40)
        let error = #expect(throws: KernelError.self) { try self.text() }
        #expect(error?.errno == EFBIG)
    }
}
