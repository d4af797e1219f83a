import Glibc
import Kernel
import OCI
import Testing

@testable import Images

/// Layers that are handed to the unpacking process piece by piece.
@Suite(.enabled(if: Workbench.isRoot, "layers are unpacked with root's rights"))
struct LayerProcessTests {
    private let bench: Workbench
    private let unpacker = Unpacker(executable: Workbench.layerExecutable)

    init() throws {
        bench = try Workbench()
    }

    private func feed(_ bytes: [UInt8], into output: LayerOutput, piece: Int = 65_536) async throws -> LayerResult {
        var process = try LayerProcess.start(unpacker, into: output, algorithm: .sha256, "layer", for: "image")
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let part = Array(bytes[start..<min(start + piece, bytes.count)])
            // The copy lives until the call is over.
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 1)
            defer { copy.deallocate() }
            copy.copyBytes(from: part)
            try await process.write(UnsafeRawBufferPointer(copy))
        }
        return try await process.finish()
    }

    @Test func bothFormsHaveTheDigest() async throws {
        try Files.makeDirectories("\(bench.path)/fs")
        var tar = TarBuilder()
        tar.add("large", .file, String(repeating: "0123456789abcdef", count: 400_000))
        for output in [LayerOutput.erofs(path: "\(bench.path)/image"), .tree(path: "\(bench.path)/fs")] {
            let result = try await feed(tar.archive, into: output)
            #expect(result.diffID == Digest.sha256(of: tar.archive) && result.bytes == Int64(tar.archive.count))
            #expect(result.entries == 1)
        }
        #expect(try Files.read("\(bench.path)/fs/large").count == 6_400_000)
        let check = try Workbench.run("/usr/bin/fsck.erofs", ["\(bench.path)/image"])
        #expect(check.code == 0, "\(check.text)")
    }

    @Test func whatIsRefusedEndsTheTransfer() async throws {
        var tar = TarBuilder()
        tar.add("../evil", .file, "x")
        // More than the pipe holds: the writer would wait for ever for a process that has ended.
        let bytes = tar.archive + [UInt8](repeating: 0, count: 8 << 20)
        let error = await #expect(throws: ImageError.self) {
            _ = try await feed(bytes, into: .erofs(path: "\(bench.path)/image"))
        }
        #expect("\(try #require(error))".contains("leads out of the tree"))
    }

    @Test func aCutStreamIsAnError() async throws {
        var tar = TarBuilder()
        tar.add("file", .file, String(repeating: "x", count: 5000))
        await #expect(throws: ImageError.self) {
            _ = try await feed(Array(tar.archive.prefix(3000)), into: .erofs(path: "\(bench.path)/image"))
        }
    }

    @Test func aStoredLayerIsItsPath() throws {
        let hex = String(repeating: "ab", count: 32)
        for (path, form) in [("/r/layers/sha256/\(hex).erofs", LayerForm.erofs), ("/r/layers/sha256/\(hex)/fs", .tree)]
        {
            let layer = try #require(StoredLayer(path: path))
            #expect(layer.form == form && layer.path == path && layer.diffID.hex == hex)
        }
        #expect(StoredLayer(path: "/layers/1") == nil)
    }
}
