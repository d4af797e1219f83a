import ControlAPI
import Crypto
import StableHashing
import StackModel

/// The value of `com.docker.compose.config-hash`: equal for containers that were made from equal settings.
enum ConfigurationHash {
    private struct Content: Encodable {
        var image: String
        var settings: ContainerSettings
    }

    static func of(_ image: String, _ settings: ContainerSettings) throws -> String {
        let content = try JSON.encode(Content(image: image, settings: settings))
        return SHA256.hash(data: content).map { hexadecimal(UInt64($0), digits: 2) }.joined()
    }
}
