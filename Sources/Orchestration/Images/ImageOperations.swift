import Containers
package import ControlAPI
import Images
import Kernel
package import OCI
import Registries

/// The image store as requests see it.
package struct ImageOperations: Sendable {
    let store: ImageStore
    let locations: Locations

    /// What containers use, by their records on the disk.
    func uses() throws -> [ImageUse] {
        try ContainerOnDisk.all(locations).compactMap { container in
            Digest(container.imageID).map {
                ImageUse(container: container.id, image: $0, isRunning: container.isRunning)
            }
        }
    }

    /// Does something with registries, on behalf of whom the environment belongs to. Nothing of it is kept.
    func withRegistry<Value>(
        _ environment: [String: String], _ work: (RegistryClient) async throws -> Value
    ) async throws -> Value {
        let client = RegistryClient(configuration: try .load(environment: environment, home: environment["HOME"]))
        do {
            let value = try await work(client)
            try await client.shutdown()
            return value
        } catch {
            // The work's own error says more than what closing its connections could add.
            try? await client.shutdown()
            throw error
        }
    }

    /// All images under all of their names, those that lost theirs too, the newest first as Docker lists them.
    package func summaries() throws -> [ImageSummary] {
        let images = try store.images()
        let sizes = try store.sizes(of: images)
        return images.map { ImageSummary($0, size: sizes[$0.manifestDigest] ?? 0) }.sorted {
            ($1.created, $0.repository ?? "", $0.tag ?? "") < ($0.created, $1.repository ?? "", $1.tag ?? "")
        }
    }

    /// In the shape of `docker image inspect`.
    package func inspect(_ name: String, platform: Platform?) throws -> JSONDocument {
        try refusing {
            JSONDocument(
                bytes: try ImageInspection.json([try store.inspect(name, platform: platform)], indented: false))
        }
    }

    package func history(of name: String, platform: Platform?) throws -> [HistoryEntry] {
        try refusing {
            try store.history(of: name, platform: platform).map { step in
                HistoryEntry(
                    id: step.id?.description, created: step.created.flatMap(Timestamp.parse) ?? 0,
                    createdBy: step.createdBy, size: step.size, comment: step.comment)
            }
        }
    }

    private func refusing<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as ImageError {
            if case .unknown = error.reason { throw SupervisorRefusal(.notFound, error.description) }
            throw SupervisorRefusal(.conflict, error.description)
        }
    }

    package func tag(_ request: ImageTagRequest) async throws -> Outcome {
        try await store.tag(request.source, as: request.target, platform: request.platform)
        return Outcome()
    }

    package func check(_ request: ImageCheckRequest, report: @escaping CommandReport) async throws -> Outcome {
        let id = "Image store"
        let check = try await store.check(repair: request.repair) { done, total in
            // Layers take the longest, so the time between two reports is no measure of the rest.
            report(.progress(Progress(id: id, status: .working, text: "Checking", details: "\(done)/\(total)")))
        }
        let status = check.isClean ? Progress.Status.done : .error
        report(.progress(Progress(id: id, status: status, text: check.isClean ? "Clean" : "Not clean")))
        report(.result(.checked(StoreReport(check))))
        return Outcome()
    }
}

extension StoreReport {
    fileprivate init(_ check: StoreCheck) {
        self.init()
        problems = check.problems.map { Problem(subject: $0.subject, detail: $0.detail, repair: $0.repair) }
        incomplete = check.incomplete
        (images, blobs, layers) = (check.images, check.blobs, check.layers)
        (bytes, unreferenced) = (check.bytes, check.unreferenced)
        isClean = check.isClean
    }
}
