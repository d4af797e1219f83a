import Glibc
import Kernel

extension VolumeStore {
    /// Gives an empty volume the content that an image has at the path where the volume is mounted, as Docker does.
    ///
    /// A volume with content, a bound one, and a path that is no directory in the image are left alone. A fill that was
    /// interrupted is done again from the start.
    /// - Parameters:
    ///   - layers: the image's layers as directories in overlayfs's form, the uppermost first.
    ///   - path: the mount's target in the container.
    /// - Returns: whether the volume was filled.
    @discardableResult
    public func fill(
        _ name: String, fromLayers layers: [String], path: String
    ) throws(VolumeError) -> Bool {
        let volume = try inspect(name)
        if volume.isBound { return false }
        do throws(KernelError) {
            return try fill(volume, MergedDirectory(layers: layers), path: path)
        } catch {
            throw .failed(volume: name, error)
        }
    }

    private func fill(
        _ volume: Volume, _ image: MergedDirectory, path: String
    ) throws(KernelError) -> Bool {
        // While this file is there, the content is half a copy.
        let mark = "\(directory)/\(volume.record.name)/filling"
        let isInterrupted = Files.exists(mark)
        let content = try OwnedDescriptor(open: volume.path, [.directory, .noFollow])
        let isEmpty = try DirectoryReader.names(in: content).isEmpty
        guard isEmpty || isInterrupted, let source = try image.directory(at: path) else { return false }
        try Files.replace(mark, with: [], durable: .name)
        if !isEmpty {
            var status = stat()
            let number = content.number
            try check("look at", volume.path) { fstat(number, &status) }
            try TreeRemoval.empty(content, device: status.st_dev)
        }
        try ContentCopy.copy(source, to: volume.path)
        try Files.remove(mark)
        return true
    }
}
