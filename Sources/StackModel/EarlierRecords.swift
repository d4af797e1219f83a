import Addressing

// Earlier versions kept these as texts and didn't look at all of them. What such a record says wrong had no effect on
// its container, and has none now: the record must stay readable, or the container could neither be seen nor stopped.
// The compiler prefers these over the general methods where it makes `init(from:)` in this module.
extension KeyedDecodingContainer {
    func decode(_ type: [IPAddress].Type, forKey key: Key) throws -> [IPAddress] {
        try decode([String].self, forKey: key).compactMap { IPAddress($0) }
    }

    /// Ranges are several.
    func decode(_ type: [Port].Type, forKey key: Key) throws -> [Port] {
        try decode([String].self, forKey: key).flatMap { Port.all(in: $0) ?? [] }
    }

    func decodeIfPresent(_ type: MACAddress.Type, forKey key: Key) throws -> MACAddress? {
        try decodeIfPresent(String.self, forKey: key).flatMap { MACAddress($0) }
    }

    func decode(_ type: [AddressRange].Type, forKey key: Key) throws -> [AddressRange] {
        try decode([WrittenRange].self, forKey: key).compactMap { written in
            var range = AddressRange(subnet: written.subnet, gateway: written.gateway, ipRange: written.ipRange)
            range?.auxAddresses = written.auxAddresses
            return range
        }
    }
}

private struct WrittenRange: Decodable {
    var subnet: String?
    var gateway: String?
    var ipRange: String?
    var auxAddresses: [String: IPAddress]?
}
