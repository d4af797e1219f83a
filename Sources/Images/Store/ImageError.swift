import Glibc
public import Kernel
public import OCI

/// Why an image can't be had, kept or removed.
public struct ImageError: Error, Sendable, CustomStringConvertible {
    /// The reason, in kinds that a caller may tell apart.
    public enum Reason: Sendable, Equatable {
        /// The system refused something.
        case system(KernelError)
        /// No space is left where `path` is.
        case diskFull(path: String)
        /// Content isn't what its digest says.
        case digestMismatch(expected: Digest, actual: Digest)
        /// Content is longer or shorter than its descriptor says.
        case sizeMismatch(digest: Digest, expected: Int64, actual: Int64)
        /// A layer's content isn't what the image's configuration says.
        case layerMismatch(layer: Digest, expected: Digest, actual: Digest)
        /// A document can't be understood, or contradicts another one.
        case malformed(detail: String)
        /// The image isn't for this machine.
        case noPlatform(wanted: Platform, available: [Platform])
        /// A layout or an archive has no image of that name.
        case noSuchImage(tag: String?, available: [String])
        /// The store has no image that the name or id means.
        case unknown
        /// The beginning of an id means several images.
        case ambiguous(ids: [Digest])
        /// Something stands against it, in Docker's words.
        case conflict(detail: String)
        /// The image is of a kind that Roost doesn't take; `detail` is why.
        case unsupported(detail: String)
        /// A layer couldn't be unpacked; `detail` is the unpacking process's own line.
        case unpack(subject: String, detail: String)
        /// The unpacking process can't be started.
        case noUnpacker(KernelError)
        /// The unpacking process did nothing for too long.
        case unpackTimedOut(subject: String, seconds: Int)
        /// Content is larger than any sound one.
        case tooLarge(subject: String, limit: Int64)
    }

    /// The image, archive or store that it was about.
    public let subject: String
    /// Why it failed.
    public let reason: Reason

    init(_ subject: String, _ reason: Reason) {
        self.subject = subject
        self.reason = reason
    }

    public var description: String { oneLine("\(subject): \(explanation)") }

    private var explanation: String {
        switch reason {
        case .system(let error): error.description
        case .diskFull(let path): "no space is left on the disk that holds \(path); free some and try again"
        case .digestMismatch(let expected, let actual):
            "content was corrupted or forged: expected \(expected), got \(actual)"
        case .sizeMismatch(let digest, let expected, let actual):
            "\(digest) should have \(expected) bytes and has \(actual)"
        case .layerMismatch(let layer, let expected, let actual):
            "layer \(layer) unpacks to \(actual), but the image's configuration promises \(expected)"
        case .malformed(let detail): detail
        case .noPlatform(let wanted, let available):
            "there is no image for \(wanted), only for "
                + (available.isEmpty ? "nothing" : available.map(\.description).joined(separator: ", "))
        case .noSuchImage(let tag, let available):
            (tag.map { "it has no image \"\($0)\"" } ?? "it has no single image, so name one with :TAG")
                + "; it has " + (available.isEmpty ? "none" : available.prefix(20).joined(separator: ", "))
        case .unknown: "no such image"
        case .ambiguous(let ids):
            "the id is the beginning of several: " + ids.prefix(5).map(\.short).joined(separator: ", ")
        case .conflict(let detail), .unsupported(let detail): detail
        case .unpack(let subject, let detail): "\(subject) can't be unpacked: \(detail)"
        case .noUnpacker(let error):
            "\(error.description); roost-layer belongs beside roost, or in $ROOST_LIBEXEC"
        case .unpackTimedOut(let subject, let seconds): "\(subject): unpacking made no progress for \(seconds) s"
        case .tooLarge(let subject, let limit): "\(subject) is larger than \(limit) bytes"
        }
    }
}

extension ImageError {
    /// Something that it speaks of isn't there.
    var isMissingFile: Bool {
        if case .system(let error) = reason { return error.errno == ENOENT }
        return false
    }

    /// Bytes came that aren't what they should be.
    var isWrongContent: Bool {
        switch reason {
        case .digestMismatch, .sizeMismatch: true
        default: false
        }
    }

    /// The bytes are the right ones, and their content isn't.
    var isWrongLayer: Bool {
        if case .layerMismatch = reason { true } else { false }
    }
}
