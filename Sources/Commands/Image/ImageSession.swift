import Containers
import ControlAPI
import Images
import Kernel
import OCI
import Orchestration
import Registries

/// The store as a command of this process uses it, without a supervisor.
struct ImageSession {
    let context: Context
    let store: ImageStore

    init(_ context: Context) throws {
        self.context = context
        store = try ImageStore(root: context.locations.root)
    }

    /// What containers use, by their records on the disk.
    func uses() throws -> [ImageUse] {
        try ContainerOnDisk.all(context.locations).compactMap { container in
            Digest(container.imageID).map {
                ImageUse(container: container.id, image: $0, isRunning: container.isRunning)
            }
        }
    }

    /// Does something with registries, as the user who runs the command.
    func withRegistry<Value>(_ work: (RegistryClient) async throws -> Value) async throws -> Value {
        let configuration = try RegistryConfiguration.load(
            environment: context.environment, home: context.environment["HOME"])
        let client = RegistryClient(configuration: configuration)
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

    /// Pulls several images side by side.
    func pull(
        _ references: [Reference], from registry: any ImageRegistry, platform: Platform?, report: ProgressInbox
    ) async throws -> [StoredImage] {
        try await withThrowingTaskGroup(of: (Int, StoredImage).self) { group in
            var images: [Int: StoredImage] = [:]
            var next = references.enumerated().makeIterator()
            func start() {
                guard let (number, reference) = next.next() else { return }
                group.addTask {
                    (number, try await pull(reference, from: registry, platform: platform, report: report))
                }
            }
            for _ in 0..<Self.sideBySide { start() }
            while let (number, image) = try await group.next() {
                images[number] = image
                start()
            }
            return references.indices.compactMap { images[$0] }
        }
    }

    /// Images that are pulled at the same time.
    private static let sideBySide = 3

    private func pull(
        _ reference: Reference, from registry: any ImageRegistry, platform: Platform?, report: ProgressInbox
    ) async throws -> StoredImage {
        let id = "Image \(reference.familiar)"
        report.send(.progress(Progress(id: id, status: .working, text: "Pulling")))
        do {
            let image = try await store.pull(reference, from: registry, platform: platform) { progress in
                if let event = progress.event(of: id) { report.send(.progress(event)) }
            }
            report.send(.progress(Progress(id: id, status: .done, text: "Pulled")))
            return image
        } catch {
            let text = error is CancellationError ? "Interrupted" : "Error"
            report.send(.progress(Progress(id: id, status: .error, text: text)))
            throw error
        }
    }

    /// All images under all of their names, those that lost theirs too, the newest first as Docker lists them.
    func rows() throws -> [ImageRow] {
        let images = try store.images()
        let sizes = try store.sizes(of: images)
        return images.map { ImageRow($0, size: sizes[$0.manifestDigest] ?? 0) }.sorted {
            ($1.created, $0.repository ?? "", $0.tag ?? "") < ($0.created, $1.repository ?? "", $1.tag ?? "")
        }
    }
}

extension ImageRow {
    init(_ image: StoredImage, size: Int64) {
        self.init(
            id: image.id.description, platform: image.platform?.description,
            created: image.created.flatMap(Timestamp.parse) ?? 0, size: size)
        labels = image.configuration.config.labels
        guard !image.isDangling else {
            isNameless = true
            digest = image.root.description
            repository = image.repository.flatMap { Reference($0) }?.familiarRepository
            return
        }
        switch ImageSource(image.name) {
        case .registry(let reference)?:
            repository = reference.familiarRepository
            tag = reference.tag
            digest = (reference.digest ?? image.manifestDigest).description
        case .layout(let path, let tag)?: (repository, self.tag) = ("oci:" + path, tag)
        case .archive(let path, let tag, let form)?: (repository, self.tag) = (form.rawValue + ":" + path, tag)
        case nil: break
        }
    }
}

extension Reference {
    /// The repository as people write it: `redis`, `localhost:5000/tools/box`.
    var familiarRepository: String {
        let text = familiar
        let end = text.firstIndex(of: "@") ?? text.endIndex
        guard let colon = text[..<end].lastIndex(of: ":"), !text[colon..<end].contains("/") else {
            return String(text[..<end])
        }
        return String(text[..<colon])
    }
}
