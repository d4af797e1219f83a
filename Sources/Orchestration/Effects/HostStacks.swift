import Containers
import Crypto
import Glibc
public import Images
import Kernel
import OCI
import Planning
public import Registries
import StableHashing
import StackModel
import Volumes

extension RegistryClient: ImageRegistry {}

/// Stacks on this host: the effects as the engines carry them out.
struct HostStacks: StackEffects {
    let images: ImageStore
    let volumes: VolumeRegistry
    let networks: NetworkController
    let ledgerStore: LedgerStore

    // MARK: Networks

    func networks(of stack: String) async throws -> [String: StackNetwork] { await networks.definitions(of: stack) }
    func networkExists(_ name: String) async throws -> Bool { await networks.exists(name) }

    func create(_ network: StackNetwork, stack: String) async throws {
        try await networks.create(network, stack: stack)
    }

    func removeNetwork(_ name: String) async throws {
        guard try await networks.remove(name) else {
            throw OperationError("network \(name): a container still uses it; run the command again")
        }
    }

    var problems: [String] { networks.problems }

    // MARK: Volumes

    func volumes(of stack: String) async throws -> [String: StackVolume] { try volumes.definitions(of: stack) }
    func volumeExists(_ name: String) async throws -> Bool { try volumes.store.find(name) != nil }

    func create(_ volume: StackVolume, key: String, stack: String) async throws {
        try volumes.create(key: key, volume, stack: stack)
    }

    func removeVolume(_ name: String) async throws { try volumes.store.remove(name) }

    // MARK: Images

    /// A layout or archive on this host is looked into each time; if it hasn't changed that costs a look at its index.
    func storedImage(_ reference: String, platform: String?) async throws -> ObservedImage {
        let source = try ImageSource(parsing: reference)
        let platform = try platform.map { try Platform(parsing: $0) }
        guard let found = try images.resolve(source, platform: platform) else { return ObservedImage() }
        guard case .registry = source else {
            let now = try await images.identify(source, platform: platform)
            return ObservedImage(stored: found.id.description, registry: RegistryImage(now))
        }
        let age = try images.lastChecked(source, platform: platform).map { checked in
            TimeSpan.seconds(max(0, Timestamp.now() / 1_000_000_000 - checked))
        }
        return ObservedImage(stored: found.id.description, age: age)
    }

    func image(_ imageID: String, reference: String, platform: String?) async throws -> ContainerImage {
        // Mostly the name still stands for it, and nothing else has to be looked through.
        let named = try images.resolve(
            ImageSource(parsing: reference), platform: platform.map { try Platform(parsing: $0) })
        if let named, named.id.description == imageID { return ContainerImage(named) }
        guard let id = Digest(imageID), let image = try images.image(withID: id) else {
            throw OperationError("image \(reference) is not in the store; `roost pull` or `roost load` brings it")
        }
        return ContainerImage(image)
    }

    func registries(_ environment: [String: String]) -> any RegistrySession {
        HostRegistries(images: images, environment: environment)
    }

    // MARK: Files

    func digest(ofFile path: String) -> String? {
        // Opening a pipe or a device may wait for ever, or do something.
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
        // `try?`: what can't be read is told by who needs it, with the reason.
        guard let content = try? Files.read(path, limit: Self.largestContent) else { return nil }
        return SHA256.hash(data: content).map { hexadecimal(UInt64($0), digits: 2) }.joined()
    }

    /// Larger files are no configuration, and their changes aren't followed. Bytes.
    private static let largestContent = 8 << 20

    // MARK: Clocks

    func timeZone(_ name: String?) throws -> TimeZoneRules {
        let path = name.map { "/usr/share/zoneinfo/" + $0 } ?? "/etc/localtime"
        // A host without either, and its clock, is one of UTC.
        guard Files.exists(path) || ![nil, "UTC", "Etc/UTC"].contains(name) else { return .utc }
        // `try?`: what can't be read is no zone, whatever the reason.
        guard let file = try? Files.read(path, limit: Self.largestZone), let zone = TimeZoneRules(file: file) else {
            throw OperationError(
                "there is no time zone \(path): name another one, or install the zone database (tzdata)")
        }
        return zone
    }

    /// Larger than any zone's file. Bytes.
    private static let largestZone = 1 << 20

    // MARK: What is wanted

    func ledger(of stack: String) throws -> StackLedger? { try ledgerStore.read(stack) }
    func save(_ ledger: StackLedger, of stack: String) throws { try ledgerStore.save(ledger, of: stack) }
    func removeLedger(of stack: String) throws { try ledgerStore.remove(stack) }
    func ledgers() throws -> [String] { try ledgerStore.stacks() }
}

extension ContainerImage {
    init(_ image: StoredImage) {
        self.init(layers: image.layers, defaults: image.configuration.config)
    }
}
