public import Addressing
public import Images
public import OCI
public import Planning
public import StackModel

/// What a container is, kept in `container.json` beside its bundle: what it was made from, and what its making decided.
@dynamicMemberLookup
public struct ContainerRecord: Codable, Equatable, Sendable {
    /// The form of the record; a later version of Roost reads an earlier one's.
    public static let currentVersion = 2

    public var version = currentVersion
    /// 64 hexadecimal digits.
    public var id: String
    /// Nanoseconds since 1970.
    public var created: Int64
    public var spec: ContainerSpec
    /// The image's layers, top first.
    public var layers: [StoredLayer]
    /// What the image says about starting it.
    public var defaults: ContainerDefaults
    /// The names of its anonymous volumes, by their path in the container.
    public var anonymousVolumes: [String: String] = [:]
    /// `com.docker.compose.*`, the image's and the service's own.
    public var labels: [String: String] = [:]
    /// Networks that somebody connected it to by hand, by their names. They are no part of the specification, so that
    /// no plan takes them away; they end with the container, as in Docker. Records of before have none.
    public var connections: [String: NetworkAttachment]?

    public init(
        id: String, created: Int64, spec: ContainerSpec, layers: [StoredLayer], defaults: ContainerDefaults
    ) {
        self.id = id
        self.created = created
        self.spec = spec
        self.layers = layers
        self.defaults = defaults
    }

    public subscript<Value>(dynamicMember path: KeyPath<ContainerSpec, Value>) -> Value { spec[keyPath: path] }

    /// Empty for a container that belongs to no stack.
    public var stack: String { spec.owner.stack ?? "" }
    public var service: String { spec.owner.service ?? "" }
    public var number: Int { spec.owner.number }
    public var reference: ContainerReference {
        ContainerReference(service: service, number: number, name: spec.name, id: id)
    }

    /// The image's variables under the service's own.
    var environment: [String: String] {
        let image = defaults.environment.map { entry in
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        // Of two entries of the image for one variable, the later one counts.
        return Dictionary(image) { _, later in later }.merging(spec.settings.environment) { _, own in own }
    }

    /// What the image and the service say they listen on. What an image calls a port and is none is passed over.
    var exposedPorts: Set<Port> {
        Set(spec.settings.expose + defaults.exposedPorts.flatMap { Port.all(in: $0) ?? [] })
    }

    /// What others of its networks can expect to reach: its exposed and its published ports, in order.
    var listeningPorts: [Port] {
        exposedPorts.union(spec.settings.ports.map { Port($0.target, $0.protocol) }).sorted()
    }

    /// What PID 1 is sent to stop. As in Docker, an image's that doesn't exist counts as none.
    public var stopSignal: Signal {
        spec.settings.stopSignal ?? defaults.stopSignal.flatMap { Signal($0) } ?? .terminate
    }

    /// Where the service's volumes and the image's `VOLUME`s that nothing covers get anonymous volumes.
    static func anonymousTargets(settings: ContainerSettings, defaults: ContainerDefaults) -> [String] {
        let explicit = settings.volumes.filter { $0.source == .anonymous }.map(\.target)
        let covered = Set(settings.volumes.map(\.target))
        return explicit + defaults.volumes.filter { !covered.contains($0) }.sorted()
    }

    /// Whether the service's own words for an anonymous volume say so; an image can't.
    func isReadOnly(anonymousVolumeAt target: String) -> Bool {
        spec.settings.volumes.contains { $0.target == target && $0.readOnly }
    }

    /// The health check of the service, filled up from the image's and from Docker's defaults.
    public var healthCheck: EffectiveHealthCheck? {
        // A health check is the readiness where nothing else says it.
        if spec.settings.probes?.readiness != nil { return nil }
        let image = defaults.healthcheck.map { check in
            HealthCheck(
                test: check.test.isEmpty ? nil : check.test, interval: check.interval.map(TimeSpan.init(nanoseconds:)),
                timeout: check.timeout.map(TimeSpan.init(nanoseconds:)), retries: check.retries,
                startPeriod: check.startPeriod.map(TimeSpan.init(nanoseconds:)),
                startInterval: check.startInterval.map(TimeSpan.init(nanoseconds:)))
        }
        return EffectiveHealthCheck(service: spec.settings.healthcheck, image: image)
    }

    /// How it is ended for its ill health: as by `stop`.
    var unhealthyEnd: UnhealthyEnd {
        UnhealthyEnd(signal: stopSignal.number, grace: spec.settings.effectiveStopGracePeriod)
    }
}

/// A published port with the host's port that it got.
public struct ResolvedPort: Codable, Hashable, Sendable {
    /// `nil`: all addresses.
    public var hostIP: IPAddress?
    public var published: UInt16
    public var target: UInt16
    public var `protocol`: TransportProtocol

    public init(hostIP: IPAddress?, published: UInt16, target: UInt16, protocol: TransportProtocol) {
        self.hostIP = hostIP
        self.published = published
        self.target = target
        self.protocol = `protocol`
    }
}
