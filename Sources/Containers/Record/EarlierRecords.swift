import Images
import OCI
import Planning
import StackModel

// The forms of records that earlier versions of Roost wrote. Containers outlive the program that made them, so these are
// read for ever; they are never written.

/// `container.json` before records had a version: one flat list of fields, always of a service's replica.
struct FlatContainerRecord: Decodable {
    var id: String
    var name: String
    var stack: String
    var service: String
    var number: Int
    var created: Int64
    var image: String
    var imageID: String
    var layers: [StoredLayer]
    var defaults: ContainerDefaults
    var settings: ContainerSettings
    var dependsOn: [String: Dependency]
    var networks: [String: StackNetwork]
    var volumes: [String: StackVolume]
    var anonymousVolumes: [String: String]
    var labels: [String: String]
    var projectDirectory: String
    var files: [String]

    var record: ContainerRecord {
        let spec = ContainerSpec(
            name: name, owner: .replica(stack: stack, service: service, number: number), image: image,
            imageID: imageID, settings: settings, dependsOn: dependsOn, networks: networks, volumes: volumes,
            projectDirectory: projectDirectory, files: files)
        var record = ContainerRecord(id: id, created: created, spec: spec, layers: layers, defaults: defaults)
        record.anonymousVolumes = anonymousVolumes
        record.labels = labels
        return record
    }
}

/// `status.json` before a container's life was one machine.
struct FlatContainerStatus: Decodable {
    var started: Int64
    var finished: Int64
    var exitCode: Int32
    var wantedRunning: Bool
    var outOfMemory: Bool
    var boot: String
    var restartMachine: EarlierRestarts?
    var failure: String?
    var publishedPorts: [ResolvedPort]

    /// What of the earlier machine of restarts still means something.
    struct EarlierRestarts: Decodable {
        var isStoppedByUser: Bool
    }

    func status(of record: ContainerRecord) -> ContainerStatus {
        var status = ContainerStatus(
            machine: ContainerMachine(
                policy: record.settings.restart, healthCheck: record.healthCheck, started: Self.instant(started),
                finished: Self.instant(finished), exitCode: exitCode, outOfMemory: outOfMemory, failure: failure,
                isUp: wantedRunning, isStoppedByUser: restartMachine?.isStoppedByUser ?? !wantedRunning))
        status.boot = boot
        status.publishedPorts = publishedPorts
        return status
    }

    /// Zero stood for what never happened.
    private static func instant(_ nanoseconds: Int64) -> Instant? {
        nanoseconds == 0 ? nil : Instant(nanoseconds: nanoseconds)
    }
}
