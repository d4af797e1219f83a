import Blocking
import Kernel
import OCI
import Synchronization

extension StoreChecker {
    func checkLayers(_ layers: [Layer]) async throws {
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

    /// Unpacks the blob again and compares, in each form that the layer is kept in.
    private func checkLayer(_ layer: Layer) async throws {
        var forms: [LayerForm] = []
        if StoreFiles.status(store.paths.layerImage(layer.diffID)) != nil { forms.append(.erofs) }
        if StoreFiles.isDirectory(store.paths.layerTree(layer.diffID)) { forms.append(.tree) }
        report.withLock { $0.layers += 1 }
        guard !forms.isEmpty else {
            return try await checkLayer(layer, as: await store.unpacker.layerForm(), isThere: false)
        }
        for form in forms { try await checkLayer(layer, as: form, isThere: true) }
    }

    private func checkLayer(_ layer: Layer, as form: LayerForm, isThere: Bool) async throws {
        let paths = store.paths
        let subject = "layer \(layer.diffID)"
        let workspace = try Workspace.make(in: paths.temporary)
        defer { withExtendedLifetime(workspace) {} }
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
        guard result.diffID == layer.diffID else {
            found(subject, "blob \(layer.blob.digest) unpacks to \(result.diffID)")
            return
        }
        let problem =
            isThere
            ? try await onOwnThread { try Self.difference(paths, layer.diffID, output) } : "it is missing"
        guard let problem else { return }
        found(subject, problem, repair: "made again from blob \(layer.blob.digest)")
        if repairs { try await replace(layer, output, workspace) }
    }

    /// The same bytes make the same image, and the same directory.
    private static func difference(
        _ paths: StorePaths, _ diffID: Digest, _ output: LayerOutput
    ) throws(KernelError) -> String? {
        switch output {
        case .erofs(let path):
            return try FileContent.areEqual(paths.layerImage(diffID), path)
                ? nil : "its image isn't what its blob unpacks to"
        case .tree(let path): return try TreeComparison.difference(paths.layerTree(diffID), path)
        }
    }

    private func replace(
        _ layer: Layer, _ output: LayerOutput, _ workspace: Workspace
    ) async throws {
        let paths = store.paths
        try await onOwnThread {
            try output.place(layer.diffID, in: paths, movingTo: "\(workspace.path)/old")
        }
    }
}
