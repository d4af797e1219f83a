import Blocking
import Containers
import Dockerfiles
import Images
import Kernel
import OCI

/// One step under way: it is looked up, or done.
struct StepRun: Sendable {
    let build: BuildRun
    let stage: StageProgram
    let step: BuildStep
    /// Earlier stages.
    let done: [Int: StageFiles]
    /// What the step works on.
    let files: StageFiles

    var builder: Builder { build.builder }

    func result() async throws -> (StepRecord, StoredLayer) {
        let vertex = build.progress.begin(step.title)
        let holder = "build \(build.id) \(vertex.number)"
        do {
            let result = try await result(vertex, holder)
            await builder.containers.releaseLayers(holder)
            return result
        } catch {
            await builder.containers.releaseLayers(holder)
            let text = (error as? BuildError)?.description ?? "\(error)"
            vertex.failed(text)
            let excerpt = Builder.excerpt(step.lines, build.request)
            throw BuildError("failed to solve: \(text)\(excerpt)")
        }
    }

    private func result(_ vertex: BuildProgress.Vertex, _ holder: String) async throws -> (StepRecord, StoredLayer) {
        switch step.action {
        case .run(let run):
            let mounts = try await StepMounts(self, run, holder).prepare()
            let key = key(inputs: mounts.inputs)
            return try await recorded(key, vertex) { scratch in
                try await RunStep(step: self, action: run, mounts: mounts, vertex: vertex, holder: holder)
                    .layer(in: scratch)
            }
        case .copy(let copy): return try await copied(copy, vertex, holder)
        case .makeDirectory(let path, let owner):
            let trees = try await builder.containers.holdLayers(files.overlay, for: holder)
            return try await recorded(key(inputs: []), vertex) { scratch in
                try await onOwnThread {
                    let base = try FileTree(trees)
                    var draft = LayerDraft(base: base, now: Timestamp.now() / 1_000_000_000)
                    let owner = try ImageOwner(tree: base).find(owner) { vertex.note("WARN: \($0)") }
                    try draft.makeDirectories(draft.resolve(path), mode: 0o755, owner: owner)
                    return try Self.write(draft, in: scratch)
                }
            }
        }
    }

    private func key(inputs: [String]) -> StepKey {
        StepKey(step, below: files.diffIDs, inputs: inputs, platform: stage.platform)
    }

    /// A layer as it was written: where, and what it is.
    typealias WrittenLayer = (path: String, blob: Descriptor)

    /// What an earlier build recorded, or what the work makes of it now.
    private func recorded(
        _ key: StepKey, _ vertex: BuildProgress.Vertex,
        _ work: (_ scratch: String) async throws -> WrittenLayer
    ) async throws -> (StepRecord, StoredLayer) {
        if !stage.ignoresCache, let record = builder.cache.find(key.digest),
            builder.images.holds(record.layer), let layer = builder.images.layer(record.layer.digest)
        {
            vertex.cached()
            return (record, layer)
        }
        let scratch = try builder.images.scratch()
        let written = try await work(scratch.path)
        let layer = try await builder.images.addLayer(
            archive: written.path, written.blob, for: "build of \(build.request.name)")
        let record = StepRecord(
            layer: written.blob, created: Timestamp.rfc3339(Timestamp.now()), title: step.title)
        try builder.cache.save(record, key.digest)
        vertex.done()
        withExtendedLifetime(scratch) {}
        return (record, layer)
    }

    static func write(_ draft: LayerDraft, in scratch: String) throws -> WrittenLayer {
        let path = scratch + "/layer.tar"
        var archive = try LayerArchive(path)
        try draft.write(to: &archive)
        let digest = try archive.finish()
        return (path, Descriptor(mediaType: .layer, digest: digest, size: archive.count))
    }

    // MARK: COPY

    private func copied(
        _ copy: CopyAction, _ vertex: BuildProgress.Vertex, _ holder: String
    ) async throws -> (StepRecord, StoredLayer) {
        let below = try await builder.containers.holdLayers(files.overlay, for: holder)
        var source = try await SourceTree(copy.source, self, holder)
        if copy.unpacks { source = try await unpacked(copy, source, holder) }
        source.downloads = try await downloads(copy)
        let whole = source
        let digests = build.digests
        let digest = try await onOwnThread {
            try Self.draft(copy, below: below, whole, now: 0) { vertex.note("WARN: \($0)") }.digest(digests)
        }
        return try await recorded(key(inputs: [digest.description]), vertex) { scratch in
            try await onOwnThread {
                let draft = try Self.draft(copy, below: below, whole, now: Timestamp.now() / 1_000_000_000) { _ in }
                return try Self.write(draft, in: scratch)
            }
        }
    }

    private static func draft(
        _ copy: CopyAction, below: [String], _ source: SourceTree, now: Int64, warn: (String) -> Void
    ) throws -> LayerDraft {
        let base = try FileTree(below)
        var draft = LayerDraft(base: base, now: now)
        let owner = try copy.owner.map { try ImageOwner(tree: base).find($0, warn: warn) }
        var step = try CopyStep(copy, source, owner: owner, draft: &draft)
        try step.run(&draft)
        return draft
    }

    private func downloads(_ copy: CopyAction) async throws -> [String: DownloadedFile] {
        var result: [String: DownloadedFile] = [:]
        for case .url(let url) in copy.items where result[url] == nil {
            let scratch = try builder.images.scratch()
            let modified = try await builder.download(url, scratch.path + "/file")
            result[url] = DownloadedFile(scratch: scratch, modified: modified)
            guard let wanted = copy.checksum else { continue }
            let digest = try await onOwnThread {
                let tree = try FileTree([scratch.path])
                guard let entry = try tree.entry("/file") else { throw BuildError("\(url) is gone; build again") }
                return try FileDigests().digest(of: "/file", FileIdentity(entry), in: tree)
            }
            guard wanted == "sha256:" + digest else {
                throw BuildError("digest mismatch sha256:\(digest): \(wanted) is wanted of \(url)")
            }
        }
        return result
    }

    /// Unpacks the archives that are named; what an earlier build unpacked is there.
    private func unpacked(_ copy: CopyAction, _ source: SourceTree, _ holder: String) async throws -> SourceTree {
        let digests = build.digests
        let found = try await onOwnThread {
            var draft = LayerDraft(base: try FileTree([]), now: 0)
            let step = try CopyStep(copy, source, owner: nil, draft: &draft)
            return try step.archivePlaces().map { place in
                guard let entry = try step.source.entry(place) else {
                    throw BuildError("\(place) is gone; build again")
                }
                return (place, try digests.digest(of: place, FileIdentity(entry), in: step.source))
            }
        }
        var result = source
        for (place, digest) in found {
            let layer: StoredLayer?
            if let record = builder.cache.archive(digest), let known = builder.images.layer(record) {
                layer = known
            } else {
                let file = try await onOwnThread { HeldFile(try FileTree(source.directories).open(place)) }
                layer = try await builder.images.addFiles(archive: file.path, place)
                withExtendedLifetime(file) {}
                if let layer { try builder.cache.save(archive: digest, as: layer.diffID) }
            }
            guard let layer else { continue }
            let directories = try await builder.containers.holdLayers([layer], for: holder)
            result.archives[place] = UnpackedArchive(directory: directories[0], identity: digest)
        }
        return result
    }
}

/// Where a step reads files.
struct SourceTree: Sendable {
    /// The top one first.
    var directories: [String] = []
    var ignoring = IgnoreRules()
    var isContext = false
    /// What of the files is unpacked, by their places.
    var archives: [String: UnpackedArchive] = [:]
    /// What came from the web, by its addresses.
    var downloads: [String: DownloadedFile] = [:]
}

extension SourceTree {
    init(_ source: FileSource, _ step: StepRun, _ holder: String) async throws {
        self.init()
        let build = step.build
        switch source {
        case .nothing: break
        case .context(nil):
            directories = [build.request.context]
            ignoring = build.request.options.ignoring
            isContext = true
        case .context(let name?):
            guard let directory = build.request.directories[name] else {
                throw BuildError("there is no context \"\(name)\"")
            }
            directories = [directory]
            isContext = true
        case .stage(let place):
            guard let files = step.done[place] else { throw BuildError("stage \(place) is not there yet") }
            directories = try await build.builder.containers.holdLayers(files.overlay, for: holder)
        case .image(let image):
            let files = try build.files(of: image)
            directories = try await build.builder.containers.holdLayers(files.overlay, for: holder)
        }
    }
}
