import Glibc
import Images
import Kernel
import OCI
import Synchronization

/// A directory of one test's own, with the programs that the test needs.
final class Workbench: Sendable {
    let path: String

    init() throws {
        path = "/tmp/roost-images-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        try Files.makeDirectories(path)
    }

    deinit {
        // Only the test's own directory; what can't be removed is a leftover in /tmp.
        _ = try? Self.run("/bin/rm", ["-rf", path])
    }

    /// `roost-layer`, beside the test's own executable.
    static let layerExecutable: String = {
        let path = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            let count = buffer.baseAddress.map { readlink("/proc/self/exe", $0, buffer.count) } ?? 0
            return String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" } + "/roost-layer"
    }()

    /// `roost`, where it is built.
    static let roost = String(layerExecutable.dropLast("-layer".count))

    static let isRoot = geteuid() == 0

    func store(_ name: String = "root", host: Platform = .host) throws -> ImageStore {
        try ImageStore(root: "\(path)/\(name)", layerExecutable: Self.layerExecutable, host: host)
    }

    /// A file of a layer, in whichever form it is kept.
    func text(_ name: String, in layer: StoredLayer) throws -> String {
        guard layer.form == .erofs else { return try Files.readText("\(layer.path)/\(name)") }
        let directory = "\(path)/extracted-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let output = try Self.run("/usr/bin/fsck.erofs", ["--extract=\(directory)", layer.path])
        guard output.code == 0 else { throw KernelError("extract \(output.text) from", layer.path, errno: EIO) }
        return try Files.readText("\(directory)/\(name)")
    }

    struct Output: Sendable {
        let code: Int32
        let text: String
    }

    /// Runs a program to its end, within a minute.
    @discardableResult
    static func run(_ program: String, _ arguments: [String]) throws -> Output {
        let pipe = try OwnedDescriptor.pipe()
        var spawn = Spawn(program, [program] + arguments)
        spawn.standardStreams = (nil, pipe.writing.number, pipe.writing.number)
        let process = try ProcessDescriptor(pid: try spawn.start())
        let text = try pipe.intoReading().readAll()
        guard try process.waitForEnd(milliseconds: 60_000), let ending = try process.reap(blocking: true) else {
            try process.signal(SIGKILL)
            return Output(code: -1, text: "timed out")
        }
        return Output(code: ending.code, text: String(decoding: text, as: UTF8.self))
    }
}

/// An image layout that a test writes.
struct LayoutFixture {
    let path: String
    private(set) var index = Index()

    init(_ path: String) throws {
        self.path = path
        try Files.makeDirectories("\(path)/blobs/sha256")
        try Files.replace("\(path)/oci-layout", with: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
    }

    func blob(_ bytes: [UInt8], _ type: MediaType) throws -> Descriptor {
        let digest = Digest.sha256(of: bytes)
        try Files.replace("\(path)/blobs/sha256/\(digest.hex)", with: bytes)
        return Descriptor(mediaType: type, digest: digest, size: Int64(bytes.count))
    }

    /// Adds an image with uncompressed layers. `diffIDs` are the true ones unless given.
    @discardableResult
    mutating func add(
        _ layers: [[UInt8]], tag: String?, platform: Platform = .host, listed: Platform? = nil,
        diffIDs: [Digest]? = nil
    ) throws -> Descriptor {
        let configuration = ImageConfiguration(
            platform: platform, config: ContainerDefaults(environment: ["A=1"], command: ["/bin/sh"]),
            diffIDs: diffIDs ?? layers.map { Digest.sha256(of: $0) })
        let config = try blob(try configuration.json(), .configuration)
        let manifest = Manifest(config: config, layers: try layers.map { try blob($0, .layer) })
        var entry = try blob(try manifest.json(), .manifest)
        entry.platform = listed
        if let tag { entry.annotations = [Annotation.referenceName: tag] }
        index.manifests.append(entry)
        try write()
        return entry
    }

    /// Puts all images so far behind one index with a tag.
    mutating func bundle(tag: String) throws {
        var entry = try blob(try index.json(), .index)
        entry.annotations = [Annotation.referenceName: tag]
        index.manifests = [entry]
        try write()
    }

    private func write() throws {
        try Files.replace("\(path)/index.json", with: try index.json())
    }
}

/// Layers for tests.
enum LayerFixture {
    static func files(_ names: [String: String]) -> [UInt8] {
        var tar = TarBuilder()
        for (name, content) in names.sorted(by: { $0.key < $1.key }) { tar.add(name, .file, content) }
        return tar.archive
    }

    static let base = files(["etc/hostname": "base\n", "bin/tool": "#!/bin/sh\n"])
    static let top = files(["etc/extra": "top\n"])
}

/// Counts from any task.
final class Counter: Sendable {
    private let count = Mutex(0)

    /// Adds one, and returns the new count.
    @discardableResult
    func add() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }

    var value: Int { count.withLock { $0 } }
}
