package import ControlAPI
import Images
import OCI
import Registries

/// Images on their way from and to registries.
extension ImageOperations {
    /// Images that are pulled at the same time.
    private static let sideBySide = 3
    /// Questions that are asked at the same time.
    private static let questions = 8

    package func pull(_ request: ImagePullRequest, report: @escaping CommandReport) async throws -> Outcome {
        let pulled = try await withRegistry(request.registryEnvironment) { registry in
            let wanted = request.allTags ? try await tags(of: request.images, registry) : request.images
            return try await inParallel(wanted, atOnce: Self.sideBySide) { image in
                try await pull(image, onlyMissing: request.onlyMissing, from: registry, report)
            }
        }
        report(.result(.pulled(pulled)))
        return Outcome()
    }

    private func tags(of repositories: [WantedImage], _ registry: any ImageRegistry) async throws -> [WantedImage] {
        var result: [WantedImage] = []
        for repository in repositories {
            for tag in try await registry.tags(of: repository.reference).sorted() {
                let name = repository.reference.familiarRepository + ":" + tag
                result.append(WantedImage(try Reference(parsing: name), platform: repository.platform))
            }
        }
        return result
    }

    private func pull(
        _ wanted: WantedImage, onlyMissing: Bool, from registry: any ImageRegistry, _ report: @escaping CommandReport
    ) async throws -> PulledImage {
        let known = try store.resolve(.registry(wanted.reference), platform: wanted.platform)
        if onlyMissing, let known { return PulledImage(known, isNew: false) }
        let id = "Image \(wanted.reference.familiar)"
        report(.progress(Progress(id: id, status: .working, text: "Pulling")))
        do {
            let image = try await store.pull(
                wanted.reference, from: registry, platform: wanted.platform, progress: Self.reporter(id, report))
            report(.progress(Progress(id: id, status: .done, text: "Pulled")))
            return PulledImage(image, isNew: image.manifestDigest != known?.manifestDigest)
        } catch {
            let text = error is CancellationError ? "Interrupted" : "Error"
            report(.progress(Progress(id: id, status: .error, text: text)))
            throw error
        }
    }

    /// Turns the store's progress into a command's.
    static func reporter(
        _ id: String, isLocal: Bool = false, _ report: @escaping CommandReport
    ) -> ImageProgressHandler {
        { progress in
            if let event = progress.event(of: id, isLocal: isLocal) { report(.progress(event)) }
        }
    }

    /// One after the other: images share layers more often than not.
    package func push(_ request: ImagePushRequest, report: @escaping CommandReport) async throws -> Outcome {
        let references = request.allTags ? try allTags(of: request.references) : request.references
        let pushed = try await withRegistry(request.registryEnvironment) { registry in
            var pushed: [PushedReference] = []
            for reference in references {
                do {
                    pushed.append(try await push(reference, request.platform, to: registry, report))
                } catch let error where !(error is CancellationError) && request.ignoreFailures { continue }
            }
            return pushed
        }
        report(.result(.pushed(pushed)))
        return Outcome()
    }

    private func push(
        _ reference: Reference, _ platform: Platform?, to registry: any ImageRegistry, _ report: @escaping CommandReport
    ) async throws -> PushedReference {
        let id = "Image \(reference.familiar)"
        report(.progress(Progress(id: id, status: .working, text: "Pushing")))
        do {
            let image = try await store.push(
                reference.description, to: registry, platform: platform, progress: Self.reporter(id, report))
            report(.progress(Progress(id: id, status: .done, text: "Pushed")))
            return PushedReference(reference: reference, descriptor: image.descriptor, index: image.index)
        } catch let error where !(error is CancellationError) {
            report(.progress(Progress(id: id, status: .error, text: "Error", details: "\(error)")))
            throw error
        }
    }

    /// All tags that the store has of the references' repositories.
    private func allTags(of references: [Reference]) throws -> [Reference] {
        let stored = try store.list().compactMap { Reference($0.name) }.filter { $0.digest == nil }
        return try references.flatMap { wanted in
            let tags = Set(
                stored.filter { $0.registry == wanted.registry && $0.repository == wanted.repository })
            guard !tags.isEmpty else {
                throw OperationError("An image does not exist locally with the tag: \(wanted.familiarRepository)")
            }
            return tags.sorted { $0.description < $1.description }
        }
    }

    /// What refers to the images in their registries.
    package func referrers(_ question: RegistryQuestion, report: @escaping CommandReport) async throws -> Outcome {
        let found = try await withRegistry(question.registryEnvironment) { registry in
            var found: [Descriptor] = []
            for reference in question.references {
                let image = try await registry.descriptor(of: reference)
                found += try await registry.referrers(of: image.digest, in: reference)
            }
            return found
        }
        report(.result(.referrers(found)))
        return Outcome()
    }

    /// The digests that registries have for names now.
    package func digests(_ question: RegistryQuestion, report: @escaping CommandReport) async throws -> Outcome {
        let digests = try await withRegistry(question.registryEnvironment) { registry in
            try await inParallel(question.references, atOnce: Self.questions) { reference in
                (reference.description, try await registry.manifest(of: reference).descriptor.digest)
            }
        }
        report(.result(.digests(Dictionary(digests) { first, _ in first })))
        return Outcome()
    }

    /// Proves a password to a registry, and keeps what stands for it where the caller's configuration says.
    package func login(_ request: LoginRequest, report: @escaping CommandReport) async throws -> Outcome {
        let environment = request.registryEnvironment
        let registry = RegistryName.normal(request.registry)
        let configuration = try RegistryConfiguration.load(environment: environment, home: environment["HOME"])
        let kept = try await withRegistry(environment) {
            try await $0.login(registry: registry, user: request.user, password: request.password)
        }
        let file: String? =
            if case .file(let path) = try await configuration.keep(kept, for: registry) { path } else { nil }
        report(.result(.loggedIn(file: file)))
        return Outcome()
    }

    package func logout(_ request: LogoutRequest, report: @escaping CommandReport) async throws -> Outcome {
        let environment = request.registryEnvironment
        let registry = RegistryName.normal(request.registry)
        let configuration = try RegistryConfiguration.load(environment: environment, home: environment["HOME"])
        let wasLoggedIn = try await configuration.forget(registry: registry)
        report(.result(.loggedOut(registry: registry, wasLoggedIn: wasLoggedIn)))
        return Outcome()
    }
}

/// Works on all elements, so many at once, and returns the results in their order.
private func inParallel<Element: Sendable, Result: Sendable>(
    _ elements: [Element], atOnce width: Int, _ work: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results: [Int: Result] = [:]
        var waiting = elements.enumerated().makeIterator()
        func start() {
            guard let (place, element) = waiting.next() else { return }
            group.addTask { (place, try await work(element)) }
        }
        for _ in 0..<width { start() }
        while let (place, result) = try await group.next() {
            results[place] = result
            start()
        }
        return elements.indices.compactMap { results[$0] }
    }
}

extension PulledImage {
    fileprivate init(_ image: StoredImage, isNew: Bool) {
        self.init(
            name: image.name, familiarName: image.familiarName, root: image.root, manifest: image.manifestDigest,
            platform: image.platform, isNew: isNew)
    }
}
