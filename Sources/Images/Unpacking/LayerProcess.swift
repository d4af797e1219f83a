import Blocking
import CLinux
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

/// A layer on its way from blob to content. The blob is handed over as it comes; the process that unpacks it is ended
/// and waited for when this value goes.
struct LayerProcess: ~Copyable {
    private let process: UnpackProcess
    private let output: LayerOutput
    private let limits: Unpacker.Limits
    private let what: String
    private let subject: String
    private var input: OwnedDescriptor?
    /// The other end of `input`: while it is open here, the process's end isn't a signal to this one.
    private let kept: OwnedDescriptor

    /// - Parameters:
    ///   - algorithm: of the digest that the result has.
    ///   - what: names the layer in errors.
    ///   - subject: the image that it is for.
    static func start(
        _ unpacker: Unpacker, into output: LayerOutput, algorithm: Digest.Algorithm, _ what: String,
        for subject: String
    ) throws -> LayerProcess {
        do {
            return try LayerProcess(unpacker, output, algorithm, what, subject)
        } catch let error as KernelError {
            throw error.about(subject)
        }
    }

    private init(
        _ unpacker: Unpacker, _ output: LayerOutput, _ algorithm: Digest.Algorithm, _ what: String, _ subject: String
    ) throws {
        let pipe = try OwnedDescriptor.pipe()
        try pipe.writing.setNonBlocking(true)
        // A larger pipe lets both sides run side by side; without it they only take turns more often. 1031 is
        // F_SETPIPE_SZ, which the C library shows under _GNU_SOURCE only.
        _ = clinux_fcntl(pipe.writing.number, 1031, 1 << 20)
        let started = try unpacker.start(output, algorithm, input: pipe.reading.number, what, for: subject)
        let duplicate = try pipe.reading.duplicate()
        process = started
        kept = duplicate
        input = pipe.intoWriting()
        limits = unpacker.limits
        self.output = output
        self.what = what
        self.subject = subject
    }

    /// Hands the next piece of the blob over. Waits while the process is slower than its source.
    mutating func write(_ piece: UnsafeRawBufferPointer) async throws {
        var rest = piece
        var waited = Duration.zero
        while !rest.isEmpty {
            guard let number = input?.number else { return }
            let count = Glibc.write(number, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                waited = .zero
                continue
            }
            switch lastError() {
            case EINTR: continue
            case EAGAIN: break
            default: throw KernelError("hand over", what, errno: lastError()).about(subject)
            }
            // It refused the archive: what it says is the error.
            if try process.hasEnded() { _ = try await finish() }
            guard waited < .seconds(limits.idleSeconds) else {
                throw ImageError(subject, .unpackTimedOut(subject: what, seconds: limits.idleSeconds))
            }
            // A pipe with one free page is ready already; short against what is in it, a pause moves many at once.
            try await Task.sleep(for: .milliseconds(1))
            waited += .milliseconds(1)
        }
    }

    /// Everything was handed over: returns when the content is whole.
    mutating func finish() async throws -> LayerResult {
        input = nil
        let (process, output, subject) = (process, output, subject)
        return try await onOwnThread { cancellation in
            do {
                let result = try process.finish(cancellation)
                if case .erofs(let path) = output { try Files.seal(path) }
                return result
            } catch let error as KernelError {
                throw error.about(subject)
            }
        }
    }
}
