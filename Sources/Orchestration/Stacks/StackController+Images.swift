import ControlAPI
import Images
import OCI
import Planning
import StackModel

/// The images of a stack's services.
extension StackController {
    /// The image that a service's text stands for, as the running command sees it.
    func image(of service: Service) throws -> StoredImage {
        if let image = images[service.imageKey] { return image }
        let platform = try Self.platform(service.platform)
        guard let image = try engine.images.resolve(ImageSource(parsing: service.image), platform: platform) else {
            throw OperationError("image \(service.image) is not in the store; `roost pull` or `roost load` brings it")
        }
        images[service.imageKey] = image
        return image
    }

    private static func platform(_ text: String?) throws -> Platform? { try text.map { try Platform(parsing: $0) } }

    /// How long ago the services' images were last compared with their registries, by `imageKey`, where a service's
    /// policy asks for it.
    func imageAges(_ stack: Stack) throws -> [String: TimeSpan] {
        var ages: [String: TimeSpan] = [:]
        for service in stack.services.values where service.pullPolicy.interval != nil {
            let source = try ImageSource(parsing: service.image)
            let platform = try Self.platform(service.platform)
            guard let checked = try engine.images.lastChecked(source, platform: platform) else { continue }
            ages[service.imageKey] = .seconds(max(0, Instant.now.nanoseconds / 1_000_000_000 - checked))
        }
        return ages
    }

    /// Looks up what the services' images are now; those that aren't in the store are not in the result.
    ///
    /// A layout or archive on this host is read anew each time, since nobody pulls it; if it hasn't changed that costs
    /// a look at its index.
    func lookUpImages(_ stack: Stack) async throws -> [String: String] {
        images = [:]
        var result: [String: String] = [:]
        for service in stack.services.values where result[service.imageKey] == nil {
            let source = try ImageSource(parsing: service.image)
            let platform = try Self.platform(service.platform)
            guard let found = try engine.images.resolve(source, platform: platform) else { continue }
            let image =
                if case .registry = source { found } else {
                    try await engine.images.open(source, platform: platform) { _ in }
                }
            images[service.imageKey] = image
            result[service.imageKey] = image.id.description
        }
        return result
    }

    /// Gets an image from its registry or from this host.
    func fetch(_ text: String, platform: String?, events: EventSink) async throws {
        let id = "Image \(text)"
        events.working(id, "Pulling")
        do {
            let source = try ImageSource(parsing: text)
            let key = platform.map { "\(text) \($0)" } ?? text
            let platform = try Self.platform(platform)
            let report = Self.reporter(parent: id, events)
            if case .registry(let reference) = source {
                images[key] = try await engine.images.pull(
                    reference, from: registries(), platform: platform, progress: report)
            } else {
                images[key] = try await engine.images.open(source, platform: platform, progress: report)
            }
        } catch {
            events.failed(id, "Error", "\(error)")
            throw error
        }
        events.done(id, "Pulled")
    }

    /// Turns the store's progress into a command's.
    static func reporter(parent: String, _ events: EventSink) -> ImageProgressHandler {
        { progress in
            if let event = progress.event(of: parent) { events.send(.progress(event)) }
        }
    }

    /// `pull`.
    func pull(_ request: PullRequest, events: EventSink) async throws -> Outcome {
        try await serializedOnBehalf(of: request.registryEnvironment, request.caller, events: events) {
            var options = PlanOptions()
            options.services = request.services
            options.noDeps = true
            options.pull = request.policy ?? .always
            let found = try await self.lookUpImages(request.stack)
            options.imageAges = try await self.imageAges(request.stack)
            let plan = try Plan.pull(request.stack, imageIDs: found, options: options)
            do {
                try await PlanExecutor(controller: self, stack: request.stack, events: events).run(plan)
            } catch  where request.ignoreFailures {
                events.warning("\(error)")
            }
            return Outcome(unchanged: plan.isEmpty)
        }
    }
}
