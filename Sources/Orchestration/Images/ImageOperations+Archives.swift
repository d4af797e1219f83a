package import ControlAPI
import Dispatch
import Images
import OCI

/// Images on their way from and to files. Those of the caller come as open descriptors: it has rights, directories and
/// pipes that this process may not have.
extension ImageOperations {
    package func save(
        _ request: ImageSaveRequest, _ passed: PassedDescriptors, report: @escaping CommandReport
    ) async throws -> Outcome {
        var options = SaveOptions()
        options.form = request.form
        options.usesWholeNames = request.usesWholeNames
        options.output = try archive(0, of: passed, for: request.path)
        let wanted = options
        report(.progress(Progress(id: request.title, status: .working, text: "Saving")))
        try await onThreadOfItsOwn {
            try await store.save(
                request.images.map { SavedSelection($0.image, platform: $0.platform, manifest: $0.manifest) },
                to: request.path, options: wanted, progress: Self.reporter(request.title, report))
        }
        report(.progress(Progress(id: request.title, status: .done, text: "Saved")))
        return Outcome()
    }

    package func load(
        _ request: ImageLoadRequest, _ passed: PassedDescriptors, report: @escaping CommandReport
    ) async throws -> Outcome {
        report(.progress(Progress(id: request.title, status: .working, text: "Loading")))
        let images = try await store.load(
            archive: request.path, from: archive(0, of: passed, for: request.path),
            progress: Self.reporter(request.title, isLocal: true, report))
        report(.progress(Progress(id: request.title, status: .done, text: "Loaded")))
        report(
            .result(
                .loaded(
                    images.map { LoadedImage(familiarName: $0.isDangling ? nil : $0.familiarName, id: $0.id) })))
        return Outcome()
    }

    package func copy(
        _ request: ImageCopyRequest, _ passed: PassedDescriptors, report: @escaping CommandReport
    ) async throws -> Outcome {
        let source = try ImagePlace(parsing: request.source.withoutScheme)
        let destination = try ImagePlace(parsing: request.destination.withoutScheme)
        var options = CopyOptions()
        options.platform = request.platform
        options.allPlatforms = request.allPlatforms
        if case .archive("-", _, _) = source { options.input = try archive(0, of: passed, for: "-") }
        if case .archive("-", _, _) = destination {
            options.output = try archive(options.input == nil ? 0 : 1, of: passed, for: "-")
        }
        let wanted = options
        report(.progress(Progress(id: request.title, status: .working, text: "Copying")))
        let copied = try await withRegistry(request.registryEnvironment) { registry in
            try await onThreadOfItsOwn {
                try await store.copy(
                    source, to: destination, options: wanted, registry: registry,
                    progress: Self.reporter(request.title, report))
            }
        }
        report(.progress(Progress(id: request.title, status: .done, text: "Copied")))
        report(.result(.copied(copied)))
        return Outcome()
    }

    /// The archive that came with the request; `nil`: it is opened by its path.
    private func archive(_ place: Int, of passed: PassedDescriptors, for path: String) throws -> OpenArchive? {
        if let descriptor = passed.take(place) { return OpenArchive(descriptor) }
        guard path.hasPrefix("/") else {
            throw OperationError("\(path): the request has neither an absolute path nor a descriptor")
        }
        return nil
    }
}

extension String {
    fileprivate var withoutScheme: String { hasPrefix("docker://") ? String(dropFirst(9)) : self }
}

/// Runs a task, and those that it is the parent of, on a thread of their own: a pipe is as slow as who reads it, and the
/// few threads that serve all tasks mustn't wait for that.
private func onThreadOfItsOwn<Result: Sendable>(
    _ work: @Sendable () async throws -> Result
) async throws -> Result {
    try await withTaskExecutorPreference(QueueExecutor(), operation: work)
}

private final class QueueExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "roost.archive")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
