import Glibc
import Kernel
import OCI
import Testing

@testable import Registries

/// A directory of one test's own.
final class Bench: Sendable {
    let path: String

    init() throws {
        path = "/tmp/roost-registries-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        try Files.makeDirectories(path)
    }

    deinit {
        // `try?`: what can't be removed is a leftover in /tmp.
        _ = try? Self.run("/bin/rm", ["-rf", path])
    }

    @discardableResult
    func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws -> String {
        let file = "\(path)/\(name)"
        if let slash = file.lastIndex(of: "/") { try Files.makeDirectories(String(file[..<slash])) }
        try Files.replace(file, with: Array(text.utf8), mode: mode)
        if mode & 0o111 != 0 { try awaitLastWriter(of: file) }
        return file
    }

    /// A process that another test spawns in this instant has a copy of each descriptor until it executes its program,
    /// and a file that somebody writes can't be executed (ETXTBSY). A read lease is given only when nobody writes.
    private func awaitLastWriter(of file: String) throws {
        let descriptor = try OwnedDescriptor(open: file)
        let setLease: Int32 = 1024  // F_SETLEASE (`man 2 fcntl`), which Glibc shows only with _GNU_SOURCE.
        for _ in 0..<5000 where fcntl(descriptor.number, setLease, F_RDLCK) != 0 { usleep(1000) }
        _ = fcntl(descriptor.number, setLease, F_UNLCK)
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
        // swift-format-ignore: for messages, where a replaced byte is no loss
        return Output(code: ending.code, text: String(decoding: text, as: UTF8.self))
    }

    /// A shell's lines in the directory, all of which have to succeed.
    func shell(_ lines: String) throws {
        let output = try Self.run("/bin/sh", ["-ec", "cd \(path)\n\(lines)"])
        try #require(output.code == 0, "\(output.text)")
    }
}

/// Debian's docker-registry on a port of its own.
final class LiveRegistry: Sendable {
    static let program = "/usr/bin/docker-registry"
    static let skopeo = "/usr/bin/skopeo"
    static let isInstalled = [program, skopeo, "/usr/bin/openssl"].allSatisfy(Files.exists)

    let address: String
    private let process: ProcessDescriptor

    /// `http` and `extra` are lines of the registry's configuration.
    init(_ bench: Bench, http: String = "", extra: String = "") throws {
        let port = try Self.freePort()
        address = "127.0.0.1:\(port)"
        let name = "registry-\(port)"
        let file = try bench.write(
            "\(name).yml",
            """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: \(bench.path)/\(name)}, delete: {enabled: true}}
            http: {addr: "\(address)"\(http.isEmpty ? "" : ", \(http)")}
            \(extra)

            """)
        let spawn = Spawn(Self.program, [Self.program, "serve", file])
        process = try ProcessDescriptor(pid: try spawn.start())
        let deadline = ContinuousClock.now + .seconds(20)
        while !Self.answers(port) {
            guard ContinuousClock.now < deadline else { throw KernelError("start", Self.program, errno: ETIMEDOUT) }
            usleep(10_000)
        }
    }

    deinit {
        // `try?`: it may have ended by itself.
        try? process.signal(SIGKILL)
        _ = try? process.reap(blocking: true)
    }

    private static let size = socklen_t(MemoryLayout<sockaddr_in>.size)

    private static func socket<Result>(
        _ port: UInt16, _ body: (Int32, UnsafeMutablePointer<sockaddr>) -> Result
    ) -> Result {
        let number = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(number, $0) }
        }
    }

    static func freePort() throws -> UInt16 {
        let port = socket(0) { number, place -> UInt16 in
            var length = size
            guard bind(number, place, size) == 0, getsockname(number, place, &length) == 0 else { return 0 }
            return place.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
        }
        return try #require(port == 0 ? nil : port)
    }

    private static func answers(_ port: UInt16) -> Bool {
        socket(port) { connect($0, $1, size) == 0 }
    }
}

/// An image made of noise, in files that can be sent.
struct NoiseImage {
    let layers: [(descriptor: Descriptor, file: String)]
    let configuration: (descriptor: Descriptor, file: String)
    let manifest: ManifestDocument

    init(_ bench: Bench, layers sizes: [Int], docker: Bool = false) throws {
        var random = SystemRandomNumberGenerator()
        func blob(_ bytes: [UInt8], _ type: MediaType) throws -> (Descriptor, String) {
            let digest = Digest.sha256(of: bytes)
            let file = "\(bench.path)/\(digest.hex)"
            try Files.replace(file, with: bytes)
            return (Descriptor(mediaType: type, digest: digest, size: Int64(bytes.count)), file)
        }
        layers = try sizes.map { size in
            var bytes = [UInt8](repeating: 0, count: size)
            for index in bytes.indices { bytes[index] = random.next() }
            return try blob(bytes, docker ? .dockerLayer : .layer)
        }
        let image = ImageConfiguration(platform: .host, diffIDs: layers.map(\.descriptor.digest))
        configuration = try blob(try image.json(), docker ? .dockerConfiguration : .configuration)
        var document = Manifest(config: configuration.descriptor, layers: layers.map(\.descriptor))
        if docker { document.mediaType = .dockerManifest }
        manifest = try ManifestDocument(bytes: try document.json(), mediaType: nil)
    }

    /// Sends what the repository lacks, and the manifest.
    func push(_ reference: Reference, with client: RegistryClient) async throws {
        for blob in layers + [configuration] {
            if try await client.hasBlob(blob.descriptor, in: reference) { continue }
            try await client.uploadBlob(blob.descriptor, file: blob.file, to: reference) { _ in }
        }
        try await client.putManifest(manifest, as: reference)
    }

    /// Fetches everything and compares it.
    func verify(_ reference: Reference, with client: RegistryClient) async throws {
        #expect(try await client.descriptor(of: reference) == manifest.descriptor)
        #expect(try await client.manifest(of: reference) == manifest)
        for blob in layers + [configuration] {
            var bytes: [UInt8] = []
            try await client.blob(blob.descriptor, of: reference) { bytes += $0 }
            #expect(Digest.sha256(of: bytes) == blob.descriptor.digest)
        }
    }
}
