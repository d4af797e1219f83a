public import OCI

/// Why a registry didn't give what it was asked for.
public struct RegistryError: Error, Sendable, CustomStringConvertible {
    /// The reason, in kinds that a caller may tell apart.
    public enum Reason: Sendable, Hashable {
        /// Nobody answers at the address, or the name has none.
        case unreachable(detail: String)
        /// There was an answer at first, then silence.
        case timedOut
        /// The connection broke, or what came isn't HTTP.
        case broken(detail: String)
        /// The registry has no such image or blob.
        case notFound
        /// The registry wants credentials, or those aren't enough.
        case unauthorized
        /// The registry refuses with another status; `detail` is its own explanation.
        case refused(status: UInt, detail: String)
        /// The content isn't what its digest says.
        case digestMismatch(expected: Digest, actual: Digest)
        /// The content is longer or shorter than announced.
        case sizeMismatch(expected: Int64, atLeast: Int64)
        /// A document is longer than any sound one.
        case tooLarge(limit: Int)
        /// A document can't be understood.
        case malformed(detail: String)
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

    public var description: String { "image \(reference.familiar): \(explanation)" }

    private var explanation: String {
        let registry = reference.registry
        return switch reason {
        case .unreachable(let detail):
            "registry \(registry) can't be reached (\(detail)); check that it runs, and its address"
        case .timedOut: "registry \(registry) stopped answering while sending the \(subject); try again"
        case .broken(let detail): "the connection to registry \(registry) broke (\(detail)); try again"
        case .notFound:
            "registry \(registry) has no \(subject == "manifest" ? "such image" : subject); check name and tag"
        case .unauthorized:
            "registry \(registry) gives no access to \(reference.repository); it does not exist or needs a login"
        case .refused(let status, let detail):
            "registry \(registry) refuses the \(subject) with status \(status)" + (detail.isEmpty ? "" : ": \(detail)")
        case .digestMismatch(let expected, let actual):
            "registry \(registry) sent a wrong \(subject): expected \(expected), got \(actual)"
        case .sizeMismatch(let expected, let size):
            "registry \(registry) sent a wrong \(subject): expected \(expected) bytes, got \(size) or more"
        case .tooLarge(let limit): "the \(subject) that registry \(registry) sent is larger than \(limit) bytes"
        case .malformed(let detail): "the \(subject) that registry \(registry) sent is unusable: \(detail)"
        }
    }
}
