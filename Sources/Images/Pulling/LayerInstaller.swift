import Blocking
import Glibc
import Kernel
import OCI

/// A layer as an image has it: the blob that is transferred, and the content that comes out of it.
struct Layer: Hashable, Sendable {
    let blob: Descriptor
    let diffID: Digest
}

/// Brings layers into the store. While a layer's bytes arrive they are hashed, kept, and unpacked, all at once. Of all
/// processes that want a layer one works, and the others wait for it; if it dies, the next one goes on.
struct LayerInstaller: Sendable {
    let paths: StorePaths
    let unpacker: Unpacker
    let slots: WorkSlots
    /// The image, for errors.
    let subject: String

    /// Fetches and unpacks what of the layer is missing. Nothing has its final name before it is verified and on the
    /// disk.
    func install(_ layer: Layer, from content: any ContentSource, progress: @escaping ImageProgressHandler) async throws
    {
        do {
            let id = layer.blob.digest
            let partial = try await PartialBlob.acquire(
                paths.partialBlob(id), unless: { paths.holds(layer.blob) && paths.storedLayer(layer.diffID) != nil },
                waiting: { received in
                    progress(.waiting(layer: id))
                    if received > 0 { progress(.downloading(layer: id, received: received, total: layer.blob.size)) }
                })
            guard let partial else {
                progress(.present(layer: id))
                return
            }
            do {
                try await slots.run { try await install(layer, partial, from: content, progress: progress) }
            } catch {
                partial.discardIfUseless(after: error)
                throw error
            }
            progress(.ready(layer: id))
        } catch let error as KernelError {
            throw error.about(subject)
        }
    }

    private func install(
        _ layer: Layer, _ partial: PartialBlob, from content: any ContentSource,
        progress: @escaping ImageProgressHandler
    ) async throws {
        let blobIsThere = paths.holds(layer.blob)
        let contentIsThere = paths.storedLayer(layer.diffID) != nil
        let workspace = try Workspace.make(in: paths.temporary)
        let form = await unpacker.layerForm()
        let output = try contentIsThere ? nil : self.output(form, workspace)
        let moved = "\(workspace.path)/blob"
        if blobIsThere {
            if let output { try await unpack(paths.blob(layer.blob.digest), layer, output, progress: progress) }
        } else if try content.link(layer.blob, to: moved) {
            try await BlobCopy(descriptor: layer.blob, subject: subject, progress: progress).verify(moved)
            if let output { try await unpack(moved, layer, output, progress: progress) }
            return try await commit(layer, partial, .moved(from: moved), output)
        } else {
            let fetch = BlobFetch(descriptor: layer.blob, partial: partial, subject: subject, progress: progress)
            try await self.fetch(fetch, layer, content, output)
        }
        try await commit(layer, partial, blobIsThere ? .present : .fetched, output)
    }

    private func fetch(
        _ fetch: BlobFetch, _ layer: Layer, _ content: any ContentSource, _ output: LayerOutput?
    ) async throws {
        try await fetch.untilRight(from: content) {
            try await attempt(fetch, layer, content, output)
        } beforeAgain: {
            if case .erofs(let path)? = output { try Files.remove(path) }
            if case .tree(let path)? = output {
                try Directory.remove(path)
                try StoreFiles.makeDirectory(path, mode: 0o755)
            }
        }
    }

    private func attempt(
        _ fetch: BlobFetch, _ layer: Layer, _ content: any ContentSource, _ output: LayerOutput?
    ) async throws {
        guard let output else {
            _ = try await fetch.run(from: content) { _ in }
            return
        }
        var process = try LayerProcess.start(
            unpacker, into: output, algorithm: layer.diffID.algorithm, "layer \(layer.blob.digest)", for: subject)
        // Whether the bytes are the right ones is asked first: of wrong ones it doesn't matter how they unpack.
        var failure: (any Error)?
        _ = try await fetch.run(from: content) { piece in
            guard failure == nil else { return }
            do {
                try await process.write(piece)
            } catch let error as ImageError {
                failure = error
            }
        }
        if let failure { throw failure }
        fetch.progress(.unpacking(layer: layer.blob.digest))
        try verify(try await process.finish(), layer)
    }

    func output(_ form: LayerForm, _ workspace: Workspace) throws -> LayerOutput {
        switch form {
        case .erofs: return .erofs(path: "\(workspace.path)/layer\(StoredLayer.imageSuffix)")
        case .tree:
            let tree = "\(workspace.path)/layer/fs"
            // The root's own mode is 0755 unless the layer says otherwise.
            try StoreFiles.makeDirectory("\(workspace.path)/layer")
            try StoreFiles.makeDirectory(tree, mode: 0o755)
            return .tree(path: tree)
        }
    }

    private func unpack(
        _ blob: String, _ layer: Layer, _ output: LayerOutput, progress: ImageProgressHandler
    ) async throws {
        progress(.unpacking(layer: layer.blob.digest))
        let result = try await unpacker.unpack(
            blob, into: output, algorithm: layer.diffID.algorithm,
            "layer \(layer.blob.digest)", for: subject)
        try verify(result, layer)
    }

    /// Layers are shared by this digest: one that lied about it would become part of other images.
    private func verify(_ result: LayerResult, _ layer: Layer) throws(ImageError) {
        guard result.diffID == layer.diffID else {
            throw ImageError(
                subject,
                .layerMismatch(layer: layer.blob.digest, expected: layer.diffID, actual: result.diffID))
        }
    }

    /// Where a layer's blob is when the layer is complete.
    private enum BlobPlace {
        case present
        case fetched
        case moved(from: String)
    }

    private func commit(
        _ layer: Layer, _ partial: PartialBlob, _ blob: BlobPlace, _ output: LayerOutput?
    ) async throws {
        try await onOwnThread { [paths] in
            try output?.place(layer.diffID, in: paths)
            switch blob {
            case .present: try partial.discard()
            case .fetched:
                try partial.sync()
                try partial.rename(to: paths.blob(layer.blob.digest))
            case .moved(let path):
                try StoreFiles.syncFile(path)
                try check("set the mode of", path) { chmod(path, 0o644) }
                try StoreFiles.rename(path, to: paths.blob(layer.blob.digest))
                try partial.discard()
            }
        }
    }
}

extension LayerOutput {
    /// Gives a complete layer its name, when it is on the disk. A directory that has the name is moved to `old`; without
    /// that it stays, as another process was faster, and its layer has the same digest.
    func place(_ diffID: Digest, in paths: StorePaths, movingTo old: String? = nil) throws(KernelError) {
        switch self {
        case .erofs(let path):
            try StoreFiles.syncFile(path)
            try StoreFiles.rename(path, to: paths.layerImage(diffID))
        case .tree(let path):
            try StoreFiles.syncFileSystem(of: path)
            if let old, StoreFiles.isDirectory(paths.layer(diffID)) {
                try StoreFiles.rename(paths.layer(diffID), to: old)
            }
            try StoreFiles.renameUnlessTaken(String(path.dropLast("/fs".count)), to: paths.layer(diffID))
        }
    }
}

extension PartialBlob {
    /// Leaves nothing lying that no later attempt can go on with: an empty file, or content that was proved wrong.
    func discardIfUseless(after error: any Error) {
        let error = error as? ImageError
        // `try?`: the failure that led here is the one to be told of.
        guard error?.isWrongContent ?? false || error?.isWrongLayer ?? false || (try? length()) == 0 else { return }
        try? discard()
    }
}
