import Glibc
import Kernel
import OCI

/// A layer as an image has it: the blob that is transferred, and the content that comes out of it.
struct Layer: Hashable, Sendable {
    let blob: Descriptor
    let diffID: Digest
}

/// Brings layers into the store.
struct LayerInstaller: Sendable {
    let paths: StorePaths
    let unpacker: Unpacker
    /// The image, for errors.
    let subject: String

    /// Fetches and unpacks what of the layer is missing. Nothing has its final name before it is verified and on the
    /// disk.
    func install(_ layer: Layer, from content: any ContentSource, progress: @escaping ImageProgressHandler) async throws
    {
        do {
            let blobIsThere = hasBlob(layer.blob)
            let treeIsThere = StoreFiles.isDirectory(paths.layerTree(layer.diffID))
            if blobIsThere && treeIsThere {
                progress(.present(layer: layer.blob.digest))
                return
            }
            let workspace = try Workspace.make(in: paths.temporary)
            let blob = blobIsThere ? paths.blob(layer.blob.digest) : "\(workspace.path)/blob"
            if !blobIsThere { try await fetch(layer.blob, to: blob, from: content, progress: progress) }
            if !treeIsThere { try await unpack(layer, blob, in: workspace, progress: progress) }
            try await commit(layer, workspace, blob: !blobIsThere, tree: !treeIsThere)
            progress(.ready(layer: layer.blob.digest))
        } catch let error as KernelError {
            throw error.about(subject)
        }
    }

    /// A blob of another length is what a failing disk left; it is fetched again.
    private func hasBlob(_ descriptor: Descriptor) -> Bool {
        StoreFiles.status(paths.blob(descriptor.digest)).map { Int64($0.st_size) == descriptor.size } ?? false
    }

    private func fetch(
        _ descriptor: Descriptor, to path: String, from content: any ContentSource,
        progress: @escaping ImageProgressHandler
    ) async throws {
        progress(.downloading(layer: descriptor.digest, received: 0, total: descriptor.size))
        var writer = try BlobWriter(path, descriptor, for: subject, progress: progress)
        try await content.blob(descriptor) { try writer.write($0) }
        try writer.verify()
    }

    private func unpack(
        _ layer: Layer, _ blob: String, in workspace: Workspace, progress: ImageProgressHandler
    ) async throws {
        progress(.unpacking(layer: layer.blob.digest))
        let tree = "\(workspace.path)/layer/fs"
        // The root's own mode is 0755 unless the layer says otherwise.
        try StoreFiles.makeDirectory("\(workspace.path)/layer")
        try StoreFiles.makeDirectory(tree, mode: 0o755)
        let actual = try await unpacker.unpack(
            blob, as: .tree, into: tree, algorithm: layer.diffID.algorithm, "layer \(layer.blob.digest)", for: subject)
        // Layers are shared by this digest: one that lied about it would become part of other images.
        guard actual == layer.diffID else {
            throw ImageError(
                subject, .layerMismatch(layer: layer.blob.digest, expected: layer.diffID, actual: actual))
        }
    }

    private func commit(_ layer: Layer, _ workspace: Workspace, blob: Bool, tree: Bool) async throws {
        try await onOwnThread { _ in
            try StoreFiles.syncFileSystem(of: workspace.path)
            if blob {
                try StoreFiles.rename("\(workspace.path)/blob", to: paths.blob(layer.blob.digest))
            }
            // If another process was faster, its layer has the same digest.
            if tree { try StoreFiles.renameUnlessTaken("\(workspace.path)/layer", to: paths.layer(layer.diffID)) }
        }
    }
}
