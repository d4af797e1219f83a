import CLinux
import Glibc
import Kernel

extension VolumeStore {
    /// Gives an empty volume the content that an image has at the path where the volume is mounted, as Docker does.
    ///
    /// A volume with content, a bound one, and a path that is no directory in the image are left alone. Of several that
    /// fill a volume at once, one does; the others return when it is done. It can't be cancelled: what has begun is
    /// finished.
    /// - Parameters:
    ///   - layers: the image's layers as directories in overlayfs's form, the uppermost first.
    ///   - path: the mount's target in the container.
    /// - Returns: whether the volume was filled.
    @discardableResult
    public func fill(
        _ name: String, fromLayers layers: [String], path: String
    ) async throws(VolumeError) -> Bool {
        let result: Result<Bool, VolumeError> = await withCheckedContinuation { continuation in
            do throws(KernelError) {
                // Copying, and waiting for someone who does, must not hold up the threads that serve all tasks.
                try OwnThread.start {
                    continuation.resume(
                        returning: Result { () throws(VolumeError) in
                            try fillAndWait(name, fromLayers: layers, path: path)
                        })
                }
            } catch {
                continuation.resume(returning: .failure(.failed(volume: name, error)))
            }
        }
        return try result.get()
    }

    private func fillAndWait(
        _ name: String, fromLayers layers: [String], path: String
    ) throws(VolumeError) -> Bool {
        let volume = try inspect(name)
        if volume.isBound { return false }
        do throws(KernelError) {
            let content = try FirstContent(volume, in: "\(directory)/\(name)")
            return try content.fill(from: MergedDirectory(layers: layers), path: path)
        } catch {
            throw .failed(volume: name, error)
        }
    }
}

/// An image's files on their way into an empty volume.
///
/// They are copied to a directory beside the volume's content, and moved into it, name by name, when all of them are
/// there. So the process may be killed at any point, and containers may use the volume meanwhile: the next fill goes on
/// from what it finds, and nothing that is in the volume is ever emptied or replaced.
private struct FirstContent: ~Copyable {
    private let lock: FileLock
    private let content: LayerDirectory
    /// The volume's own directory, with the content in it.
    private let directory: String
    /// A copy that isn't whole yet; it is thrown away when its maker was interrupted.
    private let arriving: String
    /// A whole copy. What is missing in it has been moved.
    private let arrived: String

    /// Waits until nobody else fills the volume.
    init(_ volume: Volume, in directory: String) throws(KernelError) {
        let lock = try FileLock("\(directory)/fill.lock")
        let content = LayerDirectory(try OwnedDescriptor(open: volume.path, [.directory, .noFollow]))
        let outside = LayerDirectory(try OwnedDescriptor(open: directory, [.directory]))
        // Where somebody has mounted a disk for the content, nothing can be moved to it from outside.
        let isMounted = try Self.device(content) != Self.device(outside)
        let place = isMounted ? volume.path : directory
        arriving = "\(place)/.roost-arriving"
        arrived = "\(place)/.roost-arrived"
        self.directory = directory
        self.content = content
        self.lock = lock
    }

    /// Whether the volume has been given something.
    func fill(from image: MergedDirectory, path: String) throws(KernelError) -> Bool {
        // The first versions copied into the volume itself, with this file beside it until it was done. Nobody can tell half a
        // copy from what a container has made of it since.
        try Files.remove("\(directory)/filling")
        if Files.exists(arrived) {
            try move()
            return true
        }
        try TreeRemoval.remove(arriving)
        guard try DirectoryReader.names(in: content.descriptor).isEmpty, let source = try image.directory(at: path)
        else { return false }
        let isNothing = try source.names().isEmpty
        if !isNothing {
            try Files.makeDirectories(arriving, mode: 0o700)
            try ContentCopy.copy(source, to: arriving)
        }
        // Before the copy counts as whole: later, it might take back what a container has changed.
        try ContentCopy.copyMetadata(of: source, to: content, name: path)
        if isNothing { return true }
        try check("rename", arriving) { rename(arriving, arrived) }
        try move()
        // Every name that was moved into it has changed them.
        try ContentCopy.copyTimes(of: source, to: content, name: path)
        return true
    }

    private func move() throws(KernelError) {
        let source = LayerDirectory(try OwnedDescriptor(open: arrived, [.directory, .noFollow]))
        for name in try DirectoryReader.names(in: source.descriptor) { try move(name, from: source) }
        try TreeRemoval.remove(arrived)
    }

    /// A name that a container has given meanwhile stays with what the container made.
    private func move(_ name: FileName, from source: LayerDirectory) throws(KernelError) {
        let (from, to) = (source.descriptor.number, content.descriptor.number)
        if name.withCString({ clinux_move_to_free_name(from, $0, to, $0) }) == 0 { return }
        let reason = lastError()
        if reason == EEXIST { return }
        // Some file systems, NFS among them, can't do both in one step.
        guard reason == EINVAL else { throw KernelError("move into the volume", name.text, errno: reason) }
        if try DirectoryReader.status(of: name, in: content.descriptor) != nil { return }
        try check("move into the volume", name.text) { name.withCString { renameat(from, $0, to, $0) } }
    }

    private static func device(_ directory: LayerDirectory) throws(KernelError) -> dev_t {
        var status = stat()
        let number = directory.descriptor.number
        try check("look at", "the volume") { fstat(number, &status) }
        return status.st_dev
    }
}
