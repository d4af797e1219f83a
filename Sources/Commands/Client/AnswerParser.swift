/// Takes an answer of HTTP/1.1 (RFC 9112) apart as its bytes come.
struct AnswerParser {
    /// A status line and headers that are longer aren't the supervisor's.
    private static let longestHead = 64 << 10

    private enum State {
        case head
        /// So many bytes of the body, or of the current chunk, are still to come.
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case untilClosed
        case complete
    }

    private var state = State.head
    /// What hasn't been understood yet: part of a line.
    private var line: [UInt8] = []
    /// Of the answer; `nil` until its head is complete.
    private(set) var status: Int?
    private var length: Int?
    private var isChunked = false
    private var headBytes = 0

    /// The answer is at its end.
    var isComplete: Bool {
        if case .complete = state { true } else { false }
    }

    /// The connection ended: whether that is an end of the answer, too.
    mutating func close() -> Bool {
        if case .untilClosed = state { state = .complete }
        return isComplete
    }

    /// Takes the next bytes, and returns those of the body among them.
    mutating func add(_ bytes: [UInt8]) throws(BadAnswer) -> [UInt8] {
        var body: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .body(let left):
                let taken = take(left, &rest, &body)
                state = taken == left ? .complete : .body(left: left - taken)
            case .chunk(let left):
                let taken = take(left, &rest, &body)
                state = taken == left ? .chunkEnd : .chunk(left: left - taken)
            case .untilClosed: _ = take(rest.count, &rest, &body)
            case .complete: throw BadAnswer("bytes come after its end")
            case .head, .chunkSize, .chunkEnd, .trailers:
                if let line = try nextLine(&rest) { try read(line) }
            }
        }
        return body
    }

    private func take(_ count: Int, _ rest: inout ArraySlice<UInt8>, _ body: inout [UInt8]) -> Int {
        let part = rest.prefix(count)
        body += part
        rest = rest.dropFirst(part.count)
        return part.count
    }

    private mutating func nextLine(_ rest: inout ArraySlice<UInt8>) throws(BadAnswer) -> [UInt8]? {
        let end = rest.firstIndex(of: UInt8(ascii: "\n"))
        line += rest[..<(end ?? rest.endIndex)]
        headBytes += end.map { $0 - rest.startIndex } ?? rest.count
        guard headBytes <= Self.longestHead else { throw BadAnswer("its head has no end") }
        rest = end.map { rest[($0 + 1)...] } ?? []
        guard end != nil else { return nil }
        defer { line = [] }
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    private mutating func read(_ line: [UInt8]) throws(BadAnswer) {
        let text = String(decoding: line, as: UTF8.self)
        switch state {
        case .head where status == nil: status = try Self.status(text)
        case .head where text.isEmpty: try beginBody()
        case .head: try readHeader(text)
        case .chunkSize: try beginChunk(text)
        case .chunkEnd:
            guard text.isEmpty else { throw BadAnswer("a chunk doesn't end where it should") }
            state = .chunkSize
        case .trailers: if text.isEmpty { state = .complete }
        default: break
        }
        if case .head = state { return }
        headBytes = 0
    }

    private static func status(_ line: String) throws(BadAnswer) -> Int {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), (100...599).contains(status)
        else { throw BadAnswer("it is no HTTP") }
        return status
    }

    private mutating func readHeader(_ line: String) throws(BadAnswer) {
        guard let colon = line.firstIndex(of: ":") else { throw BadAnswer("a header has no name") }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        switch line[..<colon].lowercased() {
        case "content-length":
            guard let length = Int(value), length >= 0 else { throw BadAnswer("its length is no number") }
            self.length = length
        case "transfer-encoding":
            guard value.lowercased() == "chunked" else { throw BadAnswer("its encoding is \(value.prefix(100))") }
            isChunked = true
        default: break
        }
    }

    private mutating func beginBody() throws(BadAnswer) {
        switch status {
        case 204?, 304?: state = .complete
        case let status? where status < 200:
            // What comes before the answer itself says nothing.
            self.status = nil
        case _ where isChunked: state = .chunkSize
        default: state = length.map { $0 == 0 ? .complete : .body(left: $0) } ?? .untilClosed
        }
    }

    private mutating func beginChunk(_ line: String) throws(BadAnswer) {
        let digits = line.prefix { $0 != ";" && $0 != " " }
        guard digits.utf8.count <= 8, digits.allSatisfy(\.isHexDigit), let size = Int(digits, radix: 16)
        else { throw BadAnswer("the length of a chunk is no number") }
        state = size == 0 ? .trailers : .chunk(left: size)
    }
}

/// What came isn't an answer of HTTP.
struct BadAnswer: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
