/// The supervisor could not be talked to. What it *refuses* is a `Refusal`.
struct ClientError: Error, CustomStringConvertible {
    enum Cause: Equatable, Sendable {
        /// Nobody listens on the socket.
        case nobodyListens
        /// The connection ended before the answer began.
        case closedBeforeAnswer
        /// The connection ended before the answer's end.
        case closedInAnswer
        /// Not what the control API says.
        case badAnswer(String)
        case timedOut(seconds: Int64)
        case connecting(String)
    }

    var cause: Cause
    /// `GET /v1/stacks`.
    var request: String
    var socketPath: String

    var description: String {
        switch cause {
        case .nobodyListens: "no supervisor listens on \(socketPath)"
        case .closedBeforeAnswer: "the supervisor closed the connection without answering \(request); try again"
        case .closedInAnswer:
            "the supervisor ended while it was answering \(request); containers keep running, run the command again"
        case .badAnswer(let why): "the supervisor's answer to \(request) can't be read: \(why)"
        case .timedOut(let seconds): "the supervisor did not answer \(request) within \(seconds) s"
        case .connecting(let why): "connecting to the supervisor at \(socketPath) failed: \(why)"
        }
    }
}
