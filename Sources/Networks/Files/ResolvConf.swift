public import Addressing

/// What a resolv.conf says (`man 5 resolv.conf`), and the text of one.
public struct ResolvConf: Hashable, Sendable {
    /// Name servers, in the order in which they are asked.
    public var nameservers: [IPAddress]
    /// Domains that are tried after a name without them.
    public var search: [String]
    /// Options, such as `ndots:0`.
    public var options: [String]

    /// Where the name service listens inside each container.
    public static let nameService = IPv4Address(127, 0, 0, 11)

    /// Describes a file.
    public init(nameservers: [IPAddress] = [], search: [String] = [], options: [String] = []) {
        self.nameservers = nameservers
        self.search = search
        self.options = options
    }

    /// Reads a file. Lines that make no sense are passed over, as resolvers do; so are addresses with a zone.
    public init(parsing text: String) {
        self.init()
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split { $0 == " " || $0 == "\t" }.map { String($0) }
            guard let keyword = words.first, words.count > 1 else { continue }
            switch keyword {
            case "nameserver": if let address = IPAddress(words[1]) { nameservers.append(address) }
            // The last of several `search` and `domain` lines counts.
            case "search": search = Array(words.dropFirst())
            case "domain": search = [words[1]]
            case "options": options += words.dropFirst()
            default: break
            }
        }
    }

    /// The file of a container on networks: it asks the name service, which asks the others. What the stack file says
    /// (`dns_search`, `dns_opt`) takes the place of the host's.
    public static func container(host: ResolvConf, search: [String]? = nil, options: [String]? = nil) -> ResolvConf {
        var options = options ?? host.options.filter { !$0.hasPrefix("ndots:") && $0 != "trust-ad" && $0 != "edns0" }
        // Service names have no dots and must be asked for as they are before any search domain is added.
        if !options.contains(where: { $0.hasPrefix("ndots:") }) { options.append("ndots:0") }
        // A lone dot is how a stack file asks for no search domains at all.
        let search = (search ?? host.search).filter { $0 != "." }
        return ResolvConf(nameservers: [.v4(nameService)], search: search, options: options)
    }

    /// The servers that the name service forwards to: the stack file's (`dns`), or else the host's.
    public static func upstreams(host: ResolvConf, dns: [IPAddress] = []) -> [IPAddress] {
        dns.isEmpty ? host.nameservers : dns
    }

    /// The file of a container without networks: nothing can be asked, but the stack file's word is kept.
    public static func isolated(
        host: ResolvConf, dns: [IPAddress] = [], search: [String]? = nil, options: [String]? = nil
    ) -> ResolvConf {
        ResolvConf(
            nameservers: upstreams(host: host, dns: dns).filter { !$0.isLoopback }, search: search ?? host.search,
            options: options ?? host.options)
    }

    /// The lines.
    public var text: String {
        var lines = nameservers.map { "nameserver \($0)" }
        if !search.isEmpty { lines.append("search \(search.joined(separator: " "))") }
        if !options.isEmpty { lines.append("options \(options.joined(separator: " "))") }
        return lines.map { $0 + "\n" }.joined()
    }
}
