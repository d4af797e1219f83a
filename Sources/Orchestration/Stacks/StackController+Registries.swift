import Glibc
public import Images
public import Registries

extension RegistryClient: ImageRegistry {}

/// Registries, as the user of the running command sees them: with its credentials, mirrors and certificates.
extension StackController {
    /// As `serialized`, on behalf of the caller. The connections to registries that the operation made are closed at
    /// its end, and nothing of the caller's credentials is kept.
    func serializedOnBehalf<Result: Sendable>(
        of environment: [String: String], _ caller: String, events: EventSink,
        _ operation: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await serialized(caller, events: events) { [self] in
            await begin(environment)
            do {
                let result = try await operation()
                await closeRegistries()
                return result
            } catch {
                await closeRegistries()
                throw error
            }
        }
    }

    private func begin(_ environment: [String: String]) { registryEnvironment = environment }

    /// The client of the running command, made when it pulls its first image: most commands pull none.
    func registries() throws -> RegistryClient {
        if let client = registryClient { return client }
        let environment = registryEnvironment.isEmpty ? Self.ownEnvironment : registryEnvironment
        let client = RegistryClient(
            configuration: try .load(environment: environment, home: environment["HOME"]))
        registryClient = client
        return client
    }

    private func closeRegistries() async {
        let client = registryClient
        registryClient = nil
        registryEnvironment = [:]
        // What remains open ends with the process.
        try? await client?.shutdown()
    }

    /// For who speaks to the supervisor without naming an environment.
    private static var ownEnvironment: [String: String] {
        RegistryConfiguration.environmentNames.reduce(into: [:]) { result, name in
            result[name] = getenv(name).map { String(cString: $0) }
        }
    }
}
