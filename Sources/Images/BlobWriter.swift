import Glibc
import Kernel
import OCI

/// Writes content that comes in pieces to a file, and tells at the end whether it is what its descriptor says.
struct BlobWriter: ~Copyable {
    private let file: OwnedDescriptor
    private let path: String
    private let descriptor: Descriptor
    private let subject: String
    private let progress: ImageProgressHandler
    private var hasher: DigestHasher
    private var received: Int64 = 0
    private var told: Int64 = 0

    /// Bytes between two reports of progress.
    private static let reportInterval: Int64 = 1 << 20

    init(
        _ path: String, _ descriptor: Descriptor, for subject: String, progress: @escaping ImageProgressHandler
    ) throws(ImageError) {
        do {
            file = try OwnedDescriptor(open: path, [.writeOnly, .create, .exclusive], mode: 0o644)
        } catch {
            throw error.about(subject)
        }
        self.path = path
        self.descriptor = descriptor
        self.subject = subject
        self.progress = progress
        hasher = DigestHasher(descriptor.digest.algorithm)
    }

    mutating func write(_ piece: UnsafeRawBufferPointer) throws(ImageError) {
        received += Int64(piece.count)
        guard received <= descriptor.size else { throw wrongSize }
        hasher.update(piece)
        do {
            try StoreFiles.write(piece, to: file, path: path)
        } catch {
            throw error.about(subject)
        }
        if received - told >= Self.reportInterval || received == descriptor.size {
            told = received
            progress(.downloading(layer: descriptor.digest, received: received, total: descriptor.size))
        }
    }

    /// Everything has come: is it the right thing?
    consuming func verify() throws(ImageError) {
        guard received == descriptor.size else { throw wrongSize }
        let actual = hasher.finalize()
        guard actual == descriptor.digest else {
            throw ImageError(subject, .digestMismatch(expected: descriptor.digest, actual: actual))
        }
    }

    private var wrongSize: ImageError {
        ImageError(subject, .sizeMismatch(digest: descriptor.digest, expected: descriptor.size, actual: received))
    }
}
