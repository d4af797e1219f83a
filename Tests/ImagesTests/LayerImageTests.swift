import Erofs
import Glibc
import Kernel
import LayerReading
import Testing

/// EROFS images made in this process, looked at with Debian's erofs-utils.
struct LayerImageTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    /// The image of a tar stream, which fsck.erofs accepts.
    private func image(_ archive: [UInt8], _ name: String = "image") throws -> (path: String, summary: LayerSummary) {
        let path = "\(bench.path)/\(name).erofs"
        let file = try OwnedDescriptor(open: path, [.readWrite, .create, .truncate])
        var builder = try LayerBuilder(try ImageWriter(descriptor: file.number, limit: 1 << 30))
        let summary = try builder.build(HashedStream(MemoryStream(archive, piece: 777), .sha256))
        let check = try Workbench.run("/usr/bin/fsck.erofs", [path])
        #expect(check.code == 0, "\(check.text)")
        return (path, summary)
    }

    private func refusal(_ archive: [UInt8]) throws -> LayerError? {
        do {
            _ = try image(archive)
            return nil
        } catch let error as LayerError {
            return error
        }
    }

    @Test func theSameArchiveGivesTheSameBytes() throws {
        var tar = TarBuilder()
        for number in 0..<700 {
            tar.add("d\(number % 7)/file\(number * 31 % 700)", .file, String(repeating: "x", count: number * 13))
        }
        let (one, summary) = try image(tar.archive, "one")
        let (other, _) = try image(tar.archive, "other")
        #expect(try Files.read(one) == Files.read(other))
        let size = UInt64(try Files.read(one).count)
        #expect(summary.entries == 700 && summary.written == size)
    }

    @Test func theProcessWritesTheSameImage() throws {
        let (path, summary) = try image(LayerFixture.base)
        try Files.replace("\(bench.path)/blob", with: LayerFixture.base)
        let hex = summary.digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        for compression in ["cat", "gzip -c", "zstd -qc"] {
            let script =
                "\(compression) <blob | \(Workbench.layerExecutable) erofs sha256 3>made.erofs; cmp made.erofs \(path)"
            let output = try Workbench.run("/bin/sh", ["-c", "cd \(bench.path); \(script)"])
            let counts = "\(LayerFixture.base.count) \(summary.entries) \(summary.written)"
            #expect(
                output.text == "done sha256:\(hex) \(counts)\n" && output.code == 0, "\(compression): \(output.text)")
        }
    }

    @Test(arguments: [0, 1, 2047, 2048, 2049, 4095, 4096, 4097, 100_000])
    func contentIsKept(_ size: Int) throws {
        let content = String(decoding: (0..<size).map { UInt8(97 + $0 * 7 % 26) }, as: UTF8.self)
        var tar = TarBuilder()
        tar.add("a", .file, "before")
        tar.add("file", .file, content)
        tar.add("z", .file, "after")
        let (path, _) = try image(tar.archive)
        let output = try Workbench.run("/usr/bin/fsck.erofs", ["--extract=\(bench.path)/out", path])
        #expect(output.code == 0, "\(output.text)")
        #expect(try Files.readText("\(bench.path)/out/file") == content)
        #expect(try Files.readText("\(bench.path)/out/z") == "after")
    }

    // MARK: Archives that mean harm

    @Test(arguments: [
        "../up", "a/../../up", "/../up", "..", "a/..", "./../up",
    ]) func namesThatLeadUpwards(_ name: String) throws {
        for kind in [TarBuilder.Kind.file, .directory, .symbolicLink, .fifo, .characterDevice] {
            var tar = TarBuilder()
            tar.add(name, kind, link: "x")
            guard case .entry(_, let reason) = try refusal(tar.archive) else {
                Issue.record("\(name) was accepted")
                continue
            }
            #expect(reason == "leads out of the tree")
        }
    }

    @Test func harmfulEntriesAreRefusedWithTheirNames() throws {
        func refused(_ reason: String, _ make: (inout TarBuilder) -> Void) throws {
            var tar = TarBuilder()
            make(&tar)
            guard case .entry(_, let found) = try refusal(tar.archive) else {
                Issue.record("accepted: \(reason)")
                return
            }
            #expect(found.contains(reason), "\(found)")
        }
        try refused("doesn't have before it") {
            $0.add("l", .hardLink, link: "later"); $0.add("later", .file)
        }
        try refused("leads out") { $0.add("l", .hardLink, link: "../../etc/passwd") }
        try refused("to a directory") {
            $0.add("d/", .directory); $0.add("l", .hardLink, link: "d")
        }
        try refused("no directory") {
            $0.add("f", .file); $0.add("f/below", .file)
        }
        try refused("symbolic links") {
            $0.add("a", .symbolicLink, link: "b")
            $0.add("b", .symbolicLink, link: "a")
            $0.add("a/x", .file)
        }
        try refused("component of 300") { $0.add("n", records: [("path", [UInt8](repeating: 0x61, count: 300))]) }
        try refused("name of") { $0.add("n", records: [("path", Array(String(repeating: "abc/", count: 1100).utf8))]) }
        try refused("whiteout of nothing") { $0.add("d/.wh.", .file) }
        try refused("whiteout of nothing") { $0.add("d/.wh...", .file) }
        try refused("has the owner") { $0.add("f", records: [("uid", Array("4294967295".utf8))]) }
        try refused("is the root") { $0.add("./.", .symbolicLink, link: "x") }
        try refused("capabilities") { $0.add("f", records: [("SCHILY.xattr.security.capability", Array("evil".utf8))]) }
        try refused("access control") {
            $0.add("f", records: [("SCHILY.xattr.system.posix_acl_access", [2, 0, 0, 0, 9])])
        }
    }

    @Test func linksAreFollowedInsideTheLayerOnly() throws {
        var tar = TarBuilder()
        tar.add("usr/bin/", .directory)
        tar.add("bin", .symbolicLink, link: "usr/bin")
        tar.add("abs", .symbolicLink, link: "/usr")
        tar.add("up", .symbolicLink, link: "../../../usr")
        tar.add("bin/one", .file, "1")
        tar.add("abs/bin/two", .file, "2")
        tar.add("up/bin/three", .file, "3")
        tar.add("usr/four", .hardLink, link: "bin/one")
        let (path, _) = try image(tar.archive)
        _ = try Workbench.run("/usr/bin/fsck.erofs", ["--extract=\(bench.path)/out", path])
        for (name, content) in [("bin/one", "1"), ("bin/two", "2"), ("bin/three", "3"), ("four", "1")] {
            #expect(try Files.readText("\(bench.path)/out/usr/\(name)") == content)
        }
    }

    @Test func streamsHaveBounds() throws {
        try Workbench.run(
            "/bin/sh",
            [
                "-c",
                "cd \(bench.path); head -c 30000000 /dev/zero | tee zeros | gzip >bomb; "
                    + "tr '\\0' a <zeros | gzip >letters",
            ])
        var limits = StreamLimits()
        limits.freeBytes = 1 << 20
        #expect(try count(of: "\(bench.path)/letters", limits) == .limit)
        // Zeros take no place: only the stream's length bounds them.
        #expect(try count(of: "\(bench.path)/bomb", limits) == .bytes(30_000_000))
        limits = StreamLimits()
        limits.bytes = 29_999_999
        #expect(try count(of: "\(bench.path)/bomb", limits) == .limit)
        limits.bytes += 1
        #expect(try count(of: "\(bench.path)/bomb", limits) == .bytes(30_000_000))
        try Workbench.run("/bin/sh", ["-c", "truncate -s -9 \(bench.path)/bomb"])
        #expect(try count(of: "\(bench.path)/bomb", limits) == .malformed)
    }

    /// 1.25 GiB of zeros in 1.3 MB, as an image with a preallocated file has them; of letters so many are refused.
    @Test(.enabled(if: Workbench.isRoot), arguments: ["erofs sha256 3<>image", "tree out"])
    func zerosTakeNoPlace(_ form: String) throws {
        let script = """
            cd \(bench.path); mkdir out point; printf begin >file; truncate -s $((79*16777216)) file; printf end >>file
            tar -cf - --format=gnu file 2>/dev/null | head -c 512 | gzip >blob
            head -c 16777216 /dev/zero | gzip >part; i=0; (printf begin; head -c 16777211 /dev/zero) | gzip >>blob
            while [ $i -lt 78 ]; do cat part; i=$((i+1)); done >>blob
            (printf end; head -c 1533 /dev/zero) | gzip >>blob
            \(Workbench.layerExecutable) \(form) <blob | tail -1
            if [ -f image ]; then unshare -m sh -c 'mount -t erofs -o ro,loop image point && cmp point/file file'
            else cmp out/file file; fi && du -k out image | sort -n | tail -1
            """
        let output = try Workbench.run("/bin/sh", ["-c", script])
        let words = output.text.split { " \n\t".contains($0) }
        #expect(output.code == 0 && words.first == "done", "\(output.text)")
        // Four bytes for each block of the image's file, and nothing in the directory.
        let kilobytes = try #require(words.dropLast().last.flatMap { Int($0) })
        #expect(kilobytes < 1600, "\(output.text)")
    }

    private enum StreamEnd: Equatable {
        case bytes(UInt64)
        case limit
        case malformed
    }

    private func count(of blob: String, _ limits: StreamLimits) throws -> StreamEnd {
        let file = try OwnedDescriptor(open: blob)
        let stream = BlobStream(descriptor: file.number, limits: limits)
        try stream.start()
        let hashed = HashedStream(stream, .sha256)
        do throws(LayerError) {
            _ = try hashed.finish()
            return .bytes(hashed.count)
        } catch .limit {
            return .limit
        } catch {
            return .malformed
        }
    }

    @Test func aFileIsNotLongerThanTheLimit() throws {
        var tar = TarBuilder()
        // GNU's old sparse form has its real size in the header; here it is a pax record.
        tar.add(
            "huge", .file, "0\n",
            records: [
                ("GNU.sparse.major", Array("1".utf8)), ("GNU.sparse.minor", Array("0".utf8)),
                ("GNU.sparse.name", Array("huge".utf8)), ("GNU.sparse.realsize", Array("9000000000000000000".utf8)),
            ])
        #expect(try refusal(tar.archive) != nil)
    }

    // MARK: Made-up archives

    @Test func madeUpArchivesMakeSoundImagesOrErrors() throws {
        var tar = TarBuilder()
        tar.add("d/", .directory)
        tar.add("d/file", .file, "content", records: [("SCHILY.xattr.user.a", Array("1".utf8))])
        tar.add("d/link", .symbolicLink, link: "file")
        tar.add("d/hard", .hardLink, link: "d/file")
        tar.add("d/.wh.gone", .file)
        tar.add("e/.wh..wh..opq", .file)
        tar.add("dev", .characterDevice, device: (1, 3))
        let seed = tar.archive
        var random = SplitMix(state: 7)
        var accepted = 0
        for round in 0..<600 {
            var bytes = seed
            for _ in 0...(round % 5) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            TarBuilder.correctChecksums(&bytes)
            // What is accepted was looked at by fsck.erofs.
            if try refusal(bytes) == nil { accepted += 1 }
        }
        #expect(accepted > 100)
    }

    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
            return value ^ value >> 31
        }
    }
}
