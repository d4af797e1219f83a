import ControlAPI

extension Context {
    /// `stop`, `start`, `restart` and `kill`: the request completed with what they share, sent, and shown.
    func signal(_ request: SignalRequest, _ verb: String, services: [String]) async throws -> Int32 {
        let project = try project(services: services)
        var request = request
        request.services = services
        request.dryRun = request.dryRun || global.dryRun
        request.caller = caller(verb)
        let post = try ControlRequest.post("stacks", project.name, verb, body: request)
        return try await complete(post, operation: verb, client: client()).exitCode
    }
}
