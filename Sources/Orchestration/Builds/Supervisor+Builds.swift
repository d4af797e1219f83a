import Builds
import Containers
package import ControlAPI
import Images
import OCI
import StackModel

// Images that are made here.
extension Supervisor {
    package func build(
        _ stack: String, _ request: StackBuildRequest, report: @escaping CommandReport
    ) async -> Outcome {
        await outcome {
            let chosen = request.services.isEmpty ? Array(request.stack.services.keys) : request.services
            let services = chosen.sorted().compactMap { request.stack.services[$0] }.filter { $0.build != nil }
            if services.isEmpty { report(.notice("No services to build")) }
            let built = try await self.build(services, request, report)
            report(.result(.built(built)))
            return Outcome()
        }
    }

    /// Builds what `up` needs and isn't there, or is asked to build anew.
    func buildMissing(for request: UpRequest, _ report: @escaping CommandReport) async throws {
        let services = try needingBuild(for: request).map(\.service)
        guard !services.isEmpty else { return }
        var order = StackBuildRequest(stack: request.stack)
        order.registryEnvironment = request.registryEnvironment
        _ = try await build(services, order, report)
    }

    /// Says what `up` would build. What an image says of its containers is known when it is there, so that nothing else
    /// can be planned before.
    ///
    /// - Returns: the services whose images aren't there.
    func tellBuilds(for request: UpRequest, _ report: @escaping CommandReport) throws -> [String] {
        let builds = try needingBuild(for: request)
        if !builds.isEmpty { report(.plan(builds.map { $0.step + "\n" }.joined())) }
        return builds.filter { !$0.isThere }.map(\.service.name)
    }

    private struct NeededBuild {
        let service: Service
        let isThere: Bool

        /// As a plan would have it.
        var step: String { "build image \(service.image) for \(service.name): \(isThere ? "asked for" : "missing")" }
    }

    private func needingBuild(for request: UpRequest) throws -> [NeededBuild] {
        guard !request.noBuild else { return [] }
        let chosen =
            request.services.isEmpty ? Set(request.stack.services.keys) : request.stack.reach(of: request.services)
        var builds: [NeededBuild] = []
        for name in chosen.sorted() {
            guard let service = request.stack.services[name], service.build != nil else { continue }
            let isThere = try engine.images.resolve(ImageSource(parsing: service.image)) != nil
            if request.build || service.pullPolicy == .build || !isThere {
                builds.append(NeededBuild(service: service, isThere: isThere))
            }
        }
        return builds
    }

    /// Side by side; the first failure ends the others.
    private func build(
        _ services: [Service], _ request: StackBuildRequest, _ report: @escaping CommandReport
    ) async throws -> [String: Digest] {
        let registries = HostRegistries(images: engine.images, environment: request.registryEnvironment)
        do {
            let say: @Sendable (String) -> Void = { report(.notice($0)) }
            let builds = try services.map { service in
                let section = try ServiceBuild(service, request)
                for warning in try section.warnings() { report(.warning(warning)) }
                return (service.name, try section.wanted(), try builder(registries, pulls: section.pulls))
            }
            let built = try await withThrowingTaskGroup(of: (String, Digest).self) { group in
                for (name, wanted, builder) in builds {
                    group.addTask { (name, try await builder.build(wanted, say: say).id) }
                }
                return try await group.reduce(into: [String: Digest]()) { $0[$1.0] = $1.1 }
            }
            await registries.close()
            return built
        } catch {
            await registries.close()
            guard let error = error as? BuildError else { throw error }
            throw OperationError(error.description, exitCode: 1)
        }
    }

    private func builder(_ registries: HostRegistries, pulls: Bool) throws -> Builder {
        try Builder(
            images: engine.images, table: table, containers: engine.containers, logs: logs,
            locations: engine.locations,
            supply: ImageSupply(images: engine.images, registries: registries, pulls: pulls).find,
            download: { try await registries.download($0, to: $1) })
    }
}

/// Base images: from the store, or else from their registries.
private struct ImageSupply: Sendable {
    let images: ImageStore
    let registries: HostRegistries
    /// Newer ones are looked for.
    let pulls: Bool

    @Sendable func find(_ reference: String, _ platform: Platform?) async throws -> StoredImage {
        let source = try ImageSource(parsing: reference)
        if !pulls, let found = try images.resolve(source, platform: platform) { return found }
        try await registries.pull(reference, platform: platform?.description, digest: nil) { _ in }
        guard let found = try images.resolve(source, platform: platform) else {
            throw BuildError("image \(reference) is not in the store")
        }
        return found
    }
}

extension Stack {
    /// The services and all that they depend on.
    fileprivate func reach(of names: [String]) -> Set<String> {
        var result: Set<String> = []
        var rest = names
        while let name = rest.popLast() {
            if result.insert(name).inserted { rest += services[name]?.dependsOn.keys.map { $0 } ?? [] }
        }
        return result
    }
}
