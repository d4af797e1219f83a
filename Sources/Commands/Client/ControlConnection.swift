import Glibc
import Kernel

/// One connection to the supervisor's socket: one request, one answer.
final class ControlConnection: Sendable {
    /// How long the supervisor may take to accept a connection, and to take the next part of a request.
    private static let sendingSeconds = 60
    private static let chunk = 64 << 10

    private let socket: UnixSocket

    /// `ClientError.nobodyListens` when there is no supervisor.
    init(_ socketPath: String, for request: String) throws(ClientError) {
        func failure(_ cause: ClientError.Cause) -> ClientError {
            ClientError(cause: cause, request: request, socketPath: socketPath)
        }
        do throws(KernelError) {
            socket = try UnixSocket(connectingTo: socketPath, timeoutSeconds: Self.sendingSeconds)
        } catch {
            switch error.errno {
            case ENOENT, ECONNREFUSED: throw failure(.nobodyListens)
            case EAGAIN: throw failure(.timedOut(seconds: Int64(Self.sendingSeconds)))
            case ENAMETOOLONG:
                throw failure(
                    .connecting("the path has more than \(UnixSocket.longestPath) bytes; choose a shorter --run-root"))
            default: throw failure(.connecting(error.reason))
            }
        }
    }

    /// The process that listens at the other end (`SO_PEERCRED`, `man 7 unix`); `nil` if the kernel doesn't tell.
    var peer: Int32? { socket.peer }

    /// The other end has gone.
    var isClosed: Bool {
        var entry = pollfd(fd: socket.descriptor.number, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// Sends a whole request; the descriptors go with its first byte.
    func send(_ message: [UInt8], descriptors: [Int32]) throws(KernelError) {
        var descriptors = descriptors
        var sent = 0
        while sent < message.count {
            sent += try socket.send(message[sent...], descriptors: descriptors)
            descriptors = []
        }
    }

    /// The next bytes of the answer; none at its end.
    ///
    /// - Throws: `CancellationError`; `KernelError` with `ETIMEDOUT` when nothing came until the deadline.
    func receive(until deadline: ContinuousClock.Instant?) async throws -> [UInt8] {
        try Task.checkCancellation()
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, used in
                count = recv(socket.descriptor.number, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                used = max(0, count)
            }
            if count >= 0 { return bytes }
            switch lastError() {
            case EINTR: continue
            case EAGAIN: try await Waiting.readable(socket.descriptor.number, until: deadline)
            default: throw KernelError("receive", "", errno: lastError())
            }
        }
    }
}
