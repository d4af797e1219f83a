import Addressing

/// An answer from the table, and its wire form.
struct NameResponse: Equatable {
    enum Record: Equatable {
        case address(IPAddress)
        case pointer(DomainName)
    }

    var code: ResponseCode
    var records: [Record] = []

    /// Names move with their containers, so nobody should keep an answer: seconds.
    static let timeToLive: UInt32 = 0
    /// The largest datagram of a server that says nothing about it (RFC 1035, section 2.3.4).
    static let plainDatagramSize: UInt16 = 512
    /// What this server takes, as DNS flag day 2020 recommends.
    static let ownDatagramSize: UInt16 = 1232

    /// The message. Records that don't fit into `limit` bytes are left out, and the truncation flag set.
    func encoded(for query: NameQuery, limit: Int) -> [UInt8] {
        let options = query.datagramSize == nil ? [] : Self.options
        var body = query.name.wire + bytes(query.type) + bytes(query.recordClass)
        var count: UInt16 = 0
        var truncated = false
        for record in records {
            let encoded = encode(record)
            guard 12 + body.count + encoded.count + options.count <= limit else {
                truncated = true
                break
            }
            body += encoded
            count += 1
        }
        let flags = Self.flags(code, recursionDesired: query.recursionDesired, truncated: truncated)
        let header = [query.id, flags, 1, count, 0, options.isEmpty ? 0 : 1].flatMap { bytes($0) }
        return header + body + options
    }

    /// An answer to a message of which only the header could be read.
    static func bare(id: UInt16, _ code: ResponseCode) -> [UInt8] {
        let flags = flags(code, recursionDesired: false, truncated: false)
        return [id, flags, 0, 0, 0, 0].flatMap { bytes($0) }
    }

    /// Response, recursion available, and what differs.
    private static func flags(_ code: ResponseCode, recursionDesired: Bool, truncated: Bool) -> UInt16 {
        0x8080 | (recursionDesired ? 0x0100 : 0) | (truncated ? 0x0200 : 0) | UInt16(code.rawValue)
    }

    /// An OPT record without options (RFC 6891, section 6.1.2).
    private static let options: [UInt8] = [0] + bytes(RecordType.opt) + bytes(ownDatagramSize) + [0, 0, 0, 0, 0, 0]

    /// The record's name is always the question's, which stands at offset 12.
    private func encode(_ record: Record) -> [UInt8] {
        let (type, data) =
            switch record {
            case .address(let address): (RecordType.address(address.family), address.bytes)
            case .pointer(let name): (RecordType.pointer, name.wire)
            }
        let time = [Self.timeToLive >> 16, Self.timeToLive].flatMap { bytes(UInt16(truncatingIfNeeded: $0)) }
        return [0xc0, 12] + bytes(type) + bytes(NameQuery.internetClass) + time + bytes(UInt16(data.count)) + data
    }
}

/// A number in network byte order.
func bytes(_ number: UInt16) -> [UInt8] {
    [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
}
