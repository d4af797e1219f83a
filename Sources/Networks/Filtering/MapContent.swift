import Addressing
import CLinux
import Glibc
import Kernel

/// What a message calls a map by: within a transaction, maps without a name of their own are told apart by number.
struct MapReference {
    var name: String
    var id: UInt32
    var flags: UInt32 = 0

    /// A map that one rule has for itself.
    static func anonymous(_ id: UInt32) -> Self {
        Self(name: "__map%d", id: id, flags: NFT_SET_ANONYMOUS.rawValue | NFT_SET_CONSTANT.rawValue)
    }
}

/// A map as the kernel takes it.
protocol MapContent {
    var layout: MapLayout { get }
    var elements: [MapElement] { get }
}

/// The forms of a map's keys and data.
struct MapLayout {
    var flags: UInt32 = NFT_SET_MAP.rawValue
    var keyType: UInt32
    var keyLength: UInt32
    var dataType: UInt32 = 0
    var dataLength: UInt32 = 0
    /// How long an element stays, in milliseconds; nil for as long as the map.
    var memory: UInt64?
    /// The most elements; nil for no bound.
    var size: UInt32?
    /// nft's notes: attributes of one byte type, one byte length.
    var userData: [UInt8]?

    /// Note 0 is the key's byte order; 1 is the host's.
    static let keysAreOfTheHost: [UInt8] = [0, 4] + withUnsafeBytes(of: UInt32(1)) { Array($0) }
}

/// A key and what it leads to; of a set, to nothing.
struct MapElement {
    enum Target {
        case verdict(FilterTable.Verdict)
        case data([UInt8])
    }

    var key: [UInt8]
    var target: Target?
}

extension NetlinkMessage {
    mutating func append(_ element: MapElement) {
        nest(Int(NFTA_LIST_ELEM.rawValue), flagged: true) {
            $0.nest(Int(NFTA_SET_ELEM_KEY.rawValue), flagged: true) { $0.data(element.key) }
            guard let target = element.target else { return }
            $0.nest(Int(NFTA_SET_ELEM_DATA.rawValue), flagged: true) {
                switch target {
                case .verdict(let verdict): $0.append(verdict)
                case .data(let data): $0.data(data)
                }
            }
        }
    }
}

/// nft's numbers for types of data (`enum datatypes` of its datatype.h), six bits each when joined. The kernel only
/// keeps them, so that `nft list` can show keys as what they are.
private enum DataType {
    static let integer: UInt32 = 4
    static func address(_ family: AddressFamily) -> UInt32 { family == .v4 ? 7 : 8 }
    static let hardwareAddress: UInt32 = 9
    static let transport: UInt32 = 12
    static let port: UInt32 = 13
    static let linkName: UInt32 = 41

    static func joined(_ types: UInt32...) -> UInt32 {
        types.reduce(0) { $0 << 6 | $1 }
    }
}

extension AddressFamily {
    fileprivate var keyLength: UInt32 { UInt32(byteCount) }
}

/// Each field of a key takes a multiple of four bytes.
private func field(_ port: UInt16) -> [UInt8] {
    [UInt8(port >> 8), UInt8(truncatingIfNeeded: port), 0, 0]
}

extension FilterTable.Map: MapContent {
    /// For how long a refusal is remembered, in milliseconds: the client's kernel tries again after one second, and
    /// after two more.
    static let memory: UInt64 = 8000

    /// Whether packets add the elements.
    var isDynamic: Bool {
        if case .refusals = kind { true } else { false }
    }

    var layout: MapLayout {
        let verdict = UInt32(NFT_DATA_VERDICT.rawValue)
        switch kind {
        case .links:
            return MapLayout(
                keyType: DataType.linkName, keyLength: 16, dataType: verdict, userData: MapLayout.keysAreOfTheHost)
        case .ports(_, let family?):
            return MapLayout(
                keyType: DataType.joined(DataType.address(family), DataType.transport, DataType.port),
                keyLength: family.keyLength + 8, dataType: verdict)
        case .ports(_, nil):
            return MapLayout(
                keyType: DataType.joined(DataType.transport, DataType.port), keyLength: 8, dataType: verdict)
        case .senders(_, let family):
            return MapLayout(
                flags: 0,
                keyType: DataType.joined(DataType.linkName, DataType.hardwareAddress, DataType.address(family)),
                keyLength: 24 + family.keyLength)
        case .refusals(let family):
            return MapLayout(
                flags: NFT_SET_EVAL.rawValue | NFT_SET_TIMEOUT.rawValue,
                keyType: DataType.joined(DataType.address(family), DataType.port, DataType.port),
                keyLength: family.keyLength + 8, memory: Self.memory, size: 65_535)
        }
    }

    var elements: [MapElement] {
        switch kind {
        case .links(let links):
            links.map { MapElement(key: linkName($0.key), target: .verdict($0.verdict)) }
        case .ports(let ports, _):
            ports.map { entry in
                let key = (entry.key.address?.bytes ?? []) + [entry.key.port.transport.number, 0, 0, 0]
                return MapElement(key: key + field(entry.key.port.number), target: .verdict(entry.verdict))
            }
        case .senders(let senders, _):
            senders.map { MapElement(key: linkName($0.link) + $0.mac.bytes + [0, 0] + $0.address.bytes) }
        case .refusals: []
        }
    }
}

/// Numbers from zero on, and the address and port that each leads to.
struct NumberedTargets: MapContent {
    var family: AddressFamily
    var targets: [Ruleset.PublishedPort.Target]

    var layout: MapLayout {
        MapLayout(
            keyType: DataType.integer, keyLength: 4,
            dataType: DataType.joined(DataType.address(family), DataType.port), dataLength: family.keyLength + 4,
            userData: MapLayout.keysAreOfTheHost)
    }

    var elements: [MapElement] {
        targets.enumerated().map { number, target in
            MapElement(
                key: withUnsafeBytes(of: UInt32(number)) { Array($0) },
                target: .data(target.address.bytes + field(target.port)))
        }
    }
}

extension FilterTable.Rule {
    /// What the rule chooses from, if there is a choice.
    var choice: NumberedTargets? {
        guard case .translate(let family, let targets) = action, targets.count > 1 else { return nil }
        return NumberedTargets(family: family, targets: targets)
    }
}
