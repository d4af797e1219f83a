import Addressing

/// An nftables table of the `inet` family, in the few forms that Roost's rules need. It is rendered as text and as
/// netlink messages, so that the two can't say different things.
struct FilterTable: Equatable {
    var name: String
    var maps: [Map] = []
    var chains: [Chain] = []

    /// A named map; the text form calls all of them `map`.
    struct Map: Equatable {
        var name: String
        var kind: Kind

        enum Kind: Equatable {
            /// A link name decides what happens next.
            case links([(link: String, verdict: Verdict)])
            /// Protocol and port, after an address if `withAddress`, lead to an address and port, all of one family.
            case ports([Translation], AddressFamily, withAddress: Bool)

            static func == (left: Self, right: Self) -> Bool {
                switch (left, right) {
                case (.links(let left), .links(let right)): left.elementsEqual(right, by: ==)
                case (.ports(let left, let family, let one), .ports(let right, let otherFamily, let other)):
                    left == right && family == otherFamily && one == other
                default: false
                }
            }
        }
    }

    struct Translation: Equatable {
        var address: IPAddress?
        var port: Port
        var toAddress: IPAddress
        var toPort: UInt16
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
        case leavesThrough(String)
        case source(Prefix)
        case destination(Prefix)
        /// The destination is one of the host's own addresses.
        case destinationIsLocal
        /// The connection was led here by a translation of its destination: through a published port.
        case wasTranslated
        /// The packet belongs to a connection that was let through before.
        case isKnownConnection
    }

    enum Action: Equatable {
        case verdict(Verdict)
        /// What the map says for the link that the packet came through.
        case verdictOfInput(map: String)
        /// What the map says for the link that the packet leaves through.
        case verdictOfOutput(map: String)
        case masquerade
        /// A new destination of the family, as the map says. Packets of the other family are passed over.
        case translate(AddressFamily, map: String, withAddress: Bool)
    }

    enum Verdict: Equatable {
        case accept
        case drop
        case `goto`(String)
    }
}
