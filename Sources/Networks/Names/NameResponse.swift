import Addressing

/// An answer from the table, and its wire form.
struct NameResponse: Equatable {
    enum Record: Equatable {
        case address(IPAddress)
        case pointer(DomainName)
        case service(port: UInt16, target: DomainName)
    }

    /// An address of a name that a record of the answer speaks of.
    struct Additional: Equatable {
        var name: DomainName
        var address: IPAddress
    }

    var code: ResponseCode
    var records: [Record] = []
    /// What the asker would ask next.
    var additional: [Additional] = []

    /// Names move with their containers, so nobody should keep an answer: seconds.
    static let timeToLive: UInt32 = 0
    /// The largest datagram of a server that says nothing about it (RFC 1035, section 2.3.4).
    static let plainDatagramSize: UInt16 = 512
    /// What this server takes, as DNS flag day 2020 recommends.
    static let ownDatagramSize: UInt16 = 1232

    /// The message. Records that don't fit into `limit` bytes are left out, and the truncation flag set; additional ones
    /// are left out silently (RFC 2181, section 9).
    func encoded(for query: NameQuery, limit: Int) -> [UInt8] {
        let options = query.datagramSize == nil ? [] : Self.options
        let question = query.name.wire + bytes(query.type) + bytes(query.recordClass)
        var room = limit - 12 - question.count - options.count
        let answers = Self.fitting(records.map { Self.encode($0, of: Self.questionName) }, into: &room)
        let more = Self.fitting(additional.map { Self.encode(.address($0.address), of: $0.name.wire) }, into: &room)
        let flags = Self.flags(
            code, recursionDesired: query.recursionDesired, truncated: answers.count < records.count)
        let additionals = more.count + (options.isEmpty ? 0 : 1)
        let header = [query.id, flags, 1, UInt16(answers.count), 0, UInt16(additionals)].flatMap { bytes($0) }
        return header + question + answers.joined() + more.joined() + options
    }

    /// The first ones, up to one for which there is no room any more, which ends it.
    private static func fitting(_ records: [[UInt8]], into room: inout Int) -> ArraySlice<[UInt8]> {
        records.prefix { record in
            room -= record.count
            return room >= 0
        }
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

    /// The question's name, by the place where it stands in every answer: offset 12.
    private static let questionName: [UInt8] = [0xc0, 12]

    private static func encode(_ record: Record, of name: [UInt8]) -> [UInt8] {
        let (type, data) =
            switch record {
            case .address(let address): (RecordType.address(address.family), address.bytes)
            case .pointer(let name): (RecordType.pointer, name.wire)
            // No priority, and the same weight for all.
            case .service(let port, let target):
                (RecordType.service, [0, 1, port].flatMap { bytes($0) } + target.wire)
            }
        let time = [timeToLive >> 16, timeToLive].flatMap { bytes(UInt16(truncatingIfNeeded: $0)) }
        return name + bytes(type) + bytes(NameQuery.internetClass) + time + bytes(UInt16(data.count)) + data
    }
}

/// A number in network byte order.
func bytes(_ number: UInt16) -> [UInt8] {
    [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
}
