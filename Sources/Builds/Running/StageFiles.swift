import Images
import OCI

/// The files of a stage so far: its layers, and when the new ones were made.
struct StageFiles: Sendable {
    /// The blobs, the bottom one first; their contents' digests; the layers themselves.
    var blobs: [Descriptor] = []
    var diffIDs: [Digest] = []
    var layers: [StoredLayer] = []
    /// Of the layers that this build's steps made, the bottom one first.
    var times: [String] = []
    /// The configuration at the stage's end.
    var configuration: ImageConfiguration?

    mutating func add(_ record: StepRecord, _ layer: StoredLayer) {
        blobs.append(record.layer)
        diffIDs.append(record.layer.digest)
        layers.append(layer)
        times.append(record.created)
    }

    /// As overlayfs wants them: the top one first, each once.
    var overlay: [StoredLayer] {
        var seen: Set<Digest> = []
        return layers.reversed().filter { seen.insert($0.diffID).inserted }
    }
}
