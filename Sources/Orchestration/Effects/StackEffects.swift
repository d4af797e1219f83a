public import Containers
public import Planning
public import StackModel

/// Everything that a stack does to the world and asks of it, beside its containers. The engines carry it out on a host;
/// in tests values do.
public protocol StackEffects: Sendable {
    // MARK: Networks

    /// The networks made for a stack, by their name on the host.
    func networks(of stack: String) async throws -> [String: StackNetwork]
    func networkExists(_ name: String) async throws -> Bool
    /// Makes a network, or finds the one that is there.
    func create(_ network: StackNetwork, stack: String) async throws
    /// Removes a network; one that isn't there is what was wanted.
    func removeNetwork(_ name: String) async throws

    // MARK: Volumes

    /// The named volumes made for a stack, by their name on the host.
    func volumes(of stack: String) async throws -> [String: StackVolume]
    func volumeExists(_ name: String) async throws -> Bool
    func create(_ volume: StackVolume, key: String, stack: String) async throws
    func removeVolume(_ name: String) async throws

    /// What can't be read of what stacks have, in the user's words.
    var problems: [String] { get }

    // MARK: Images

    /// What the store has under a name, and how long ago it was compared with its registry.
    func storedImage(_ reference: String, platform: String?) async throws -> ObservedImage
    /// What containers of the image are made of.
    func image(_ imageID: String, reference: String, platform: String?) async throws -> ContainerImage
    /// Registries, as the user of one command sees them.
    ///
    /// - Parameter environment: of the caller's environment what leads to its credentials, mirrors and certificates.
    func registries(_ environment: [String: String]) -> any RegistrySession

    // MARK: Files

    /// The digest of what a regular file holds; `nil` if it isn't there, or is none.
    func digest(ofFile path: String) -> String?

    // MARK: Clocks

    /// - Parameter name: of the zone database; `nil`: the host's own.
    func timeZone(_ name: String?) throws -> TimeZoneRules

    // MARK: What is wanted

    func ledger(of stack: String) throws -> StackLedger?
    func save(_ ledger: StackLedger, of stack: String) throws
    func removeLedger(of stack: String) throws
    /// The stacks of which something is written down.
    func ledgers() throws -> [String]
}

extension StackEffects {
    /// The zones that the schedules of a stack name.
    func zones(of stack: Stack?) throws -> [String?: TimeZoneRules] {
        var zones: [String?: TimeZoneRules] = [:]
        for service in stack?.services.values.sorted(by: { $0.name < $1.name }) ?? [] {
            guard let schedule = service.schedule, zones[schedule.timeZone] == nil else { continue }
            zones[schedule.timeZone] = try timeZone(schedule.timeZone)
        }
        return zones
    }
}

/// Registries on behalf of one command.
public protocol RegistrySession: Sendable {
    func lookUp(_ question: ImageLookUp) async throws -> RegistryImage
    /// Gets an image from its registry or from this host.
    ///
    /// - Parameter digest: what is fetched, whatever the name stands for by now; `nil` for what it stands for.
    func pull(
        _ reference: String, platform: String?, digest: String?, progress: @escaping @Sendable (ImageNews) -> Void
    ) async throws
    /// Closes the connections that were made. Nothing of the caller's credentials is kept.
    func close() async
}
