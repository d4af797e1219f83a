import Blocking
import Glibc
import Kernel
import OCI

/// The process that parses archives, so that this one never does: `roost-layer`.
struct Unpacker: Sendable {
    /// Absolute path of the executable.
    let executable: String
    /// A directory on the file system of the store, for trying things out.
    var scratch = "/tmp"
    var limits = Limits()
    /// Archives that users have, and no layers: bzip2 and xz are read, too.
    var anyCompression = false

    struct Limits: Sendable {
        /// Seconds without a byte unpacked after which it is given up.
        var idleSeconds = 120
    }

    /// The one beside this executable, or in `ROOST_LIBEXEC`.
    static func beside() -> Unpacker {
        Unpacker(executable: InstalledPrograms.path("roost-layer"))
    }

    /// Unpacks a layer's blob that is on the disk already.
    func unpack(
        _ blob: String, into output: LayerOutput, algorithm: Digest.Algorithm, _ what: String, for subject: String
    ) async throws -> LayerResult {
        try await onOwnThread { cancellation in
            do {
                let input = try OwnedDescriptor(open: blob)
                let process = try start(output, algorithm, input: input.number, what, for: subject)
                let result = try process.finish(cancellation)
                if case .erofs(let path) = output { try Files.seal(path) }
                return result
            } catch let error as KernelError {
                throw error.about(subject)
            }
        }
    }

    /// Fills a directory with the files of an archive of images. `what` names the archive in errors. One that comes
    /// through a pipe may be as slow as whoever writes it.
    func unpack(archive: ArchiveInput, into directory: String, _ what: String, for subject: String) async throws {
        try await onOwnThread { cancellation in
            do {
                let input = try archive.open()
                var patient = self
                if try StoreFiles.status(of: input).st_mode & S_IFMT != S_IFREG { patient.limits.idleSeconds = 86_400 }
                let process = try UnpackProcess(
                    patient, ["archive", directory], input: input.number, output: nil, what: what, subject: subject)
                _ = try process.finish(cancellation)
            } catch let error as KernelError {
                throw error.about(subject)
            }
        }
    }

    /// Starts the process for a layer whose blob comes from `input`.
    func start(
        _ output: LayerOutput, _ algorithm: Digest.Algorithm, input: Int32, _ what: String, for subject: String
    ) throws -> UnpackProcess {
        switch output {
        case .tree(let path):
            return try UnpackProcess(
                self, [form("tree"), path, algorithm.rawValue], input: input, output: nil, what: what, subject: subject)
        case .erofs(let path):
            let file = try OwnedDescriptor(open: path, [.readWrite, .create, .exclusive], mode: 0o600)
            try Self.writePastCache(file)
            return try UnpackProcess(
                self, [form("erofs"), algorithm.rawValue], input: input, output: file.number, what: what,
                subject: subject)
        }
    }

    private func form(_ name: String) -> String { anyCompression ? "files-\(name)" : name }

    /// Lets an image's blocks go to the disk past the page cache, where the file system can do that: copying them there
    /// costs more than the disk does, and a container reads few of them. The first block, which is written again at the
    /// end, shows whether it can.
    private static func writePastCache(_ file: borrowing OwnedDescriptor) throws(KernelError) {
        guard try file.setDirect(true) else { return }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 4096)
        defer { block.deallocate() }
        block.initializeMemory(as: UInt8.self, repeating: 0)
        if pwrite(file.number, block.baseAddress, block.count, 0) != block.count { _ = try file.setDirect(false) }
    }
}
