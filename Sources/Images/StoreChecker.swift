import Glibc
import Kernel
import OCI
import Synchronization

/// One run through the store.
final class StoreChecker: Sendable {
    private let store: ImageStore
    private let repairs: Bool
    private let progress: CheckProgressHandler
    private let report = Mutex(StoreCheck())
    private let counts = Mutex((done: 0, total: 0))
    private let slots = WorkSlots(max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    init(store: ImageStore, repairs: Bool, progress: @escaping CheckProgressHandler) {
        self.store = store
        self.repairs = repairs
        self.progress = progress
    }

    func run() async throws -> StoreCheck {
        do {
            try await checkIndex()
            let inventory = try await onOwnThread { [paths = store.paths] _ in try Inventory(paths) }
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

    private func found(_ subject: String, _ detail: String, repair: String? = nil) {
        report.withLock {
            $0.problems.append(
                StoreCheck.Problem(subject: subject, detail: detail, repair: repairs ? repair : nil))
        }
    }

    private func step() {
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
        let (actual, size) = try await onOwnThread { _ in try FileContent.digest(blob.path, blob.digest.algorithm) }
        report.withLock {
            $0.blobs += 1
            $0.bytes += size
        }
        guard actual != blob.digest else { return }
        found("blob \(blob.digest)", "its content is \(actual)", repair: "removed")
        if repairs { try Files.remove(blob.path) }
    }

    // MARK: Images

    /// Looks at what each name needs, and returns the layers that can be looked at further.
    private func checkImages() async throws -> [Layer] {
        var layers: [Layer: Bool] = [:]
        var dropped: Set<EntryKey> = []
        for entry in try store.index.read().manifests {
            report.withLock { $0.images += 1 }
            let name = EntryNote.name(of: entry)
            store.reader.forget(entry.digest)
            guard let blobs = store.reader.blobs(of: entry.digest), let config = blobs.first,
                let diffIDs = store.reader.references(of: entry.digest)?.layers
            else {
                found(name, "its manifest or its configuration is missing or broken", repair: "name dropped")
                dropped.insert(EntryKey(entry))
                lost(entry)
                continue
            }
            guard blobs.count - 1 == diffIDs.count, config.size >= 0 else {
                found(name, "its configuration doesn't fit its manifest", repair: "name dropped")
                dropped.insert(EntryKey(entry))
                lost(entry)
                continue
            }
            var isLost = false
            for (blob, diffID) in zip(blobs.dropFirst(), diffIDs) {
                let hasBlob = store.paths.holds(blob)
                let hasContent = store.paths.storedLayer(diffID) != nil
                if hasBlob { layers[Layer(blob: blob, diffID: diffID)] = hasContent }
                if hasBlob { continue }
                found(
                    name, "blob \(blob.digest) is missing" + (hasContent ? "" : ", and so is what it unpacks to"),
                    repair: hasContent ? nil : "name dropped")
                lost(entry)
                isLost = isLost || !hasContent
            }
            if isLost { dropped.insert(EntryKey(entry)) }
        }
        if repairs, !dropped.isEmpty {
            try await store.index.change { index in
                index.manifests.removeAll { dropped.contains(EntryKey($0)) }
                return true
            }
        }
        return Array(layers.keys)
    }

    private func lost(_ entry: Descriptor) {
        let name = EntryNote.name(of: entry)
        report.withLock { if !$0.incomplete.contains(name) { $0.incomplete.append(name) } }
    }

    // MARK: Layers

    private func checkLayers(_ layers: [Layer]) async throws {
        // Of blobs with the same content one is enough.
        let each = Dictionary(layers.map { ($0.diffID, $0) }) { first, _ in first }.values
        try await withThrowingTaskGroup(of: Void.self) { group in
            for layer in each {
                group.addTask { [self] in
                    try await slots.run { try await checkLayer(layer) }
                    step()
                }
            }
            try await group.waitForAll()
        }
    }

    /// Unpacks the blob again and compares: the same bytes make the same image.
    private func checkLayer(_ layer: Layer) async throws {
        let paths = store.paths
        let subject = "layer \(layer.diffID)"
        let workspace = try Workspace.make(in: paths.temporary)
        defer { withExtendedLifetime(workspace) {} }
        let stored = paths.storedLayer(layer.diffID)
        var form = await store.unpacker.layerForm()
        if let stored { form = stored.form }
        let output = try LayerInstaller(paths: paths, unpacker: store.unpacker, slots: slots, subject: subject)
            .output(form, workspace)
        let result: LayerResult
        do {
            result = try await store.unpacker.unpack(
                paths.blob(layer.blob.digest), into: output, algorithm: layer.diffID.algorithm, "blob", for: subject)
        } catch let error as ImageError {
            found(subject, error.description)
            return
        }
        report.withLock { $0.layers += 1 }
        guard result.diffID == layer.diffID else {
            found(subject, "blob \(layer.blob.digest) unpacks to \(result.diffID)")
            return
        }
        let problem = try await onOwnThread { _ in try Self.difference(stored, output) }
        guard let problem else { return }
        found(subject, problem, repair: "made again from blob \(layer.blob.digest)")
        if repairs { try await replace(stored, layer, output, workspace) }
    }

    private static func difference(_ stored: StoredLayer?, _ output: LayerOutput) throws -> String? {
        guard let stored else { return "it is missing" }
        guard case .erofs(let path) = output else { return nil }
        return try FileContent.areEqual(stored.path, path) ? nil : "its image isn't what its blob unpacks to"
    }

    private func replace(
        _ stored: StoredLayer?, _ layer: Layer, _ output: LayerOutput, _ workspace: Workspace
    ) async throws {
        let paths = store.paths
        try await onOwnThread { _ in
            switch output {
            case .erofs(let path):
                try StoreFiles.syncFile(path)
                try StoreFiles.rename(path, to: paths.layerImage(layer.diffID))
            case .tree(let path):
                try StoreFiles.syncFileSystem(of: path)
                let old = "\(workspace.path)/old"
                if StoreFiles.isDirectory(paths.layer(layer.diffID)) {
                    try StoreFiles.rename(paths.layer(layer.diffID), to: old)
                }
                try StoreFiles.renameUnlessTaken(String(path.dropLast("/fs".count)), to: paths.layer(layer.diffID))
            }
        }
    }

    private func countUnreferenced(_ inventory: Inventory) throws {
        guard let needed = try store.referenced(keeping: []) else { return }
        let blobs = inventory.blobs.filter { !needed.blobs.contains($0.digest) }
        let layers = inventory.layers.filter { !needed.layers.contains($0.digest) }
        let bytes = (blobs + layers).reduce(0) { $0 + (Files.exists($1.path) ? $1.bytes : 0) }
        report.withLock { $0.unreferenced = bytes }
    }
}

/// What files hold.
enum FileContent {
    static func digest(_ path: String, _ algorithm: Digest.Algorithm) throws(KernelError) -> (Digest, Int64) {
        let file = try OwnedDescriptor(open: path, [.noFollow, .nonBlocking])
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var hasher = DigestHasher(algorithm)
        var size: Int64 = 0
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return (hasher.finalize(), size) }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            size += Int64(count)
        }
    }

    static func areEqual(_ one: String, _ other: String) throws(KernelError) -> Bool {
        let first = try OwnedDescriptor(open: one, [.noFollow, .nonBlocking])
        let second = try OwnedDescriptor(open: other, [.noFollow, .nonBlocking])
        guard try StoreFiles.status(of: first).st_size == StoreFiles.status(of: second).st_size else { return false }
        let buffers = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 16)
        defer { buffers.deallocate() }
        let left = UnsafeMutableRawBufferPointer(rebasing: buffers[..<(1 << 20)])
        let right = UnsafeMutableRawBufferPointer(rebasing: buffers[(1 << 20)...])
        while true {
            let count = try fill(left, first)
            guard try fill(right, second) == count else { return false }
            if count == 0 { return true }
            guard let a = left.baseAddress, let b = right.baseAddress, memcmp(a, b, count) == 0 else { return false }
        }
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, _ file: borrowing OwnedDescriptor
    ) throws(KernelError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }
}
