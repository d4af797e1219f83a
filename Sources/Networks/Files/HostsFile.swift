public import Addressing

/// The text of a container's /etc/hosts (`man 5 hosts`).
public struct HostsFile: Hashable, Sendable {
    /// A line: an address and its names, the canonical one first.
    public struct Entry: Hashable, Sendable {
        /// The address.
        public var address: IPAddress
        /// Its names.
        public var names: [String]

        /// Describes a line.
        public init(_ address: IPAddress, _ names: String...) {
            self.address = address
            self.names = names
        }
    }

    /// The container's own addresses, in the order of its networks.
    public var addresses: [IPAddress]
    /// The container's host name.
    public var hostname: String
    /// The container's domain name, if it has one.
    public var domainname: String?
    /// The lines that the stack file adds (`extra_hosts`), in its order.
    public var extraHosts: [Entry]

    /// Describes a file.
    public init(
        addresses: [IPAddress] = [], hostname: String, domainname: String? = nil, extraHosts: [Entry] = []
    ) {
        self.addresses = addresses
        self.hostname = hostname
        self.domainname = domainname
        self.extraHosts = extraHosts
    }

    /// The lines: loopback first, then what was added, then the container's own.
    public var text: String {
        let whole = domainname.map { "\(hostname).\($0)" } ?? hostname
        // A whole name has a short form beside it, which is what most programs look for.
        let short = hostname.prefix { $0 != "." }
        let own = whole == short || short.isEmpty ? [whole] : [whole, String(short)]
        let lines =
            Self.loopback
            + extraHosts.map { "\($0.address)\t\($0.names.joined(separator: " "))" }
            + addresses.map { "\($0)\t\(own.joined(separator: " "))" }
        return lines.map { $0 + "\n" }.joined()
    }

    private static let loopback = [
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::0\tip6-localnet",
        "ff00::0\tip6-mcastprefix",
        "ff02::1\tip6-allnodes",
        "ff02::2\tip6-allrouters",
    ]
}
