public import OCI

/// Why a registry didn't give or take what it was asked to.
public struct RegistryError: Error, Sendable, CustomStringConvertible {
    /// The reason, in kinds that a caller may tell apart.
    public enum Reason: Sendable, Hashable {
        /// Nobody answers at the address, or the name has none.
        case unreachable(detail: String)
        /// The registry can't prove that it is the one that was meant.
        case untrusted(detail: String)
        /// There was an answer at first, then silence.
        case timedOut
        /// The connection broke, or what came isn't HTTP.
        case broken(detail: String)
        /// The registry has no such image or blob.
        case notFound
        /// The registry wants credentials, or those aren't enough.
        case unauthorized
        /// The registry doesn't accept the user's name and password.
        case wrongCredentials
        /// The host's configuration forbids images whose name begins so.
        case blocked(prefix: String)
        /// The registry answers no more requests for now; `seconds` is what it asks to wait.
        case rateLimited(seconds: Int64?, detail: String)
        /// The registry refuses with another status; `detail` is its own explanation.
        case refused(status: UInt, detail: String)
        /// The content isn't what its digest says.
        case digestMismatch(expected: Digest, actual: Digest)
        /// The content is longer or shorter than announced.
        case sizeMismatch(expected: Int64, atLeast: Int64)
        /// A document is longer than any sound one.
        case tooLarge(limit: Int)
        /// A document or an answer can't be understood.
        case malformed(detail: String)
        /// The file that is to be sent can't be read, or isn't what it should be.
        case unreadable(path: String, detail: String)
    }

    /// The image that was asked for.
    public let reference: Reference
    /// What was asked for: `manifest`, or `blob sha256:…`.
    public let subject: String
    /// Why it didn't come.
    public let reason: Reason

    init(_ reference: Reference, _ subject: String, _ reason: Reason) {
        self.reference = reference
        self.subject = subject
        self.reason = reason
    }

    /// Whether another attempt may do better.
    var isPassing: Bool {
        switch reason {
        case .timedOut, .broken, .rateLimited: true
        case .refused(let status, _): RetryPolicy.isPassing(status)
        default: false
        }
    }

    /// The pause that the registry asked for.
    var askedPause: Duration? {
        if case .rateLimited(let seconds?, _) = reason { .seconds(seconds) } else { nil }
    }

    public var description: String {
        let what = subject == Self.login ? "login to \(reference.registry)" : "image \(reference.familiar)"
        return oneLine("\(what): \(explanation)")
    }

    /// The subject of a login, which is about no image.
    static let login = "login"

    private var explanation: String {
        let registry = reference.registry
        return switch reason {
        case .unreachable(let detail):
            "registry \(registry) can't be reached (\(detail)); check that it runs, and its address"
        case .untrusted(let detail):
            "registry \(registry) isn't trusted (\(detail)); check its address, or put its authority into "
                + "/etc/docker/certs.d/\(registry)/ca.crt"
        case .timedOut: "registry \(registry) stopped answering while sending the \(subject); try again"
        case .broken(let detail): "the connection to registry \(registry) broke (\(detail)); try again"
        case .notFound where subject == Self.login: "\(registry) is no registry; check the address"
        case .notFound:
            "registry \(registry) has no \(subject == "manifest" ? "such image" : subject); check name and tag"
        case .unauthorized where subject == Self.login: "registry \(registry) gives no access to this user"
        case .unauthorized:
            "registry \(registry) gives no access to \(reference.repository); it does not exist or needs a login "
                + "(roost login)"
        case .wrongCredentials: "registry \(registry) doesn't accept the user name or the password; log in again"
        case .blocked(let prefix): "images of \(prefix) are blocked by this host's registries.conf"
        case .rateLimited(let seconds, let detail):
            "registry \(registry) answers no more requests for now" + (detail.isEmpty ? "" : " (\(detail))")
                + "; try again " + (seconds.map { "in \($0) s" } ?? "later") + ", or log in for a higher limit"
        case .refused, .digestMismatch, .sizeMismatch, .tooLarge, .malformed, .unreadable: aboutContent
        }
    }

    private var aboutContent: String {
        let registry = reference.registry
        return switch reason {
        case .refused(let status, let detail):
            "registry \(registry) refuses the \(subject) with status \(status)" + (detail.isEmpty ? "" : ": \(detail)")
        case .digestMismatch(let expected, let actual):
            "registry \(registry) sent a wrong \(subject): expected \(expected), got \(actual)"
        case .sizeMismatch(let expected, let size):
            "registry \(registry) sent a wrong \(subject): expected \(expected) bytes, got \(size) or more"
        case .tooLarge(let limit): "the \(subject) that registry \(registry) sent is larger than \(limit) bytes"
        case .malformed(let detail): "the \(subject) that registry \(registry) sent is unusable: \(detail)"
        case .unreadable(let path, let detail): "\(path) can't be sent as \(subject): \(detail)"
        default: "\(reason)"
        }
    }
}
