import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import OCI

extension RegistryClient {
    /// Carries `body` out, and turns what the network library throws into a reason that a user can act on.
    func mapped<Result>(
        _ reference: Reference, _ subject: String, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as RegistryError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch {
            throw RegistryError(reference, subject, reason(of: error))
        }
    }

    private func reason(of error: any Error) -> RegistryError.Reason {
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
        case let error as HTTPClientError:
            return reason(of: error)
        case ChannelError.connectTimeout:
            return .unreachable(detail: "no answer within \(limits.connectSeconds) s")
        default:
            return .broken(detail: "TLS or HTTP failed")
        }
    }

    private func reason(of error: HTTPClientError) -> RegistryError.Reason {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            .unreachable(detail: "no answer within \(limits.connectSeconds) s")
        case .tlsHandshakeTimeout: .unreachable(detail: "it doesn't speak TLS")
        case .readTimeout, .deadlineExceeded, .writeTimeout: .timedOut
        case .remoteConnectionClosed, .uncleanShutdown: .broken(detail: "it closed the connection")
        case .redirectLimitReached, .redirectCycleDetected: .broken(detail: "it redirects without end")
        case .emptyHost, .invalidURL, .emptyScheme: .unreachable(detail: "its address isn't valid")
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
