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

    /// Whether newer base images are fetched.
    var pulls: Bool { settings.pull || request.pull }

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
        result.settings = try steps()
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
        options.platform = try platform()
        options.labels = settings.labels
        options.uncached = Set(settings.uncachedStages)
        if settings.noCache || request.noCache { options.uncached.insert("*") }
        options.ignoring = try ignoring(path)
        for (name, place) in settings.additionalContexts { options.contexts[name] = try context(place) }
        return options
    }

    /// Of several, the one that this host runs: a service's containers need no other.
    private func platform() throws -> Platform? {
        let wanted = try settings.platforms.map { try Platform(parsing: $0) }
        if let own = try service.platform.map({ try Platform(parsing: $0) }) { return own }
        let host = Platform.host
        return wanted.first { $0.os == host.os && $0.architecture == host.architecture } ?? wanted.first
    }

    /// What of the section isn't carried out.
    func warnings() throws -> [String] {
        guard settings.platforms.count > 1, let platform = try platform() else { return [] }
        return [
            "\(service.name): of the platforms \(settings.platforms.joined(separator: ", ")) only \(platform) is built"
        ]
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

    private static let entitlements = ["network.host", "security.insecure"]

    private func agents() throws -> [String: String] {
        var result: [String: String] = [:]
        for text in settings.ssh {
            let parts = text.split(separator: ":", maxSplits: 1).map { String($0.drop { $0 == " " }) }
            let path =
                parts.count > 1
                ? CleanPath.join(settings.context, parts[1]) : request.registryEnvironment["SSH_AUTH_SOCK"]
            guard let path, !path.isEmpty else {
                throw BuildError("\(service.name): no SSH agent runs; start one, so that SSH_AUTH_SOCK is set")
            }
            guard Files.isSocket(path) else {
                throw BuildError(
                    "\(service.name): \(path) is not the socket of an SSH agent; keys in files are not supported, "
                        + "so add it to an agent (`ssh-add \(path)`)")
            }
            result[parts[0]] = path
        }
        return result
    }

    private func names() throws -> [Reference] {
        var names: [Reference] = []
        for text in [service.image] + settings.tags {
            let name = try Reference(parsing: text)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private func steps() throws -> StepSettings {
        var result = StepSettings()
        result.network = settings.network ?? "default"
        result.shmSize = settings.shmSize
        result.extraHosts = settings.extraHosts
        result.ulimits = settings.ulimits
        for right in settings.entitlements where !Self.entitlements.contains(right) {
            throw BuildError(
                "\(service.name): the entitlement \"\(right)\" is not supported; there are "
                    + Self.entitlements.joined(separator: " and "))
        }
        result.mayUseHostNetwork = result.network == "host" || settings.entitlements.contains("network.host")
        result.agents = try agents()
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
