import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import OCI

extension RegistryClient {
    /// Turns what the network library throws into a reason that a user can act on.
    func failure(_ error: any Error, _ reference: Reference, _ subject: String) -> any Error {
        switch error {
        case is RegistryError, is CancellationError, is CredentialError: error
        case let error as HTTPClientError where error == .cancelled: CancellationError()
        default: RegistryError(reference, subject, reason(of: error))
        }
    }

    func reason(of error: any Error) -> RegistryError.Reason {
        switch error {
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first else {
                return .unreachable(detail: "its name can't be resolved")
            }
            return reason(of: first.error)
        case let error as IOError:
            return Self.connecting.contains(error.errnoCode)
                ? .unreachable(detail: Self.words(error.errnoCode)) : .broken(detail: Self.words(error.errnoCode))
        case is SocketAddressError, is SocketAddressError.UnknownHost:
            return .unreachable(detail: "its name can't be resolved")
        case let error as HTTPClientError: return reason(of: error)
        case ChannelError.connectTimeout: return .unreachable(detail: "no answer within \(limits.connectSeconds) s")
        case is NIOSSLExtraError: return .untrusted(detail: "its certificate is for another name")
        case let error as NIOSSLError: return reason(of: error)
        case let error as BoringSSLError: return Self.reason(of: error)
        case is HTTPParserError: return .broken(detail: "what it sends isn't HTTP")
        default: return .broken(detail: "TLS or HTTP failed")
        }
    }

    private func reason(of error: NIOSSLError) -> RegistryError.Reason {
        switch error {
        case .handshakeFailed(let inner): Self.reason(of: inner)
        case .uncleanShutdown: .broken(detail: "it closed the connection")
        case .unableToValidateCertificate: .untrusted(detail: "its certificate can't be verified")
        default: .broken(detail: "TLS failed")
        }
    }

    private static func reason(of error: BoringSSLError) -> RegistryError.Reason {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return .untrusted(
                detail: "its certificate isn't signed by an authority that this host trusts, or is out of date")
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return .unreachable(detail: "it doesn't speak TLS")
        }
        if text.contains("eofDuringHandshake") || text.contains("EOF") {
            return .broken(detail: "it closed the connection")
        }
        return .untrusted(detail: "no agreement on TLS")
    }

    private func reason(of error: HTTPClientError) -> RegistryError.Reason {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            .unreachable(detail: "no answer within \(limits.connectSeconds) s")
        case .tlsHandshakeTimeout: .unreachable(detail: "it doesn't speak TLS")
        case .readTimeout, .deadlineExceeded, .writeTimeout: .timedOut
        case .remoteConnectionClosed, .uncleanShutdown: .broken(detail: "it closed the connection")
        case .emptyHost, .invalidURL, .emptyScheme: .unreachable(detail: "its address isn't valid")
        case .proxyAuthenticationRequired: .unreachable(detail: "the proxy wants a login")
        case .invalidProxyResponse: .unreachable(detail: "the proxy refuses")
        default: .broken(detail: error.shortDescription)
        }
    }

    /// Failures to connect, against failures of a connection that stood.
    private static let connecting: Set<CInt> = [
        ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, ETIMEDOUT, EADDRNOTAVAIL,
    ]

    private static func words(_ errno: CInt) -> String {
        String(cString: strerror(errno)).lowercased()
    }
}
