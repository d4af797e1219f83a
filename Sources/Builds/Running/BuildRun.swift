import Containers
import ControlAPI
import Dockerfiles
import Images
import Kernel
import OCI
import StackModel
import Synchronization

/// One build under way.
struct BuildRun: Sendable {
    let builder: Builder
    let request: BuildRequest
    let program: BuildProgram
    let known: [BaseImage: StoredImage]
    let progress: BuildProgress
    /// Names what is held for this build.
    let id: String
    let network: BuildNetwork
    /// Of the context's files.
    let digests: FileDigests

    init(
        _ builder: Builder, _ request: BuildRequest, _ program: BuildProgram, _ known: [BaseImage: StoredImage],
        _ progress: BuildProgress
    ) throws {
        self.builder = builder
        self.request = request
        self.program = program
        self.known = known
        self.progress = progress
        id = Files.unforeseenName()
        network = BuildNetwork(builder.containers.networks, build: id)
        digests = try FileDigests(root: builder.locations.root, context: request.context)
    }

    /// Takes away what only this build needed.
    func close() async throws {
        try await network.close()
        try digests.save()
        try Directory.remove(builder.locations.runRoot + "/builds/" + id)
    }

    /// Does all stages, each as soon as those that it needs are there; the target's files.
    func stages() async throws -> StageFiles {
        try await withThrowingTaskGroup(of: (Int, StageFiles).self) { group in
            var done: [Int: StageFiles] = [:]
            var begun: Set<Int> = []
            func begin() {
                for place in program.stages.indices where !begun.contains(place) {
                    guard needs(place).allSatisfy({ done[$0] != nil }) else { continue }
                    begun.insert(place)
                    let earlier = done
                    group.addTask { (place, try await stage(place, earlier)) }
                }
            }
            begin()
            while let (place, files) = try await group.next() {
                done[place] = files
                begin()
            }
            guard let files = done[program.target] else { throw BuildError("the target stage was not built") }
            return files
        }
    }

    private func needs(_ place: Int) -> Set<Int> {
        let stage = program.stages[place]
        var result = Set(
            stage.steps.flatMap(\.sources).compactMap { source in
                if case .stage(let other) = source { other } else { nil }
            })
        if case .stage(let base) = stage.base { result.insert(base) }
        return result
    }

    private func stage(_ place: Int, _ done: [Int: StageFiles]) async throws -> StageFiles {
        let stage = program.stages[place]
        var files = try await beginning(stage, done)
        for step in stage.steps {
            try Task.checkCancellation()
            let run = StepRun(build: self, stage: stage, step: step, done: done, files: files)
            let (record, layer) = try await run.result()
            files.add(record, layer)
        }
        return files
    }

    private func beginning(_ stage: StageProgram, _ done: [Int: StageFiles]) async throws -> StageFiles {
        switch stage.base {
        case .scratch: return StageFiles()
        case .stage(let place): return done[place] ?? StageFiles()
        case .directory(let name): throw BuildError("FROM \(name): a directory as a base is not supported yet")
        case .image(let image):
            let vertex = progress.begin(stage.title)
            let files = try self.files(of: image)
            vertex.cached()
            return files
        }
    }

    func files(of image: BaseImage) throws -> StageFiles {
        var key = image
        key.id = nil
        guard let stored = known[key] else { throw BuildError("image \(image.reference) was not looked up") }
        var files = StageFiles()
        files.blobs = try builder.images.layerBlobs(of: stored)
        files.diffIDs = stored.diffIDs
        let layers = Dictionary(stored.layers.map { ($0.diffID, $0) }) { first, _ in first }
        files.layers = stored.diffIDs.compactMap { layers[$0] }
        return files
    }
}
