import Addressing
import StackModel

/// What `network create` says of a network's addresses: each range, gateway and address belongs to the subnet that it
/// lies in.
struct NetworkAddressing: Equatable {
    private(set) var ranges: [AddressRange] = []

    init(subnets: [String], ranges: [String], gateways: [String], auxiliary: [String]) throws(CommandFailure) {
        for text in subnets {
            guard let subnet = Prefix(text) else {
                throw CommandFailure("invalid subnet \(text): write it as 10.9.0.0/24")
            }
            guard subnet.family == .v4 else { throw .notSupportedYet("subnet \(text): IPv6") }
            guard self.ranges.isEmpty else { throw CommandFailure("bridge driver doesn't support multiple subnets") }
            self.ranges.append(AddressRange(subnet: subnet))
        }
        for text in ranges {
            guard let range = Prefix(text) else { throw CommandFailure("invalid ip-range \(text)") }
            let index = try index(of: range.address, "range \(text)")
            guard self.ranges[index].subnet?.contains(range) == true else { throw Self.unmatched("range \(text)") }
            self.ranges[index].ipRange = range
        }
        for text in gateways {
            guard let gateway = IPAddress(text) else { throw CommandFailure("invalid gateway \(text)") }
            self.ranges[try index(of: gateway, "gateway \(text)")].gateway = gateway
        }
        for text in auxiliary {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let address = IPAddress(String(parts[1])) else {
                throw CommandFailure("invalid aux-address \(text): write it as NAME=ADDRESS")
            }
            let index = try index(of: address, "aux-address \(text)")
            self.ranges[index].auxAddresses = (self.ranges[index].auxAddresses ?? [:])
                .merging([String(parts[0]): address]) { $1 }
        }
    }

    private func index(of address: IPAddress, _ what: String) throws(CommandFailure) -> Int {
        guard let index = ranges.firstIndex(where: { $0.subnet?.contains(address) == true }) else {
            throw Self.unmatched(what)
        }
        return index
    }

    private static func unmatched(_ what: String) -> CommandFailure { CommandFailure("no matching subnet for \(what)") }
}
