import Images
import OCI
import Planning
import StackModel

/// What was decided when a container was made, kept in `container.json` beside its bundle. It never changes.
struct ContainerRecord: Codable, Equatable, Sendable {
    /// 64 hexadecimal digits.
    var id: String
    var name: String
    var stack: String
    var service: String
    var number: Int
    /// Nanoseconds since 1970.
    var created: Int64
    /// As the file spells it.
    var image: String
    /// The digest of the image's configuration.
    var imageID: String
    /// The image's layers, top first.
    var layers: [StoredLayer]
    /// What the image says about starting it.
    var defaults: ContainerDefaults
    var settings: ContainerSettings
    var dependsOn: [String: Dependency]
    /// The definitions of the networks and volumes that it uses, by their key in the file.
    var networks: [String: StackNetwork]
    var volumes: [String: StackVolume]
    /// The names of its anonymous volumes, by their path in the container.
    var anonymousVolumes: [String: String]
    /// `com.docker.compose.*`, the image's and the service's own.
    var labels: [String: String]
    var projectDirectory: String
    var files: [String]

    var reference: ContainerReference { ContainerReference(service: service, number: number, name: name, id: id) }

    /// The image's variables under the service's own.
    var environment: [String: String] {
        let image = defaults.environment.map { entry in
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        // Of two entries of the image for one variable, the later one counts.
        return Dictionary(image) { _, later in later }.merging(settings.environment) { _, own in own }
    }

    /// `80/tcp`: what the image and the service say they listen on, each once.
    var exposedPorts: Set<String> {
        Set((defaults.exposedPorts + settings.expose).map { $0.contains("/") ? $0 : $0 + "/tcp" })
    }

    /// What PID 1 is sent to stop, by name or number.
    var stopSignal: String { settings.stopSignal ?? defaults.stopSignal ?? "SIGTERM" }

    /// Docker's default is ten seconds.
    var stopGracePeriod: TimeSpan { settings.stopGracePeriod ?? .seconds(10) }

    /// Where the service's volumes and the image's `VOLUME`s that nothing covers get anonymous volumes.
    static func anonymousTargets(settings: ContainerSettings, defaults: ContainerDefaults) -> [String] {
        let explicit = settings.volumes.filter { $0.source == .anonymous }.map(\.target)
        let covered = Set(settings.volumes.map(\.target))
        return explicit + defaults.volumes.filter { !covered.contains($0) }.sorted()
    }
}

/// What happens to a container over time, kept in `status.json`, so that a new supervisor goes on where the last one
/// ended.
struct ContainerStatus: Codable, Equatable, Sendable {
    /// Nanoseconds since 1970; 0 where it never happened.
    var started: Int64 = 0
    var finished: Int64 = 0
    /// 128 plus the signal's number if a signal ended it.
    var exitCode: Int32 = 0
    /// It was started, and neither its end nor a user's stop has been noted since.
    var wantedRunning = false
    var restarts = 0
    /// The kernel killed a process of it for want of memory in its last run.
    var outOfMemory = false
    /// Which boot of the host it was last started in.
    var boot = ""
    var restartMachine: RestartMachine?
    /// Why the last start failed.
    var failure: String?
    /// The published ports that were held at the last start.
    var publishedPorts: [ResolvedPort] = []
}

/// A published port with the host's port that it got.
struct ResolvedPort: Codable, Hashable, Sendable {
    /// `nil`: all addresses.
    var hostIP: String?
    var published: UInt16
    var target: UInt16
    var `protocol`: String
}
