import Glibc
import Kernel
import OCI
import Testing

@testable import Images

/// Bytes on their way to the disk, and away from it.
struct DiskTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    private static let content = (0..<3_300_001).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    private func partial() async throws -> PartialBlob {
        try #require(
            try await PartialBlob.acquire("\(bench.path)/partial", unless: { false }, waiting: { _ in }))
    }

    /// Blobs come in pieces of any length, and break off anywhere.
    @Test(arguments: [0, 1, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1, 2_500_000, 3 << 20], [1000, 65_536, 1_500_000])
    func aBlobIsWholeWhereverItBrokeOff(break place: Int, piece: Int) async throws {
        let content = Self.content
        let partial = try await partial()
        for range in [0..<place, place..<content.count] {
            var output = try BlobOutput(partial, at: Int64(range.lowerBound))
            for start in stride(from: range.lowerBound, to: range.upperBound, by: piece) {
                try content[start..<min(start + piece, range.upperBound)].withUnsafeBytes { try output.append($0) }
            }
            try output.finish()
            #expect(try partial.length() == Int64(range.upperBound))
        }
        #expect(try Files.read(partial.path) == content)
    }

    @Test(.enabled(if: access(Workbench.layerExecutable, X_OK) == 0, "roost-layer isn't built"))
    func removedFilesAreGivenBack() throws {
        let content = [UInt8](repeating: 1, count: 2 << 20)
        let watcher = try Inotify()
        var files = RemovedFiles()
        for number in 0..<3 {
            let path = "\(bench.path)/\(number)"
            try Files.replace(path, with: content)
            _ = try watcher.watch(path, mask: UInt32(IN_DELETE_SELF))
            try files.remove(
                Inventory.Item(digest: .sha256(of: content), path: path, bytes: Int64(content.count)))
            #expect(!Files.exists(path))
        }
        #expect(try watcher.events().isEmpty, "someone has them still")
        files.release(with: Unpacker(executable: Workbench.layerExecutable))
        var gone: Set<Int32> = []
        var polled = pollfd(fd: watcher.descriptor.number, events: Int16(POLLIN), revents: 0)
        while gone.count < 3, poll(&polled, 1, 20_000) > 0 {
            for event in try watcher.events() where event.mask & UInt32(IN_DELETE_SELF) != 0 {
                gone.insert(event.watch)
            }
        }
        #expect(gone.count == 3)
    }

    /// Without the process it is done by whoever removed them.
    @Test func removedFilesAreGivenBackWithoutAProcess() throws {
        let path = "\(bench.path)/file"
        try Files.replace(path, with: [UInt8](repeating: 1, count: 2 << 20))
        let watcher = try Inotify()
        _ = try watcher.watch(path, mask: UInt32(IN_DELETE_SELF))
        var files = RemovedFiles()
        try files.remove(Inventory.Item(digest: .sha256(of: []), path: path, bytes: 2 << 20))
        files.release(with: Unpacker(executable: "/nowhere/roost-layer"))
        #expect(try watcher.events().contains { $0.mask & UInt32(IN_DELETE_SELF) != 0 })
    }
}
