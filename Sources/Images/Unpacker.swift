import Glibc
import Kernel
import OCI

/// The process that parses archives, so that this one never does: `roost-layer`.
struct Unpacker: Sendable {
    /// Absolute path of the executable.
    let executable: String
    var limits = Limits()

    struct Limits: Sendable {
        /// Seconds without a byte unpacked after which it is given up.
        var idleSeconds = 120
        /// The longest uncompressed stream, in bytes.
        var streamBytes: Int64 = 64 << 30
    }

    enum Form: String, Sendable {
        case tree
        case archive
    }

    /// The one beside this executable, or in `ROOST_LIBEXEC`.
    static func beside() -> Unpacker {
        if let directory = getenv("ROOST_LIBEXEC") {
            return Unpacker(executable: String(cString: directory) + "/roost-layer")
        }
        let path = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            let count = buffer.baseAddress.map { readlink("/proc/self/exe", $0, buffer.count) } ?? 0
            return String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return Unpacker(executable: path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/roost-layer")
    }

    /// The form in which layers are kept on this host.
    func layerForm() async -> LayerForm { .tree }

    /// Unpacks a layer's blob that is on the disk already.
    func unpack(
        _ blob: String, into output: LayerOutput, algorithm: Digest.Algorithm, _ what: String, for subject: String
    ) async throws -> LayerResult {
        switch output {
        case .tree(let path), .erofs(let path):
            let diffID = try await unpack(blob, as: .tree, into: path, algorithm: algorithm, what, for: subject)
            return LayerResult(diffID: diffID, bytes: 0, entries: 0)
        }
    }

    /// Fills `directory` with the archive in `file`, and returns the digest of the uncompressed stream. `what` names
    /// the archive in errors.
    func unpack(
        _ file: String, as form: Form, into directory: String, algorithm: Digest.Algorithm, _ what: String,
        for subject: String
    ) async throws -> Digest {
        try await onOwnThread { cancellation in
            do {
                let input = try OwnedDescriptor(open: file)
                var process = try UnpackProcess(
                    self, form, directory, input: input.number, what: what, subject: subject)
                return try process.finish(algorithm, cancellation)
            } catch let error as KernelError {
                throw error.about(subject)
            }
        }
    }
}
