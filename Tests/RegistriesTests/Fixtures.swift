import OCI
import Synchronization
import Testing

@testable import Registries

extension RegistryClient {
    /// A client that doesn't wait between attempts; the pauses that it would have made go to `pauses`.
    static func with(
        _ configuration: RegistryConfiguration = RegistryConfiguration(), limits: Limits = Limits(),
        pauses: Pauses = Pauses(), _ body: (RegistryClient) async throws -> Void
    ) async throws {
        var pacing = Pacing()
        pacing.sleep = { pauses.add($0) }
        pacing.chance = { 1 }
        let client = RegistryClient(configuration: configuration, limits: limits, pacing: pacing)
        do {
            try await body(client)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}

/// The pauses that a client would have made.
final class Pauses: Sendable {
    private let made = Mutex<[Duration]>([])

    func add(_ pause: Duration) { made.withLock { $0.append(pause) } }
    var all: [Duration] { made.withLock { $0 } }
}

/// The registry's failure that `body` ends with.
func failure(_ body: () async throws -> Void) async -> RegistryError? {
    do {
        try await body()
        Issue.record("nothing failed")
    } catch let error as RegistryError {
        return error
    } catch {
        Issue.record("another error: \(error)")
    }
    return nil
}
