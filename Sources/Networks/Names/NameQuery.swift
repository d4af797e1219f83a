import Addressing

/// A question as it came over the wire, as far as the name service has to understand it (RFC 1035, section 4).
struct NameQuery: Equatable {
    var id: UInt16
    /// Whether the asker wants the server to ask others.
    var recursionDesired: Bool
    var name: DomainName
    var type: UInt16
    var recordClass: UInt16
    /// The largest datagram that the asker takes, from its OPT record (RFC 6891); nil without one.
    var datagramSize: UInt16?

    /// Why a message is not answered as a question.
    enum Refusal: Error, Equatable {
        /// No question at all, or not even a header: no answer.
        case ignored
        /// A header that can be answered with this code, no more.
        case answered(id: UInt16, ResponseCode)
    }

    static let internetClass: UInt16 = 1

    /// Reads a message; only ever looks at the bytes it was given, and at each at most once per name.
    init(parsing message: [UInt8]) throws(Refusal) {
        var reader = NameReader(message)
        guard let header = reader.header(), !header.isResponse else { throw .ignored }
        let malformed = Refusal.answered(id: header.id, .formatError)
        guard header.operation == 0 else { throw .answered(id: header.id, .notImplemented) }
        guard header.questions == 1, header.answers == 0, header.authorities == 0 else { throw malformed }
        guard let name = reader.name(), let type = reader.number(), let recordClass = reader.number() else {
            throw malformed
        }
        id = header.id
        recursionDesired = header.recursionDesired
        self.name = name
        self.type = type
        self.recordClass = recordClass
        for _ in 0..<header.additionals {
            guard let record = reader.record() else { throw malformed }
            if record.type == RecordType.opt { datagramSize = max(record.recordClass, 512) }
        }
    }

    /// Whether `response` is an answer to this very question.
    func isAnswered(by response: [UInt8], id: UInt16) -> Bool {
        var reader = NameReader(response)
        guard let header = reader.header(), header.isResponse, header.id == id else { return false }
        // A server that could not read the question may leave it out.
        if header.questions == 0 { return header.code != 0 }
        return header.questions == 1 && reader.name() == name && reader.number() == type
            && reader.number() == recordClass
    }
}

/// The types of records that the service knows.
enum RecordType {
    static let a: UInt16 = 1
    static let pointer: UInt16 = 12
    static let aaaa: UInt16 = 28
    static let service: UInt16 = 33
    static let opt: UInt16 = 41

    /// What the addresses of a family are asked for by.
    static func address(_ family: AddressFamily) -> UInt16 { family == .v4 ? a : aaaa }
}

/// How a question was dealt with (RFC 1035, section 4.1.1).
enum ResponseCode: UInt8 {
    case noError = 0
    case formatError = 1
    case serverFailure = 2
    case nameError = 3
    case notImplemented = 4
}

/// Reads a message from front to back; nil where it ends too early or makes no sense.
struct NameReader {
    private let message: [UInt8]
    private var offset = 0

    struct Header {
        var id: UInt16
        var flags: UInt16
        var questions: UInt16
        var answers: UInt16
        var authorities: UInt16
        var additionals: UInt16

        var isResponse: Bool { flags & 0x8000 != 0 }
        var operation: UInt16 { flags >> 11 & 0xf }
        var isTruncated: Bool { flags & 0x0200 != 0 }
        var recursionDesired: Bool { flags & 0x0100 != 0 }
        var code: UInt16 { flags & 0xf }
    }

    init(_ message: [UInt8]) {
        self.message = message
    }

    mutating func header() -> Header? {
        guard let id = number(), let flags = number(), let questions = number(), let answers = number(),
            let authorities = number(), let additionals = number()
        else { return nil }
        return Header(
            id: id, flags: flags, questions: questions, answers: answers, authorities: authorities,
            additionals: additionals)
    }

    mutating func number() -> UInt16? {
        guard offset + 2 <= message.count else { return nil }
        defer { offset += 2 }
        return UInt16(message[offset]) << 8 | UInt16(message[offset + 1])
    }

    /// A name. Each compression pointer must lead further to the front than the one before, so there can be no loop.
    mutating func name() -> DomainName? {
        var labels: [[UInt8]] = []
        var position = offset
        var limit = offset
        var end: Int?
        while true {
            guard position < message.count else { return nil }
            let length = Int(message[position])
            switch length {
            case 0:
                offset = end ?? position + 1
                return DomainName(labels: labels)
            case 1...63:
                guard position + 1 + length <= message.count, labels.count < 128 else { return nil }
                labels.append(Array(message[position + 1..<position + 1 + length]))
                position += 1 + length
            case 0xc0...0xff:
                guard position + 1 < message.count else { return nil }
                let target = (length & 0x3f) << 8 | Int(message[position + 1])
                guard target < limit else { return nil }
                end = end ?? position + 2
                (position, limit) = (target, target)
            default:
                return nil
            }
        }
    }

    mutating func record() -> (type: UInt16, recordClass: UInt16)? {
        guard name() != nil, let type = number(), let recordClass = number(), number() != nil, number() != nil,
            let length = number(), offset + Int(length) <= message.count
        else { return nil }
        offset += Int(length)
        return (type, recordClass)
    }
}
