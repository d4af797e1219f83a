import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OCI
import Synchronization

/// The OCI distribution specification, as a client: pull, push, tags and referrers.
///
/// One client serves any number of transfers at once. `shutdown` has to be called before the last reference goes.
public final class RegistryClient: Sendable {
    /// Bounds on what a registry may do.
    public struct Limits: Sendable {
        /// Seconds until a connection has to stand.
        public var connectSeconds: Int64 = 10
        /// Seconds without a byte after which a transfer is given up.
        public var idleSeconds: Int64 = 60
        /// Seconds in which an answer has to begin.
        public var answerSeconds: Int64 = 60
        /// The least number of bytes a second, seen over `paceSeconds` of waiting.
        public var leastBytesPerSecond: Int64 = 1024
        /// Seconds over which the pace is looked at.
        public var paceSeconds: Int64 = 30
        /// The longest manifest or index, in bytes; the specification asks for at least 4 MB.
        public var manifestBytes = 4 << 20
        /// A blob of up to so many bytes is sent in one request; a larger one in such a way that it can be resumed.
        public var monolithicBytes: Int64 = 4 << 20
        /// The most bytes that are sent in one request of a larger blob.
        public var chunkBytes: Int64 = 1 << 30
        /// How much is read at once.
        var pieces = PieceSizes()

        public init() {}
    }

    let settings: RegistryConfiguration
    let limits: Limits
    let pacing: Pacing
    let transport: Transport
    let authorizations = AuthorizationCache()
    let schemes = Mutex<[String: KnownScheme]>([:])
    /// Mirrors that couldn't be reached, and until when they are left out.
    let absent = Mutex<[String: ContinuousClock.Instant]>([:])

    /// Makes a client on the process's shared event loops, with somebody's settings.
    public convenience init(
        configuration: RegistryConfiguration = RegistryConfiguration(), limits: Limits = Limits()
    ) {
        self.init(configuration: configuration, limits: limits, pacing: Pacing())
    }

    init(configuration: RegistryConfiguration, limits: Limits, pacing: Pacing) {
        settings = configuration
        self.limits = limits
        self.pacing = pacing
        transport = Transport(configuration, limits)
    }

    /// Closes all connections.
    public func shutdown() async throws {
        try await transport.shutdown()
    }
}

/// Time and chance, as the client sees them.
struct Pacing: Sendable {
    var policy = RetryPolicy()
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    var chance: @Sendable () -> Double = { Double.random(in: 0...1) }
}

/// How an authority is spoken to.
struct KnownScheme: Sendable {
    var scheme: String
    var verified: Bool
    /// Whether it has answered in this way.
    var isCertain: Bool

    /// Whether an administrator has waived encryption there.
    func isPlain(_ route: Route) -> Bool { scheme == "http" && route.isInsecure }
}
