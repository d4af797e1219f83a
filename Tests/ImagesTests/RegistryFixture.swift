import Glibc
public import Images
import Kernel
public import Registries
import Testing

extension RegistryClient: ImageRegistry {}

/// Debian's docker-registry on a port of its own.
final class RegistryFixture: Sendable {
    static let program = "/usr/bin/docker-registry"
    static let skopeo = "/usr/bin/skopeo"
    static let isInstalled = Files.exists(program) && Files.exists(skopeo) && Workbench.isRoot

    let address: String
    let storage: String
    /// A line for each request.
    private let log: String
    private let process: ProcessDescriptor

    init(_ bench: Workbench) throws {
        let port = try Self.freePort()
        address = "127.0.0.1:\(port)"
        storage = "\(bench.path)/registry"
        let configuration = """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: \(storage)}, delete: {enabled: true}}
            http: {addr: "\(address)"}
            """
        try Files.replace("\(bench.path)/registry.yml", with: Array(configuration.utf8))
        log = "\(bench.path)/registry.log"
        let output = try OwnedDescriptor(open: log, [.writeOnly, .create], mode: 0o644)
        var spawn = Spawn(Self.program, [Self.program, "serve", "\(bench.path)/registry.yml"])
        spawn.standardStreams = (nil, output.number, nil)
        process = try ProcessDescriptor(pid: try spawn.start())
        let deadline = ContinuousClock.now + .seconds(20)
        while !Self.answers(port) {
            guard ContinuousClock.now < deadline else { throw KernelError("start", Self.program, errno: ETIMEDOUT) }
            usleep(10_000)
        }
    }

    deinit {
        stop()
    }

    /// How often blobs were asked for, by digest.
    func blobRequests() throws -> [String: Int] {
        let lines = try Files.readText(log).split(separator: "\n").filter { $0.contains("\"GET ") }
        return lines.reduce(into: [:]) { counts, line in
            guard let start = line.firstRange(of: "/blobs/")?.upperBound else { return }
            counts[String(line[start...].prefix { $0 != " " }), default: 0] += 1
        }
    }

    /// `try?`: it may have been stopped before.
    func stop() {
        try? process.signal(SIGKILL)
        _ = try? process.reap(blocking: true)
    }

    /// Pushes an image of a layout.
    func push(_ layout: String, _ tag: String, as name: String) throws {
        let output = try Workbench.run(
            Self.skopeo,
            [
                "--insecure-policy", "copy", "--dest-tls-verify=false", "--preserve-digests", "--all",
                "oci:\(layout):\(tag)",
                "docker://\(address)/\(name)",
            ])
        try #require(output.code == 0, "\(output.text)")
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func socket<Result>(
        _ address: sockaddr_in, _ body: (Int32, UnsafeMutablePointer<sockaddr>) -> Result
    ) -> Result {
        let number = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = address
        return withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(number, $0) }
        }
    }

    private static let size = socklen_t(MemoryLayout<sockaddr_in>.size)

    private static func freePort() throws -> UInt16 {
        let port = socket(address(0)) { number, place -> UInt16 in
            var length = size
            guard bind(number, place, size) == 0, getsockname(number, place, &length) == 0 else { return 0 }
            return place.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
        }
        return try #require(port == 0 ? nil : port)
    }

    private static func answers(_ port: UInt16) -> Bool {
        socket(address(port)) { connect($0, $1, size) == 0 }
    }
}
