import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Connections to registries: each request over the right proxy, with the right certificates.
///
/// The library has proxies for a whole client, so there is a client for each proxy in use.
final class Transport: Sendable {
    private let settings: RegistryConfiguration
    private let limits: RegistryClient.Limits

    private struct TrustKey: Hashable {
        let authority: String
        let verified: Bool
    }

    private struct State {
        var clients: [ProxySettings.Proxy?: HTTPClient] = [:]
        var trust: [TrustKey: TLSConfiguration?] = [:]
        var isClosed = false
    }
    private let state = Mutex(State())

    init(_ settings: RegistryConfiguration, _ limits: RegistryClient.Limits) {
        self.settings = settings
        self.limits = limits
    }

    /// Closes all connections.
    func shutdown() async throws {
        let clients = state.withLock { state in
            state.isClosed = true
            defer { state.clients = [:] }
            return Array(state.clients.values)
        }
        for client in clients { try await client.shutdown() }
    }

    /// Sends a request and gives back the beginning of the answer. Redirects are the caller's business.
    func send(_ request: WireRequest, verified: Bool) async throws -> HTTPClientResponse {
        guard let origin = Origin(request.url) else { throw HTTPClientError.invalidURL }
        let proxy = settings.proxies.proxy(scheme: origin.scheme, authority: origin.authority)
        guard let client = client(proxy) else { throw HTTPClientError.alreadyShutdown }
        var prepared = request.prepared()
        if origin.scheme == "https" {
            prepared.tlsConfiguration = try trust(origin.authority, verified)
        }
        // The answer to an upload begins when all of it has arrived.
        let seconds = limits.answerSeconds + request.body.count / limits.leastBytesPerSecond
        return try await client.execute(prepared, timeout: .seconds(min(seconds, 24 * 3600)))
    }

    /// Nil once it is closed.
    private func client(_ proxy: ProxySettings.Proxy?) -> HTTPClient? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            if let client = state.clients[proxy] { return client }
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration(proxy))
            state.clients[proxy] = client
            return client
        }
    }

    private func configuration(_ proxy: ProxySettings.Proxy?) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        // Certificates and permissions belong to one origin; the library doesn't know that of certificates.
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Layers side by side, each on a connection of its own: one flow-controlled connection for all is slower.
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(
            connect: .seconds(limits.connectSeconds), read: .seconds(limits.idleSeconds),
            write: .seconds(limits.idleSeconds))
        let pieces = limits.pieces
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture { try StatusCheck.add(to: channel) }
                .and(channel.setOption(.recvAllocator, value: pieces.allocator))
                .and(channel.setOption(.maxMessagesPerRead, value: pieces.perTurn)).map { _ in }
        }
        if let proxy {
            configuration.proxy =
                switch proxy.kind {
                case .socks: .socksServer(host: proxy.host, port: proxy.port)
                case .http:
                    .server(
                        host: proxy.host, port: proxy.port,
                        authorization: proxy.user.map {
                            .basic(username: $0, password: proxy.password ?? "")
                        })
                }
        }
        return configuration
    }

    /// Nil for the system's certificates.
    private func trust(_ authority: String, _ verified: Bool) throws(CredentialError) -> TLSConfiguration? {
        let key = TrustKey(authority: authority, verified: verified)
        if let known = state.withLock({ $0.trust[key] }) { return known }
        let files = try certificates(authority)
        let configuration =
            files == nil && verified && settings.authorityBundle == nil
            ? nil
            : try CertificateFiles.configuration(files, bundle: settings.authorityBundle, verified: verified)
        state.withLock { $0.trust[key] = .some(configuration) }
        return configuration
    }

    /// What an administrator has put aside for a registry.
    func certificates(_ authority: String) throws(CredentialError) -> CertificateFiles? {
        try CertificateFiles.find(authority, in: settings.certificateDirectories)
    }
}

/// How much is read from a connection at once, in bytes. Measured with three layers side by side on loopback: a quarter
/// of these sizes takes a third more processor time, larger ones bring nothing but memory.
struct PieceSizes: Sendable {
    var least = 64 << 10
    var first = 256 << 10
    var most = 512 << 10
    var perTurn: UInt = 4

    var allocator: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: least, initial: first, maximum: most)
    }
}
