import Containers
import StackModel

/// The network of one build's steps: made when the first needs it, and taken away with the build.
actor BuildNetwork {
    private let networks: NetworkController
    private let definition: StackNetwork
    private var isMade = false

    /// What the names of builds' networks begin with.
    static let prefix = "roost_build_"

    init(_ networks: NetworkController, build: String) {
        self.networks = networks
        definition = StackNetwork(name: Self.prefix + build)
    }

    func ready() async throws -> StackNetwork {
        if !isMade { try await networks.create(definition, stack: "") }
        isMade = true
        return definition
    }

    func close() async throws {
        guard isMade else { return }
        _ = try await networks.remove(definition.name)
        isMade = false
    }
}
