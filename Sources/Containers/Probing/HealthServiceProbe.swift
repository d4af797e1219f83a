import Planning
import StackModel

/// The standard health service of gRPC (grpc/grpc, doc/health-checking.md) over HTTP/2 (RFC 9113), as far as one
/// question needs it. What headers the answer has is not read: the message itself says it.
enum HealthServiceProbe {
    private enum FrameType {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    static func request(port: UInt16, service: String) -> [UInt8] {
        // HPACK (RFC 7541): indexed fields of the static table, and literals that are not indexed.
        var head: [UInt8] = [0x83, 0x86]
        head += [0x04] + text("/grpc.health.v1.Health/Check")
        head += [0x01] + text("localhost:\(port)")
        head += [0x0f, 0x10] + text("application/grpc")
        head += [0x00] + text("te") + text("trailers")
        let name = Array(service.utf8)
        let message = name.isEmpty ? [] : [0x0a] + variable(UInt64(name.count)) + name
        let length = UInt32(clamping: message.count)
        let prefix: [UInt8] = [0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
        return preface + frame(FrameType.settings, 0, 0, []) + frame(FrameType.headers, 0x4, 1, head)
            + frame(FrameType.data, 0x1, 1, prefix + message)
    }

    /// Shorter than 127 bytes, not in Huffman's code.
    private static func text(_ text: String) -> [UInt8] { [UInt8(clamping: text.utf8.count)] + Array(text.utf8) }

    private static func variable(_ number: UInt64) -> [UInt8] {
        var rest = number
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ body: [UInt8]) -> [UInt8] {
        let count = body.count
        return [UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff), UInt8(count & 0xff), type, flags, 0, 0, 0, stream]
            + body
    }

    /// Reads what the server sends, piece by piece.
    struct Reader {
        private var pending: [UInt8] = []
        private var message: [UInt8] = []
        /// What has to be sent back.
        private(set) var replies: [UInt8] = []

        mutating func takeReplies() -> [UInt8] {
            defer { replies = [] }
            return replies
        }

        /// - Returns: the answer, once it is there.
        mutating func take(_ bytes: [UInt8]) -> ProbeAnswer? {
            pending += bytes
            while pending.count >= 9 {
                let length = Int(pending[0]) << 16 | Int(pending[1]) << 8 | Int(pending[2])
                // RFC 9113, 4.2: longer ones would have had to be agreed on.
                guard length <= HTTPProbe.longestAnswer else { return Self.failed("the answer is not HTTP/2") }
                guard pending.count >= 9 + length else { return nil }
                let head = Array(pending[..<9])
                let body = Array(pending[9..<9 + length])
                pending.removeFirst(9 + length)
                if let answer = take(head, body) { return answer }
            }
            return nil
        }

        private mutating func take(_ head: [UInt8], _ body: [UInt8]) -> ProbeAnswer? {
            let (type, flags, stream) = (head[3], head[4], head[8])
            switch type {
            case FrameType.settings where flags & 1 == 0:
                replies += HealthServiceProbe.frame(FrameType.settings, 1, 0, [])
            case FrameType.ping where flags & 1 == 0:
                replies += HealthServiceProbe.frame(FrameType.ping, 1, 0, body)
            case FrameType.data where stream == 1:
                message += flags & 8 == 0 ? body : Self.unpadded(body)
                if let answer = Self.answer(message) { return answer }
                if message.count > HTTPProbe.longestAnswer || flags & 1 != 0 { return Self.failed("no status came") }
            case FrameType.headers where stream == 1 && flags & 1 != 0:
                return Self.failed("no status came: the service may not be known, or not be there")
            case FrameType.reset, FrameType.goAway:
                return Self.failed("the server gave up")
            default: break
            }
            return nil
        }

        private static func unpadded(_ body: [UInt8]) -> [UInt8] {
            guard let padding = body.first, Int(padding) < body.count else { return [] }
            return Array(body.dropFirst().dropLast(Int(padding)))
        }

        /// A length-prefixed HealthCheckResponse.
        private static func answer(_ message: [UInt8]) -> ProbeAnswer? {
            guard message.count >= 5 else { return nil }
            let length = message[1..<5].reduce(0) { $0 << 8 | Int($1) }
            guard message.count - 5 >= length else { return nil }
            let content = message[5..<5 + length]
            let status = content.first == 0x08 ? content.dropFirst().first ?? 0 : 0
            let names: [UInt8: String] = [0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"]
            return ProbeAnswer(outcome: .exited(code: status == 1 ? 0 : 1), output: names[status] ?? "status \(status)")
        }

        private static func failed(_ text: String) -> ProbeAnswer {
            ProbeAnswer(outcome: .exited(code: 1), output: text)
        }
    }
}
