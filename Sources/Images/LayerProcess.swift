import Glibc
import Kernel
import OCI

/// Where a layer's content goes.
enum LayerOutput: Sendable {
    /// An EROFS image: a file that doesn't exist yet.
    case erofs(path: String)
    /// A directory that exists and is empty.
    case tree(path: String)
}

/// What came out of a layer's blob.
struct LayerResult: Sendable, Equatable {
    /// Digest of the uncompressed stream.
    let diffID: Digest
    /// Bytes of the uncompressed stream.
    let bytes: Int64
    /// Entries of the archive.
    let entries: Int
}

/// A layer on its way from blob to content. The blob is handed over as it comes; the process that unpacks it is ended
/// and waited for when this value goes.
struct LayerProcess: ~Copyable {
    private let unpacker: Unpacker
    private let output: LayerOutput
    private let algorithm: Digest.Algorithm
    private let what: String
    private let subject: String
    private let blob: String
    private let file: OwnedDescriptor

    /// - Parameters:
    ///   - algorithm: of the digest that the result has.
    ///   - what: names the layer in errors.
    ///   - subject: the image that it is for.
    static func start(
        _ unpacker: Unpacker, into output: LayerOutput, algorithm: Digest.Algorithm, _ what: String,
        for subject: String
    ) throws -> LayerProcess {
        try LayerProcess(unpacker, output, algorithm, what, subject)
    }

    private init(
        _ unpacker: Unpacker, _ output: LayerOutput, _ algorithm: Digest.Algorithm, _ what: String, _ subject: String
    ) throws {
        self.unpacker = unpacker
        self.output = output
        self.algorithm = algorithm
        self.what = what
        self.subject = subject
        switch output {
        case .erofs(let path), .tree(let path): blob = "\(path).blob"
        }
        do throws(KernelError) {
            file = try OwnedDescriptor(open: blob, [.writeOnly, .create, .truncate])
        } catch {
            throw error.about(subject)
        }
    }

    deinit {
        unlink(blob)
    }

    /// Hands the next piece of the blob over. Waits while the process is slower than its source.
    mutating func write(_ piece: UnsafeRawBufferPointer) async throws {
        do throws(KernelError) {
            try StoreFiles.write(piece, to: file, path: blob)
        } catch {
            throw error.about(subject)
        }
    }

    /// Everything was handed over: returns when the content is whole.
    mutating func finish() async throws -> LayerResult {
        try await unpacker.unpack(blob, into: output, algorithm: algorithm, what, for: subject)
    }
}
