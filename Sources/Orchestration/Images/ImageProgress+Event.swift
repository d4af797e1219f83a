public import ControlAPI
public import Images
import OCI

extension ImageProgress {
    /// What is shown of a layer, at the most.
    private static let mostBytes: Int64 = 1 << 50

    /// What a command shows of it, below the image `parent`; `nil` where the image's own line says it already.
    /// With `isLocal` the layers come from an archive on this machine, and not from a registry.
    public func event(of parent: String, isLocal: Bool = false) -> Progress? {
        func layer(
            _ digest: Digest, _ status: Progress.Status, _ text: String, _ current: Int64? = nil, _ total: Int64? = nil
        ) -> Progress {
            // A manifest may say any size, and sizes are summed up.
            Progress(
                id: String(digest.hex.prefix(12)), parentID: parent, status: status, text: text,
                current: current.map { min($0, Self.mostBytes) }, total: total.map { min($0, Self.mostBytes) })
        }
        return switch self {
        case .resolving, .done: nil
        case .present(let digest): layer(digest, .done, "Already exists")
        case .downloading(let digest, let received, let total):
            layer(digest, .working, isLocal ? "Loading" : "Downloading", received, total)
        case .waiting(let digest): layer(digest, .working, "Waiting")
        case .uploading(let digest, let sent, let total): layer(digest, .working, "Pushing", sent, total)
        case .copying(let digest, let copied, let total): layer(digest, .working, "Copying", copied, total)
        case .copied(let digest): layer(digest, .done, "Copied")
        case .uploaded(let digest): layer(digest, .done, "Pushed")
        case .unpacking(let digest): layer(digest, .working, "Extracting")
        case .ready(let digest): layer(digest, .done, isLocal ? "Loaded" : "Pull complete")
        }
    }
}
