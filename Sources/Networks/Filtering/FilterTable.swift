import Addressing

/// An nftables table, in the few forms that Roost's rules need. It is rendered as text and as netlink messages, so that
/// the two can't say different things.
struct FilterTable: Equatable {
    /// What packets a table sees.
    enum Family: String {
        /// Those of IPv4 and IPv6.
        case inet
        /// Frames that a bridge passes on, or up to the host.
        case bridge
    }

    var family = Family.inet
    var name: String
    var timeouts: [Timeout] = []
    var maps: [Map] = []
    var chains: [Chain] = []

    /// A named map, or, where the elements lead to nothing, a set.
    struct Map: Equatable {
        var name: String
        var kind: Kind

        enum Kind: Equatable {
            /// A link name decides what happens next.
            case links([Entry<String>])
            /// Protocol and port decide, after an address of a family if there is one.
            case ports([Entry<PublishedKey>], AddressFamily?)
            /// Who may send what through which link: addresses of one family.
            case senders([Sender], AddressFamily)
            /// Attempts to connect that were refused lately, as packets noted them.
            case refusals(AddressFamily)
        }

        /// A key and what follows.
        struct Entry<Key: Equatable>: Equatable {
            var key: Key
            var verdict: Verdict
        }
    }

    struct PublishedKey: Hashable {
        var address: IPAddress?
        var port: Port
    }

    struct Sender: Equatable {
        var link: String
        var mac: MACAddress
        var address: IPAddress
    }

    /// For how long a connection of TCP that nobody answers is remembered.
    struct Timeout: Equatable {
        var name: String
        var family: AddressFamily
        /// Seconds from the first packet on.
        var unanswered: UInt32
    }

    struct Chain: Equatable {
        var name: String
        /// Where packets enter; nil for a chain that others jump to.
        var hook: Hook?
        var rules: [Rule]
    }

    /// Where and when a chain is run. The policy is always to accept.
    struct Hook: Equatable {
        enum Kind: String { case filter, nat }
        enum Place: UInt32 { case prerouting, input, forward, output, postrouting }

        var kind: Kind
        var place: Place
        var priority: Int32
        /// How nft writes the priority.
        var priorityText: String
    }

    /// Matches, then what to do if all of them hold.
    struct Rule: Equatable {
        var matches: [Match]
        var action: Action

        init(_ matches: Match..., then action: Action) {
            self.matches = matches
            self.action = action
        }
    }

    enum Match: Equatable {
        case enteredThrough(String)
        /// Through any other link than this.
        case notEnteredThrough(String)
        case leavesThrough(String)
        /// Through a link whose name begins so.
        case leavesThroughAny(prefix: String)
        case source(Prefix)
        case destination(Prefix)
        /// The destination is one of the host's own addresses.
        case destinationIsLocal
        /// The connection was led here by a translation of its destination: through a published port.
        case wasTranslated
        /// The packet belongs to a connection that was let through before.
        case isKnownConnection
        /// The same, or it finds neighbours, which isn't followed as a connection: without it IPv6 finds nobody.
        case isKnownOrUntracked
        case transport(TransportProtocol)
        case etherType(EtherType)
        case family(AddressFamily)
        case port(PortField, UInt16, TransportProtocol)
        /// The answer to a first packet where nobody listens.
        case isRefusal
        /// The news that a packet of TCP can't be delivered.
        case isUndeliverable(AddressFamily)
        /// The refusal isn't the first one to this attempt to connect.
        case wasNoted(set: String, AddressFamily)
        /// Link, hardware address and address of the sender are in the set. ARP says the address elsewhere than IP.
        case senderIsIn(set: String, EtherType)
    }

    /// One of a header's two ports.
    enum PortField {
        case source, destination
    }

    enum EtherType: UInt16 {
        case ip = 0x0800
        case arp = 0x0806
        case ip6 = 0x86DD
    }

    enum Action: Equatable {
        case verdict(Verdict)
        /// What the map says for the link that the packet came through.
        case verdictOfInput(map: String)
        /// What the map says for the link that the packet leaves through.
        case verdictOfOutput(map: String)
        /// What the map says for the packet's protocol and destination port, after its destination address if the map
        /// is one of a family.
        case verdictOfPort(map: String, AddressFamily?)
        case masquerade
        case setTimeout(String)
        /// Rewrites the header.
        case setPort(PortField, UInt16, TransportProtocol)
        /// Remembers that an attempt to connect was refused, and keeps the news from the client.
        case noteAndDrop(set: String, AddressFamily)
        /// A new destination, one of these (all of the family) by chance. Packets of the other family are passed over.
        case translate(AddressFamily, [Ruleset.PublishedPort.Target])
    }

    enum Verdict: Equatable {
        case accept
        case drop
        case `goto`(String)
    }
}
