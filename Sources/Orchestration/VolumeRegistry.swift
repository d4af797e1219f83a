import StackModel
import Volumes

/// The volumes with what Compose says of them.
struct VolumeRegistry: Sendable {
    let store: VolumeStore

    /// The named volumes made for a stack, by their name on the host.
    func definitions(of stack: String) throws -> [String: StackVolume] {
        try store.list().reduce(into: [:]) { result, volume in
            guard volume.record.labels["com.docker.compose.project"] == stack, !volume.record.isAnonymous else {
                return
            }
            result[volume.record.name] = StackVolume(
                name: volume.record.name, driver: volume.record.driver, driverOpts: volume.record.driverOpts,
                labels: volume.record.labels.filter { !$0.key.hasPrefix("com.docker.compose.") })
        }
    }

    /// Makes a named volume of a stack.
    func create(key: String, _ volume: StackVolume, stack: String) throws {
        var labels = volume.labels
        labels["com.docker.compose.project"] = stack
        labels["com.docker.compose.volume"] = key
        try store.ensure(name: volume.name, driver: volume.driver, driverOpts: volume.driverOpts, labels: labels)
    }
}
