import Blocking
import Erofs
import Glibc
import Kernel
import Synchronization

extension Unpacker {
    /// What this process found out about the host; it doesn't change.
    private static let found = Mutex<LayerForm?>(nil)

    /// The form in which layers are kept: as the user says in `ROOST_LAYER_FORMAT`, else EROFS images if this host can
    /// mount one from where the store is.
    func layerForm() async -> LayerForm {
        if let text = getenv("ROOST_LAYER_FORMAT").map({ String(cString: $0) }), let form = LayerForm(rawValue: text) {
            return form
        }
        if let known = Self.found.withLock({ $0 }) { return known }
        // `try?`: whatever the reason, directories will do.
        let canMount = (try? await onOwnThread { try probe() }) != nil
        let form = canMount ? LayerForm.erofs : .tree
        Self.found.withLock { $0 = form }
        return form
    }

    /// Tries it with an empty image without a name. Nothing is attached, so nothing stays.
    private func probe() throws {
        let path = "\(scratch)/probe-\(Files.unforeseenName())"
        let file = try OwnedDescriptor(open: path, [.readWrite, .create, .exclusive])
        try Files.remove(path)
        var table = try FileTable()
        var writer = try ImageWriter(descriptor: file.number, limit: 1 << 20)
        _ = try writer.finish(&table, identity: [UInt8](repeating: 0, count: 16))
        _ = try DetachedMount(imageFile: "/proc/self/fd/\(file.number)", type: "erofs")
    }
}
