public import Containers
public import ControlAPI
import Dockerfiles
public import Images
import Kernel
public import OCI
import StackModel
import Synchronization

/// Carries builds out. It decides nothing that the program doesn't say.
public struct Builder: Sendable {
    /// Finds an image, or gets it from its registry.
    public typealias ImageSupply = @Sendable (_ reference: String, _ platform: Platform?) async throws -> StoredImage

    /// Gets a file of the web, and says when it was changed last, in seconds since 1970.
    public typealias FileSupply = @Sendable (_ url: String, _ path: String) async throws -> Int64?

    let images: ImageStore
    let table: ContainerTable
    let containers: HostContainers
    let logs: ContainerLogs
    let locations: Locations
    let cache: BuildCache
    let supply: ImageSupply
    let download: FileSupply

    public init(
        images: ImageStore, table: ContainerTable, containers: HostContainers, logs: ContainerLogs,
        locations: Locations, supply: @escaping ImageSupply,
        download: @escaping FileSupply
    ) throws {
        self.images = images
        self.table = table
        self.containers = containers
        self.logs = logs
        self.locations = locations
        self.supply = supply
        self.download = download
        cache = try BuildCache(root: locations.root)
    }

    /// Builds an image.
    ///
    /// - Parameter say: takes progress, line by line.
    public func build(_ request: BuildRequest, say: @escaping @Sendable (String) -> Void) async throws -> BuiltImage {
        let progress = BuildProgress(say)
        let vertex = progress.begin("[\(request.name) internal] load build definition from \(request.dockerfileName)")
        let (program, known) = try await plan(request, progress, vertex)
        for warning in program.warnings {
            say("WARN: \(warning.rule.rawValue): \(warning.message) (line \(warning.lines.lowerBound))")
        }
        if program.isStrict {
            let rules = Set(program.warnings.map(\.rule.rawValue)).sorted().joined(separator: ", ")
            throw BuildError("lint violation found for rules: \(rules)")
        }
        let run = try BuildRun(self, request, program, known, progress)
        let files: StageFiles
        do {
            files = try await run.stages()
        } catch {
            // `try?`: what made the build fail is the one to be told of; the next supervisor takes away what stays.
            try? await run.close()
            throw error
        }
        try await run.close()
        return try await export(files, program, request, progress)
    }

    /// Takes away what builds left that were cut short together with their supervisor.
    public static func sweep(
        _ table: ContainerTable, _ networks: NetworkController, _ locations: Locations
    ) async throws {
        for container in await table.all {
            let record = await container.snapshot.record
            guard case .build(_) = record.spec.owner else { continue }
            try await container.kill(signal: "KILL")
            try await table.remove(container.id, volumes: true)
        }
        for name in await networks.definitions(of: "").keys where name.hasPrefix(BuildNetwork.prefix) {
            _ = try await networks.remove(name)
        }
        try Directory.remove(locations.runRoot + "/builds")
    }

    /// The program of a build, and the images that it begins with.
    private func plan(
        _ request: BuildRequest, _ progress: BuildProgress, _ vertex: BuildProgress.Vertex
    ) async throws -> (BuildProgram, [BaseImage: StoredImage]) {
        do {
            let file = try Dockerfile(request.text)
            vertex.note("transferring dockerfile: \(request.text.count)B done")
            vertex.done()
            var found: [BaseImage: StoredImage] = [:]
            while true {
                let images = found.mapValues {
                    KnownImage(id: $0.id, root: $0.root, configuration: $0.configuration)
                }
                switch try BuildPlanner.plan(file, request.options, images: images) {
                case .program(let program): return (program, found)
                case .needs(let needed):
                    for image in needed { found[image] = try await look(for: image, progress) }
                }
            }
        } catch let error as DockerfileError {
            throw BuildError(Self.message(error, request))
        }
    }

    private func look(for image: BaseImage, _ progress: BuildProgress) async throws -> StoredImage {
        let name = Reference(image.reference)?.description ?? image.reference
        let vertex = progress.begin("[internal] load metadata for \(name)")
        do {
            let found = try await supply(image.reference, image.platform)
            vertex.done()
            return found
        } catch {
            vertex.failed("\(error)")
            throw error
        }
    }

    /// The error with its lines of the file.
    static func message(_ error: DockerfileError, _ request: BuildRequest) -> String {
        let place = error.lines.map { "\(request.dockerfileName):\($0.lowerBound): " } ?? "\(request.dockerfileName): "
        return place + error.description + excerpt(error.lines, request)
    }

    /// The lines of an instruction, marked, with one before and behind.
    static func excerpt(_ lines: ClosedRange<Int>?, _ request: BuildRequest) -> String {
        guard let lines else { return "" }
        let all = String(decoding: request.text, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let last = min(lines.upperBound, lines.lowerBound + 9)
        let shown = max(1, lines.lowerBound - 1)...max(1, min(all.count, last + 1))
        let width = String(shown.upperBound).count
        let rule = "--------------------"
        let rows = shown.filter { $0 <= all.count }.map { number in
            let digits = String(repeating: " ", count: width - String(number).count) + String(number)
            let mark = (lines.lowerBound...last).contains(number) ? ">>>" : "   "
            return "\(digits) | \(mark) \(all[number - 1])"
        }
        return (["", "\(request.dockerfileName):\(lines.lowerBound)", rule] + rows + [rule]).joined(separator: "\n")
    }

    private func export(
        _ files: StageFiles, _ program: BuildProgram, _ request: BuildRequest, _ progress: BuildProgress
    ) async throws -> BuiltImage {
        let vertex = progress.begin("exporting to image")
        var configuration = program.stages[program.target].configuration
        configuration.rootfs = ImageConfiguration.RootFilesystem(diffIDs: files.diffIDs)
        if let epoch = program.epoch {
            let time = Timestamp.rfc3339(epoch * 1_000_000_000)
            for place in configuration.history.indices where configuration.history[place].created == nil {
                configuration.history[place].created = time
            }
            configuration.created = time
        } else {
            configuration.setTimes(ofNewLayers: files.times)
        }
        let (id, manifest) = try await images.addImage(configuration, layers: files.blobs, names: request.names)
        vertex.note("writing image \(id)")
        for name in request.names { vertex.note("naming to \(name)") }
        vertex.done()
        return BuiltImage(id: id, manifest: manifest.digest)
    }
}
