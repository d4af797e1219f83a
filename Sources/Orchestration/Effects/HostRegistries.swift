import Glibc
import Images
import OCI
import Planning
import Registries

/// Registries with the credentials, mirrors and certificates of one command's user. The client is made when it is needed
/// first: most commands pull nothing.
actor HostRegistries: RegistrySession {
    private let images: ImageStore
    private let environment: [String: String]
    private var client: RegistryClient?

    init(images: ImageStore, environment: [String: String]) {
        self.images = images
        self.environment = environment.isEmpty ? Self.ownEnvironment : environment
    }

    private func registry() throws -> RegistryClient {
        if let client { return client }
        let made = RegistryClient(configuration: try .load(environment: environment, home: environment["HOME"]))
        client = made
        return made
    }

    func lookUp(_ question: ImageLookUp) async throws -> RegistryImage {
        let source = try ImageSource(parsing: question.reference)
        let platform = try question.platform.map { try Platform(parsing: $0) }
        guard case .registry(let reference) = source else {
            return RegistryImage(try await images.identify(source, platform: platform))
        }
        return RegistryImage(try await images.lookUp(reference, at: registry(), platform: platform))
    }

    func pull(
        _ reference: String, platform: String?, digest: String?, progress: @escaping @Sendable (ImageNews) -> Void
    ) async throws {
        let source = try ImageSource(parsing: reference)
        let platform = try platform.map { try Platform(parsing: $0) }
        let report: ImageProgressHandler = { progress(ImageNews($0)) }
        if case .registry(let reference) = source {
            _ = try await images.pull(
                reference, from: registry(), platform: platform, pinned: digest.flatMap { Digest($0) },
                progress: report)
        } else {
            _ = try await images.open(source, platform: platform, progress: report)
        }
    }

    /// A file of the web that a build adds.
    func download(_ url: String, to path: String) async throws -> Int64? {
        try await registry().download(url, to: path)
    }

    func close() async {
        let last = client
        client = nil
        // What remains open ends with the process.
        try? await last?.shutdown()
    }

    /// For who speaks to the supervisor without naming an environment.
    private static var ownEnvironment: [String: String] {
        RegistryConfiguration.environmentNames.reduce(into: [:]) { result, name in
            result[name] = getenv(name).map { String(cString: $0) }
        }
    }
}

/// How a pull is getting on.
public struct ImageNews: Sendable {
    let progress: ImageProgress

    init(_ progress: ImageProgress) { self.progress = progress }
}

extension RegistryImage {
    init(_ found: (id: Digest, root: Digest)) {
        self.init(imageID: found.id.description, digest: found.root.description)
    }
}
