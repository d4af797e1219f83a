/// Why a layer can't be made into files.
public enum LayerError: Error, Equatable, Sendable {
    /// An entry of the archive can't be what it says; `name` as the archive has it.
    case entry(name: String, reason: String)
    /// The stream is not what it says, or broken.
    case malformed(String)
    /// The archive is larger than anything that is accepted.
    case limit(String)
    /// A system call failed, on what.
    case system(operation: String, errno: Int32)
}

extension LayerError {
    static func entry(_ path: UnsafeRawBufferPointer, _ reason: String) -> LayerError {
        .entry(name: String(decoding: path.prefix(300), as: UTF8.self), reason: reason)
    }
}
