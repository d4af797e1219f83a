import Blocking
import Glibc
import Kernel
import OCI
import Synchronization

/// One run through the store.
final class StoreChecker: Sendable {
    let store: ImageStore
    let repairs: Bool
    private let progress: CheckProgressHandler
    let report = Mutex(StoreCheck())
    private let counts = Mutex((done: 0, total: 0))
    let slots = WorkSlots(max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    init(store: ImageStore, repairs: Bool, progress: @escaping CheckProgressHandler) {
        self.store = store
        self.repairs = repairs
        self.progress = progress
    }

    func run() async throws -> StoreCheck {
        do {
            try await checkIndex()
            let inventory = try await onOwnThread { [paths = store.paths] in try Inventory(paths) }
            counts.withLock { $0 = (0, inventory.blobs.count + inventory.layers.count) }
            try await checkBlobs(inventory.blobs)
            let images = try await checkImages()
            try await checkLayers(images)
            try countUnreferenced(inventory)
        } catch let error as KernelError {
            throw error.about("image store \(store.paths.root)")
        }
        return report.withLock { $0 }
    }

    func found(_ subject: String, _ detail: String, repair: String? = nil) {
        report.withLock {
            $0.problems.append(
                StoreCheck.Problem(subject: subject, detail: detail, repair: repairs ? repair : nil))
        }
    }

    func step() {
        let now = counts.withLock { counts in
            counts.done += 1
            return counts
        }
        progress(now.done, max(now.done, now.total))
    }

    // MARK: Names

    private func checkIndex() async throws {
        do {
            _ = try store.index.read()
        } catch let error as ImageError {
            found("index.json", error.description, repair: "set aside as index.json.broken; names are lost")
            guard repairs else { throw error }
            try StoreFiles.rename(store.paths.indexFile, to: store.paths.indexFile + ".broken")
            try store.index.create()
        }
    }

    // MARK: Blobs

    private func checkBlobs(_ blobs: [Inventory.Item]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for blob in blobs {
                group.addTask { [self] in
                    try await slots.run { try await checkBlob(blob) }
                    step()
                }
            }
            try await group.waitForAll()
        }
    }

    private func checkBlob(_ blob: Inventory.Item) async throws {
        let (actual, size) = try await onOwnThread { try FileContent.digest(blob.path, blob.digest.algorithm) }
        report.withLock {
            $0.blobs += 1
            $0.bytes += size
        }
        guard actual != blob.digest else { return }
        found("blob \(blob.digest)", "its content is \(actual)", repair: "removed")
        if repairs { try Files.remove(blob.path) }
    }

    private func countUnreferenced(_ inventory: Inventory) throws {
        guard let needed = try store.referenced(keeping: []) else { return }
        let blobs = inventory.blobs.filter { !needed.blobs.contains($0.digest) }
        let layers = inventory.layers.filter { !needed.layers.contains($0.digest) }
        let bytes = (blobs + layers).reduce(0) { $0 + (Files.exists($1.path) ? $1.bytes : 0) }
        report.withLock { $0.unreferenced = bytes }
    }
}
