import Kernel
import Testing

@testable import TarArchives

@Suite struct TarTests {
    @Test(arguments: [
        TarHeader(name: "oci-layout", size: 30), TarHeader(name: "a/b", size: 0, mode: 0o755),
        TarHeader(name: "blobs/sha256/" + String(repeating: "a", count: 64), size: 9_876_543_210),
        TarHeader(name: String(repeating: "d", count: 120) + "/" + String(repeating: "f", count: 99), size: 1),
    ])
    func headersComeBack(header: TarHeader) throws {
        let block = try #require(header.block)
        #expect(block.count == 512)
        #expect(TarHeader(block: block) == header)
    }

    @Test func aNameThatFitsNoHeaderIsRefused() {
        #expect(TarHeader(name: String(repeating: "x", count: 101), size: 0).block == nil)
        #expect(TarHeader(name: String(repeating: "x/", count: 200), size: 0).block == nil)
    }

    @Test func damagedHeadersAreNone() throws {
        var block = try #require(TarHeader(name: "a", size: 1).block)
        #expect(TarHeader(block: [UInt8](repeating: 0, count: 512)) == nil)
        block[0] ^= 1
        #expect(TarHeader(block: block) == nil, "the sum is another one")
        #expect(TarHeader(block: Array(block.prefix(100))) == nil)
        for index in 0..<512 {
            // Whatever a byte says, reading it is safe.
            var changed = block
            changed[index] = 0xFF
            _ = TarHeader(block: changed)
        }
    }

    @Test func anArchiveIsReadAsItWasWritten() throws {
        let path = "/tmp/roost-tar-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? Files.remove(path) }  // nothing depends on it
        let writer = TarWriter(
            try OwnedDescriptor(open: path, [.writeOnly, .create, .exclusive], mode: 0o600), path: path,
            makesDirectories: false)
        let contents = [0, 1, 511, 512, 513, 70_000].map {
            [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $0)
        }
        for (number, content) in contents.enumerated() { try writer.add("f\(number)", content, mode: 0o600) }
        try writer.finish()
        var reader = try TarReader(path)
        for (number, content) in contents.enumerated() {
            let header = try #require(try reader.next())
            #expect(header == TarHeader(name: "f\(number)", size: Int64(content.count), mode: 0o600))
            #expect(try reader.content(limit: 1 << 20) == content)
        }
        #expect(try reader.next() == nil)
    }
}
