import ControlAPI
import StackModel

extension Context {
    /// `stop`, `start`, `restart` and `kill`: the request completed with what they share, sent, and shown.
    func signal(_ request: SignalRequest, _ verb: LifecycleVerb, services: [String]) async throws -> Int32 {
        let project = try project(services: services)
        var request = request
        request.services = services
        request.knownServices = project.stack.map { $0.services.keys.sorted() + $0.disabledServices.sorted() }
        request.dryRun = request.dryRun || global.dryRun
        request.caller = caller(verb.rawValue)
        let post = try ControlRequest(.lifecycle(verb), project.name, body: request)
        return try await complete(post, operation: verb.rawValue, client: client()).exitCode
    }
}
