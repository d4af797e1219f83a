import Crypto

/// The name of some content: its checksum, in the `algorithm:hex` form of the OCI image specification.
public struct Digest: Hashable, Sendable, LosslessStringConvertible {
    /// The checksums that the OCI image specification registers.
    public enum Algorithm: String, Hashable, Sendable, CaseIterable {
        case sha256
        case sha512

        /// How many hexadecimal digits a checksum has.
        var digits: Int {
            switch self {
            case .sha256: 64
            case .sha512: 128
            }
        }
    }

    /// Which checksum it is.
    public let algorithm: Algorithm
    /// The checksum in lower-case hexadecimal digits; safe as a file name.
    public let hex: String

    /// Reads `sha256:…` or `sha512:…`.
    public init(parsing text: String) throws(DigestError) {
        guard let colon = text.firstIndex(of: ":") else {
            throw DigestError(text: text, problem: .noAlgorithm)
        }
        guard let algorithm = Algorithm(rawValue: String(text[..<colon])) else {
            throw DigestError(text: text, problem: .unknownAlgorithm)
        }
        let hex = text[text.index(after: colon)...]
        let lowerHex = hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard hex.utf8.count == algorithm.digits, lowerHex else {
            throw DigestError(text: text, problem: .badHex(expected: algorithm.digits))
        }
        self.init(algorithm: algorithm, hex: String(hex))
    }

    public init?(_ description: String) {
        guard let digest = try? Digest(parsing: description) else { return nil }  // The caller asked for no reason.
        self = digest
    }

    private init(algorithm: Algorithm, hex: String) {
        self.algorithm = algorithm
        self.hex = hex
    }

    fileprivate init(algorithm: Algorithm, checksum: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(algorithm.digits)
        for byte in checksum {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        self.init(algorithm: algorithm, hex: String(decoding: text, as: UTF8.self))
    }

    /// The sha256 digest of `bytes`.
    public static func sha256(of bytes: [UInt8]) -> Digest {
        Digest(algorithm: .sha256, checksum: SHA256.hash(data: bytes))
    }

    /// The digest of `bytes` with `algorithm`.
    public static func of(_ bytes: [UInt8], algorithm: Algorithm) -> Digest {
        var hasher = DigestHasher(algorithm)
        bytes.withUnsafeBytes { hasher.update($0) }
        return hasher.finalize()
    }

    public var description: String { "\(algorithm.rawValue):\(hex)" }

    /// The first twelve digits, as people read them.
    public var short: String { String(hex.prefix(12)) }
}

extension Digest: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            self = try Digest(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Computes a digest of content that comes in pieces.
public struct DigestHasher: Sendable {
    private enum State: Sendable {
        case sha256(SHA256)
        case sha512(SHA512)
    }

    private var state: State

    /// Starts with nothing hashed.
    public init(_ algorithm: Digest.Algorithm = .sha256) {
        switch algorithm {
        case .sha256: state = .sha256(SHA256())
        case .sha512: state = .sha512(SHA512())
        }
    }

    /// Adds the next piece.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .sha256(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha256(hash)
        case .sha512(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha512(hash)
        }
    }

    /// The digest of everything so far.
    public func finalize() -> Digest {
        switch state {
        case .sha256(let hash): Digest(algorithm: .sha256, checksum: hash.finalize())
        case .sha512(let hash): Digest(algorithm: .sha512, checksum: hash.finalize())
        }
    }
}

/// Why some text is no digest.
public struct DigestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        case noAlgorithm
        case unknownAlgorithm
        case badHex(expected: Int)
    }

    /// What was read.
    public let text: String
    /// What is wrong with it.
    public let problem: Problem

    public var description: String {
        let reason =
            switch problem {
            case .noAlgorithm: "it has no algorithm in front, as in sha256:…"
            case .unknownAlgorithm: "its algorithm is not sha256 or sha512"
            case .badHex(let expected):
                "it needs exactly \(expected) lower-case hexadecimal digits after the colon"
            }
        return "\"\(oneLine(text.prefix(160)))\" is not a digest: \(reason)"
    }
}
