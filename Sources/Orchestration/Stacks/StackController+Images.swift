import ControlAPI
import Images
import OCI
import Planning
import StackModel

/// The images of a stack's services.
extension StackController {
    /// The image that a service's text stands for, as the running command sees it.
    func image(of text: String) throws -> StoredImage {
        if let image = images[text] { return image }
        guard let image = try engine.images.resolve(ImageSource(parsing: text)) else {
            throw OperationError("image \(text) is not in the store; `roost pull` or `roost load` brings it")
        }
        images[text] = image
        return image
    }

    /// Looks up what the services' images are now; those that aren't in the store are not in the result.
    ///
    /// A layout or archive on this host is read anew each time, since nobody pulls it; if it hasn't changed that costs
    /// a look at its index.
    func lookUpImages(_ stack: Stack) async throws -> [String: String] {
        images = [:]
        var result: [String: String] = [:]
        for text in Set(stack.services.values.map(\.image)) {
            let source = try ImageSource(parsing: text)
            guard let found = try engine.images.resolve(source) else { continue }
            let image = if case .registry = source { found } else { try await engine.images.open(source) { _ in } }
            images[text] = image
            result[text] = image.id.description
        }
        return result
    }

    /// Gets an image from its registry or from this host.
    func fetch(_ text: String, events: EventSink) async throws {
        let id = "Image \(text)"
        events.working(id, "Pulling")
        do {
            let source = try ImageSource(parsing: text)
            let report = Self.reporter(parent: id, events)
            if case .registry(let reference) = source {
                images[text] = try await engine.images.pull(reference, from: registries(), progress: report)
            } else {
                images[text] = try await engine.images.open(source, progress: report)
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
