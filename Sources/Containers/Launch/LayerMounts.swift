import ControlAPI
import Glibc
import Images
import Kernel
import OCI

/// The layers that containers of this instance use, each mounted once at `RUN_ROOT/layers/ALGORITHM/DIGEST`, however
/// many containers share it: so they share its page cache too. A layer that is a directory is used where it is.
///
/// Nothing here has to be remembered: what is mounted is seen by looking, and what a killed supervisor left is used or
/// taken away by the next.
actor LayerMounts {
    private let directory: String
    /// Who needs a layer: containers' ids.
    private var holders: [StoredLayer: Set<String>] = [:]
    /// EROFS's number in `statfs`.
    private static let erofs: UInt32 = 0xe0f5_e1e2

    init(runRoot: String) {
        directory = runRoot + "/layers"
    }

    /// The directories of layers, in their order; the ones of images are there while somebody holds them.
    nonisolated func directories(_ layers: [StoredLayer]) -> [String] { layers.map(place) }

    private nonisolated func place(of layer: StoredLayer) -> String {
        guard layer.form == .erofs else { return layer.path }
        return "\(directory)/\(layer.diffID.algorithm.rawValue)/\(layer.diffID.hex)"
    }

    /// Mounts what of the layers isn't mounted, until `release`. Returns their directories, in their order.
    @discardableResult
    func hold(_ layers: [StoredLayer], for holder: String) throws -> [String] {
        do {
            for layer in layers where layer.form == .erofs {
                try mount(layer)
                holders[layer, default: []].insert(holder)
            }
        } catch {
            release(holder)
            throw error
        }
        return directories(layers)
    }

    /// Unmounts what nobody else holds.
    func release(_ holder: String) {
        for (layer, others) in holders where others.contains(holder) {
            guard others.count == 1 else {
                holders[layer]?.remove(holder)
                continue
            }
            holders[layer] = nil
            unmount(place(of: layer))
        }
        // They go when the last layer goes; until then they aren't empty.
        if holders.isEmpty { removeEmptyDirectories() }
    }

    /// Takes mounts away that nobody holds: those of containers that ended while there was no supervisor.
    func removeUnneeded() throws {
        let needed = Set(holders.keys.map(place))
        for algorithm in try names(in: directory) {
            for name in try names(in: "\(directory)/\(algorithm)") {
                let path = "\(directory)/\(algorithm)/\(name)"
                if !needed.contains(path) { unmount(path) }
            }
        }
        if holders.isEmpty { removeEmptyDirectories() }
    }

    private func mount(_ layer: StoredLayer) throws {
        let path = place(of: layer)
        if Files.fileSystemType(path) == Self.erofs { return }
        try Files.makeDirectories(path, mode: 0o711)
        guard Files.exists(layer.path) else {
            throw ContainerError("layer \(layer.diffID) is not in the store any more; `roost pull` brings it again")
        }
        let mount = try DetachedMount(imageFile: layer.path, type: "erofs")
        try mount.attach(to: try OwnedDescriptor(open: path, [.path, .directory]), path)
    }

    private func unmount(_ path: String) {
        while Files.fileSystemType(path) == Self.erofs {
            // A mount that can't be taken away is looked at again by the next supervisor.
            guard (try? Mounts.detach(path)) != nil else { return }
        }
        rmdir(path)
    }

    private func removeEmptyDirectories() {
        // Where something is left, they stay.
        for algorithm in (try? names(in: directory)) ?? [] { rmdir("\(directory)/\(algorithm)") }
        rmdir(directory)
    }

    private nonisolated func names(in path: String) throws -> [String] {
        Files.exists(path) ? try Directory.names(in: path) : []
    }
}
