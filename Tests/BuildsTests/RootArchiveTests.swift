import CLinux
import Glibc
import Kernel
import TarArchives
import Testing

@testable import Builds

@Suite("A container's files as one archive")
struct RootArchiveTests {
    /// What the archive has, by name; directories end in a slash.
    private func entries(_ directories: [Workplace]) async throws -> [String: TarHeader] {
        let place = try Workplace()
        let path = place.path + "/root.tar"
        let output = try OwnedDescriptor(open: path, [.writeOnly, .create, .exclusive], mode: 0o600)
        try await RootArchive(directories.map(\.path)).write(to: output)
        var reader = try TarReader(path)
        var result: [String: TarHeader] = [:]
        while let header = try reader.next() {
            _ = try reader.content(limit: 1 << 20)
            if header.kind != .extended { result[header.name] = header }
        }
        return result
    }

    @Test(
        "It has what the upper layer shows of those below", .enabled(if: getuid() == 0, "overlayfs's marks are root's"))
    func layers() async throws {
        let (upper, lower) = (try Workplace(), try Workplace())
        try lower.write("kept/a", "lower")
        try lower.write("kept/b", "lower")
        try upper.write("kept/b", "longer than that", mode: 0o4755)
        try lower.write("opaque/hidden")
        try upper.write("opaque/new")
        #expect(setxattr(upper.path + "/opaque", "trusted.overlay.opaque", "y", 1, 0) == 0)
        try lower.write("removed")
        #expect(mknod(upper.path + "/removed", S_IFCHR, 0) == 0)
        upper.link("out", to: "/etc/passwd")
        let found = try await entries([upper, lower])
        #expect(
            found.keys.sorted() == ["kept/", "kept/a", "kept/b", "opaque/", "opaque/new", "out"])
        #expect(found["kept/b"]?.size == 16 && found["kept/b"]?.mode == 0o4755)
        #expect(found["out"]?.kind == .symbolicLink && found["out"]?.link == "/etc/passwd")
    }

    @Test("Names of one file stay that, pipes are there, and sockets aren't")
    func kinds() async throws {
        let upper = try Workplace()
        let first = try upper.write("first", "text")
        #expect(link(first, upper.path + "/second") == 0)
        #expect(mkfifo(upper.path + "/pipe", 0o600) == 0)
        #expect(mknod(upper.path + "/socket", S_IFSOCK | 0o600, 0) == 0)
        let found = try await entries([upper])
        #expect(found.keys.sorted() == ["first", "pipe", "second"])
        #expect(found["second"]?.link == "first" && found["second"]?.size == 0)
    }

    @Test("How deep directories are nested matters as little as how long their names are")
    func deep() async throws {
        let upper = try Workplace()
        let path = Array(repeating: "d", count: 1500).joined(separator: "/")
        try upper.makeDirectory(path)
        #expect(try await entries([upper]).count > 1)
    }

    @Test("Who reads the archive no more ends its writing", .timeLimit(.minutes(1)))
    func unread() async throws {
        let upper = try Workplace()
        for number in 0..<8 { try upper.write("file\(number)", String(repeating: "x", count: 1 << 20)) }
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let output = OwnedDescriptor(taking: ends[1])
        close(ends[0])
        signal(SIGPIPE, SIG_IGN)
        do {
            try await RootArchive([upper.path]).write(to: output)
            Issue.record("nobody reads what was written")
        } catch {
            #expect((error as? KernelError)?.errno == EPIPE, "\(error)")
        }
    }
}
