import Erofs
import Glibc
import LayerReading

/// What the command line asks for.
struct Invocation {
    private enum Form {
        case erofs
        case tree(String)
        case archive(String)
    }

    private let form: Form
    private let algorithm: StreamHash
    /// An archive that a user has, and no layer: bzip2 and xz will do.
    private var anyCompression = false

    /// The largest image, and the largest files of a tree together, in bytes.
    private static let mostWritten: UInt64 = 128 << 30

    init(_ arguments: [String]) throws(UnpackError) {
        let isImage = arguments.dropFirst().first?.hasSuffix("erofs") ?? false
        let name = arguments.dropFirst(isImage ? 2 : 3).first ?? "sha256"
        guard arguments.count >= 3, arguments.count <= 4, let algorithm = StreamHash(rawValue: name) else {
            throw .usage
        }
        self.algorithm = algorithm
        switch arguments[1] {
        case "erofs" where arguments.count == 3: form = .erofs
        case "tree": form = .tree(arguments[2])
        case "files-erofs" where arguments.count == 3: (form, anyCompression) = (.erofs, true)
        case "files-tree": (form, anyCompression) = (.tree(arguments[2]), true)
        case "archive" where arguments.count == 3: form = .archive(arguments[2])
        default: throw .usage
        }
    }

    func run() throws(UnpackError) {
        let confinement = Confinement()
        try confinement.prepare()
        let blob = BlobStream(descriptor: 0, limits: StreamLimits())
        // The reading thread is there before the filter, which forbids to make one, and works after it.
        let gate = try Gate()
        do throws(LayerError) {
            try blob.start(after: { gate.pass() })
        } catch {
            throw .layer(error)
        }
        switch form {
        case .erofs: try confinement.enterFilter(needsFiles: false)
        case .tree(let directory), .archive(let directory):
            try confinement.enter(directory)
            try confinement.enterFilter(needsFiles: true)
        }
        gate.open()
        let stream = HashedStream(blob, algorithm) { say("read \($0)", on: 1) }
        do throws(LayerError) {
            try report(try build(stream), stream.count)
        } catch {
            throw .layer(error)
        }
    }

    private func build(_ stream: HashedStream) throws(LayerError) -> LayerSummary {
        switch form {
        case .erofs:
            var builder = try LayerBuilder(try ImageWriter(descriptor: 3, limit: Self.mostWritten))
            return try builder.build(stream, anyCompression: anyCompression)
        case .tree:
            var builder = try LayerBuilder(try TreeWriter(metadata: .everything, limit: Self.mostWritten))
            return try builder.build(stream, anyCompression: anyCompression)
        case .archive:
            var builder = try ImageArchiveBuilder(try TreeWriter(metadata: .permissions, limit: Self.mostWritten))
            return try builder.build(stream)
        }
    }

    private func report(_ summary: LayerSummary, _ count: UInt64) throws(LayerError) {
        let digits = Array("0123456789abcdef".utf8)
        let hex = String(
            decoding: summary.digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        say("done \(algorithm.rawValue):\(hex) \(count) \(summary.entries) \(summary.written)", on: 1)
    }
}

/// Holds a thread back until it is opened.
///
/// `@unchecked Sendable`: the pointer never changes, and a mutex is made for several threads.
private final class Gate: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() throws(UnpackError) {
        let result = pthread_mutex_init(mutex, nil)
        guard result == 0 else { throw .confinement(step: "making a mutex", errno: result) }
        pthread_mutex_lock(mutex)
    }

    func open() { pthread_mutex_unlock(mutex) }

    func pass() {
        pthread_mutex_lock(mutex)
        pthread_mutex_unlock(mutex)
    }
}
