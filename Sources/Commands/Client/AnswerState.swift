import NIOCore
import NIOHTTP1

/// How far an answer has come.
enum AnswerState {
    case waiting
    case reading
    /// A status of 400 and above, and what its body says so far.
    case refused([UInt8], status: UInt)
    case complete
    case completelyRefused([UInt8], status: UInt)

    /// A refusal says little; the rest of a long one is dropped.
    private static let longestRefusal = 64 << 10

    var begun: Bool {
        if case .waiting = self { false } else { true }
    }

    /// Nothing more is to come. The connection may stay open.
    var isOver: Bool {
        switch self {
        case .complete, .completelyRefused: true
        case .waiting, .reading, .refused: false
        }
    }

    /// Takes the next part, and returns what belongs to the body of an answer that wasn't refused.
    mutating func accept(_ part: HTTPClientResponsePart) throws -> ByteBuffer? {
        switch (self, part) {
        case (_, .head(let head)):
            self = head.status.code >= 400 ? .refused([], status: head.status.code) : .reading
        case (.refused(var bytes, let status), .body(let chunk)):
            bytes.append(contentsOf: chunk.readableBytesView.prefix(Self.longestRefusal - bytes.count))
            self = .refused(bytes, status: status)
        case (_, .body(let chunk)): return chunk
        case (.refused(let bytes, let status), .end): self = .completelyRefused(bytes, status: status)
        case (_, .end): self = .complete
        }
        return nil
    }
}
