import Glibc
import Kernel
import Testing

@testable import Erofs

/// What a small archive can't make the layer's process do.
@Suite struct LayerBoundTests {
    private func bytes<Value>(_ text: String, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try Array(text.utf8).withUnsafeBytes(body)
    }

    /// Each name walks through a link whose text is long, many times.
    @Test func namesThroughLinksHaveABudget() throws {
        var table = try FileTable()
        table.linkBytes = 100_000
        try bytes("l") { name in
            try bytes(String(repeating: "./", count: 1000)) { target in
                try table.addLink(name, FileMetadata(mode: 0o120777), target: target)
            }
        }
        var refused: LayerError?
        var made = 0
        while refused == nil, made < 100 {
            do {
                try bytes("l/l/l/l/f\(made)") { name in
                    _ = try table.add(name, FileMetadata(mode: 0o100644))
                }
                made += 1
            } catch let error as LayerError {
                refused = error
            }
        }
        #expect(refused == .limit("its names lead through too many links"))
        #expect(made == 12)
    }

    @Test func attributesOfOneFileAreCounted() throws {
        var table = try FileTable()
        let names = (0..<5000).map { ExtendedAttribute(name: Array("user.\($0)".utf8), value: [1]) }
        try bytes("file") { path in
            let place = try table.keep(Array(names.prefix(4000)), of: path)
            #expect(place != 0)
            do throws(LayerError) {
                _ = try table.keep(names, of: path)
                Issue.record("5000 attributes were kept")
            } catch {
                #expect(error == .entry(name: "file", reason: "has too many attributes"))
            }
        }
    }

    /// Single bytes far apart, in chunks that are large because the file claims to be.
    @Test func holesDoNotFillTheDisk() throws {
        let null = try OwnedDescriptor(open: "/dev/null", .writeOnly)
        var output = try BlockOutput(descriptor: null.number, offset: 4096, limit: 1 << 40)
        var file = FileRuns(filler: 64 << 20)
        let size: UInt64 = 16 << 40
        let chunk: UInt64 = 16 << 20
        try file.begin(size: size, output)
        var refused: LayerError?
        var written = 0
        while refused == nil, written < 100 {
            do throws(LayerError) {
                try file.skip(to: UInt64(written) * 2 * chunk, &output)
                try withUnsafeBytes(of: UInt8(1)) { byte throws(LayerError) in try file.append(byte, &output) }
                written += 1
            } catch {
                refused = error
            }
        }
        #expect(refused == .limit("its files have too many holes"))
        // The budget is for all files together.
        try file.begin(size: size, output)
        #expect(written == 5)
        #expect(output.position < 128 << 20)
    }
}
