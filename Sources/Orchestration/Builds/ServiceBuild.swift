import Builds
import ControlAPI
import Dockerfiles
import Kernel
import OCI
import StackModel

/// A service's `build` section → a build.
struct ServiceBuild {
    private let service: Service
    private let settings: BuildSettings
    private let request: StackBuildRequest

    init(_ service: Service, _ request: StackBuildRequest) throws {
        guard let settings = service.build else { throw BuildError("\(service.name): nothing to build") }
        self.service = service
        self.settings = settings
        self.request = request
    }

    func wanted() throws -> BuildRequest {
        guard settings.context.hasPrefix("/") else {
            throw BuildError("\(service.name): the context \(settings.context) is not supported yet; use a directory")
        }
        guard Files.exists(settings.context) else {
            throw BuildError("unable to prepare context: path \"\(settings.context)\" not found")
        }
        let path = settings.inline == nil ? dockerfile : nil
        let text = try settings.inline.map { Array($0.utf8) } ?? read(dockerfile)
        var result = BuildRequest(
            name: service.name, context: settings.context, dockerfile: path,
            dockerfileName: path.map(name) ?? "dockerfile_inline", text: text, options: try options(path))
        result.names = try names()
        result.directories = settings.additionalContexts.filter { $0.value.hasPrefix("/") }
        result.settings = steps()
        return result
    }

    private var dockerfile: String {
        CleanPath.join(settings.context, settings.dockerfile ?? "Dockerfile")
    }

    /// As a user would call it.
    private func name(_ path: String) -> String {
        path.hasPrefix(settings.context + "/") ? String(path.dropFirst(settings.context.count + 1)) : path
    }

    private func read(_ path: String) throws -> [UInt8] {
        do {
            return try OwnedDescriptor(regularFile: path, followingLinks: true).readAll(limit: Self.largestFile)
        } catch {
            throw BuildError("failed to read dockerfile: open \(name(path)): \(error.reason)")
        }
    }

    /// Bytes.
    private static let largestFile = 16 << 20

    private func options(_ path: String?) throws -> BuildOptions {
        var options = BuildOptions()
        options.arguments = settings.arguments.merging(request.arguments) { _, asked in asked }
        options.target = settings.target
        options.platform = try (service.platform ?? settings.platforms.first).map { try Platform(parsing: $0) }
        options.labels = settings.labels
        options.uncached = Set(settings.uncachedStages)
        if settings.noCache || request.noCache { options.uncached.insert("*") }
        options.ignoring = try ignoring(path)
        for (name, place) in settings.additionalContexts { options.contexts[name] = try context(place) }
        return options
    }

    private func context(_ place: String) throws -> NamedContext {
        if place.hasPrefix("docker-image://") { return .image(String(place.dropFirst(15))) }
        if place.hasPrefix("service:"), let other = request.stack.services[String(place.dropFirst(8))] {
            return .image(other.image)
        }
        guard place.hasPrefix("/") else {
            throw BuildError("\(service.name): the additional context \(place) is not supported yet")
        }
        return .directory
    }

    /// The file's own list, or the context's.
    private func ignoring(_ path: String?) throws -> IgnoreRules {
        let own = path.map { $0 + ".dockerignore" }
        let file = own.flatMap { Files.exists($0) ? $0 : nil } ?? settings.context + "/.dockerignore"
        guard Files.exists(file) else { return IgnoreRules() }
        let text = String(decoding: try read(file), as: UTF8.self)
        do {
            return try IgnoreRules(file: text)
        } catch {
            throw BuildError("\(name(file)): \(error)")
        }
    }

    private func names() throws -> [Reference] {
        var names: [Reference] = []
        for text in [service.image] + settings.tags {
            let name = try Reference(parsing: text)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private func steps() -> StepSettings {
        var result = StepSettings()
        result.network = settings.network ?? "default"
        result.shmSize = settings.shmSize
        result.isPrivileged = settings.privileged || settings.entitlements.contains("security.insecure")
        for secret in settings.secrets {
            let id = secret.target.isEmpty ? secret.source : secret.target
            switch secret.content {
            case .file(let path): result.secrets[id] = .file(path)
            case .inline(let text): result.secrets[id] = .value(text)
            }
        }
        return result
    }
}
