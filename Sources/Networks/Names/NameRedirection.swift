public import Addressing
import Kernel

/// Leads questions to 127.0.0.11 to the port at which the name service really listens, in a container's network
/// namespace. So the service takes no port that a container may want: one with a name server of its own can bind port 53
/// on all addresses.
///
/// Headers are rewritten packet by packet, both ways; nothing is remembered, so connections needn't be followed, which
/// would slow down everything else that the container sends.
public enum NameRedirection {
    /// Where containers look for names, as with Docker.
    public static let address = ResolvConf.nameService
    /// Where the name service listens. It is beyond the ports that the kernel gives out by itself.
    public static let port: UInt16 = 65_053
    private static let asked: UInt16 = 53

    /// In nft's syntax.
    public static var text: String { table.text }

    /// One transaction of netlink, for a namespace that has no such table.
    public static let batch = FilterMessage.batch(table.creation)

    private static var table: FilterTable {
        let host = Prefix(address, length: 32)
        let transports = [TransportProtocol.udp, .tcp]
        var table = FilterTable(name: "roost")
        table.chains = [
            FilterTable.Chain(
                name: "asked",
                rules: transports.map {
                    FilterTable.Rule(.port(.destination, asked, $0), then: .setPort(.destination, port, $0))
                }),
            FilterTable.Chain(
                name: "answered",
                rules: transports.map { FilterTable.Rule(.port(.source, port, $0), then: .setPort(.source, asked, $0)) }
            ),
            FilterTable.Chain(
                name: "output",
                hook: .init(kind: .filter, place: .output, priority: -300, priorityText: "raw"),
                rules: [
                    FilterTable.Rule(.destination(host), then: .verdict(.goto("asked"))),
                    FilterTable.Rule(.source(host), then: .verdict(.goto("answered"))),
                ]),
        ]
        return table
    }
}
