import OCI
import StackModel

/// `com.docker.compose.*`: by these the ecosystem's tools find containers.
enum ContainerLabels {
    static func of(_ record: ContainerRecord) throws -> [String: String] {
        var labels = record.defaults.labels.merging(record.settings.labels) { _, own in own }
        guard let stack = record.owner.stack, let service = record.owner.service else { return labels }
        labels["com.docker.compose.project"] = stack
        labels["com.docker.compose.service"] = service
        labels["com.docker.compose.container-number"] = String(record.number)
        labels["com.docker.compose.oneoff"] = record.owner.isOneOff ? "True" : "False"
        labels["com.docker.compose.config-hash"] = try ConfigurationHash.of(record.image, record.settings)
        labels["com.docker.compose.image"] = record.imageID
        labels["com.docker.compose.project.working_dir"] = record.projectDirectory
        labels["com.docker.compose.project.config_files"] = record.files.joined(separator: ",")
        labels["com.docker.compose.depends_on"] = record.dependsOn.sorted { $0.key < $1.key }
            .map { "\($0.key):\($0.value.condition.rawValue):\($0.value.restart)" }.joined(separator: ",")
        return labels
    }
}
