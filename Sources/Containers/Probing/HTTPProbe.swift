import Addressing
import ControlAPI
import Planning
import StackModel

/// What an http probe sends, and what it makes of the answer.
enum HTTPProbe {
    /// Whatever an answer holds beyond this isn't read. Bytes.
    static let longestAnswer = 16 << 10

    static func request(_ check: HTTPCheck) -> [UInt8] {
        let host = check.host.map { $0.family == .v6 ? "[\($0)]" : "\($0)" } ?? "localhost"
        let standard = [
            ("Host", "\(host):\(check.port)"), ("User-Agent", "roost-probe/\(roostVersion)"), ("Accept", "*/*"),
            ("Connection", "close"),
        ]
        let own = Set(check.headers.map { $0.name.lowercased() })
        let headers =
            standard.filter { !own.contains($0.0.lowercased()) } + check.headers.map { ($0.name, $0.value) }
        let lines = ["GET \(check.path) HTTP/1.1"] + headers.map { "\($0.0): \($0.1)" } + ["", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// What the answer says, as soon as its first line is there. Redirects are not followed: they are an answer, and
    /// where they lead is not the container's to choose.
    static func answer(_ bytes: [UInt8]) -> ProbeAnswer? {
        guard let end = bytes.firstIndex(of: 0x0a) else {
            return bytes.count < longestAnswer ? nil : ProbeAnswer(notHTTP: bytes)
        }
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = UInt16(words[1]),
            (100..<1000).contains(status)
        else {
            return ProbeAnswer(notHTTP: bytes)
        }
        // 1xx comes before the answer itself.
        if (100..<200).contains(status) {
            guard let rest = Self.afterHead(bytes) else {
                return bytes.count < longestAnswer ? nil : ProbeAnswer(notHTTP: bytes)
            }
            return answer(Array(bytes[rest...]))
        }
        let text = "HTTP " + words.dropFirst().joined(separator: " ").prefix(200)
        return ProbeAnswer(outcome: .exited(code: (200..<400).contains(status) ? 0 : 1), output: text)
    }

    private static func afterHead(_ bytes: [UInt8]) -> Int? {
        var line: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if byte != 0x0a {
                if byte != 0x0d { line.append(byte) }
                continue
            }
            if line.isEmpty { return index + 1 }
            line = []
        }
        return nil
    }
}

extension ProbeAnswer {
    fileprivate init(notHTTP bytes: [UInt8]) {
        self.init(outcome: .exited(code: 1), output: bytes.isEmpty ? "no answer" : "the answer is not HTTP")
    }
}
