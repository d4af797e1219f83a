import Containers
import OCI
import Planning
import StackModel
import Synchronization

@testable import Orchestration

/// The effects on stacks, as one supervisor of the simulated host has them.
struct SimulatedStacks: StackEffects, RegistrySession {
    let host: SimulatedHost
    let supervisor: Int

    func networks(of stack: String) async throws -> [String: StackNetwork] {
        host.state.withLock { $0.disk.networks.filter { $0.value.stack == stack }.mapValues(\.definition) }
    }

    func networkExists(_ name: String) async throws -> Bool { host.state.withLock { $0.disk.networks[name] != nil } }

    func create(_ network: StackNetwork, stack: String) async throws {
        try await host.take("create network \(network.name)", supervisor)
        host.state.withLock { $0.disk.networks[network.name] = (network, stack) }
    }

    func removeNetwork(_ name: String) async throws {
        try await host.take("remove network \(name)", supervisor)
        let users = host.state.withLock { state in
            state.processes.values.map(\.container).filter { id in
                state.disk.records[id]?.networks.values.contains { $0.name == name } == true
            }
        }
        guard users.isEmpty else { throw SimulatedHost.Failure(description: "network \(name) is used by \(users)") }
        host.state.withLock { $0.disk.networks[name] = nil }
    }

    func volumes(of stack: String) async throws -> [String: StackVolume] {
        host.state.withLock { $0.disk.volumes.filter { $0.value.stack == stack }.mapValues(\.definition) }
    }

    func volumeExists(_ name: String) async throws -> Bool { host.state.withLock { $0.disk.volumes[name] != nil } }

    func create(_ volume: StackVolume, key: String, stack: String) async throws {
        try await host.take("create volume \(volume.name)", supervisor)
        host.state.withLock { $0.disk.volumes[volume.name] = (volume, stack) }
    }

    func removeVolume(_ name: String) async throws {
        try await host.take("remove volume \(name)", supervisor)
        host.state.withLock { $0.disk.volumes[name] = nil }
    }

    var problems: [String] { [] }

    // MARK: Images

    func storedImage(_ reference: String, platform: String?) async throws -> ObservedImage {
        ObservedImage(stored: host.state.withLock { $0.disk.images[reference] })
    }

    func image(_ imageID: String, reference: String, platform: String?) async throws -> ContainerImage {
        guard host.state.withLock({ $0.disk.images.values.contains(imageID) }) else {
            throw SimulatedHost.Failure(description: "image \(imageID) isn't there")
        }
        return ContainerImage(layers: [], defaults: ContainerDefaults(command: ["run"]))
    }

    func registries(_ environment: [String: String]) -> any RegistrySession { self }

    func lookUp(_ question: ImageLookUp) async throws -> RegistryImage {
        try await host.take("look \(question.reference) up", supervisor)
        return RegistryImage(imageID: "sha256:\(question.reference)", digest: "sha256:d-\(question.reference)")
    }

    func pull(
        _ reference: String, platform: String?, digest: String?, progress: @escaping @Sendable (ImageNews) -> Void
    ) async throws {
        try await host.take("pull \(reference)", supervisor)
        host.state.withLock { $0.disk.images[reference] = "sha256:\(reference)" }
    }

    func close() async {}

    // MARK: Clocks, files and ledgers

    func timeZone(_ name: String?) throws -> TimeZoneRules { .utc }

    func digest(ofFile path: String) -> String? { nil }

    func ledger(of stack: String) throws -> StackLedger? { host.state.withLock { $0.disk.ledgers[stack] } }

    func save(_ ledger: StackLedger, of stack: String) throws {
        try host.check("write the ledger: \(ledger.state), \(ledger.pending == nil ? "" : "pending")", supervisor)
        host.state.withLock { $0.disk.ledgers[stack] = ledger }
    }

    func removeLedger(of stack: String) throws {
        try host.check("remove the ledger", supervisor)
        host.state.withLock { $0.disk.ledgers[stack] = nil }
    }

    func ledgers() throws -> [String] { host.state.withLock { $0.disk.ledgers.keys.sorted() } }
}
