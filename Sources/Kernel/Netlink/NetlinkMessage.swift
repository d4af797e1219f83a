import CLinux

/// A message that is answered with yes or no, and the words for its error message: "create the bridge rst0123".
public struct NetlinkRequest: Sendable {
    /// What to send; flags for request and acknowledgement are added on the way.
    public var message: NetlinkMessage
    /// What it attempts on what.
    public var operation: String

    /// A message and its words.
    public init(_ message: NetlinkMessage, _ operation: String) {
        self.message = message
        self.operation = operation
    }
}

/// One netlink message in the making: header, a fixed structure, attributes (`man 7 netlink`).
///
/// Numbers are in the host's byte order, as the protocol wants, except where a method says otherwise.
public struct NetlinkMessage: Sendable {
    /// The message so far, padded to four bytes; its length field is always right.
    public private(set) var bytes: [UInt8]

    /// A message of `type` (RTM_*, NFT_MSG_*…) with `flags` (NLM_F_*).
    public init(type: UInt16, flags: UInt16, capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
        append(nlmsghdr(nlmsg_len: 0, nlmsg_type: type, nlmsg_flags: flags, nlmsg_seq: 0, nlmsg_pid: 0))
    }

    /// Appends a fixed structure, such as `ifinfomsg`, as it lies in memory.
    public mutating func append<Structure: BitwiseCopyable>(_ structure: Structure) {
        withUnsafeBytes(of: structure) { bytes.append(contentsOf: $0) }
        pad()
        updateLength()
    }

    /// Appends an attribute with these bytes as its value.
    public mutating func attribute(_ type: Int, bytes value: some Collection<UInt8>) {
        appendHeader(type, length: 4 + value.count)
        bytes.append(contentsOf: value)
        pad()
        updateLength()
    }

    /// Appends an attribute that has no value; its presence is the message.
    public mutating func attribute(flag type: Int) {
        attribute(type, bytes: EmptyCollection())
    }

    /// Appends an attribute with a number in the host's byte order.
    public mutating func attribute<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Int, _ value: Number) {
        withUnsafeBytes(of: value) { attribute(type, bytes: $0) }
    }

    /// Appends an attribute with a number in network byte order, as nftables wants them all.
    public mutating func attribute<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Int, bigEndian value: Number) {
        attribute(type, value.bigEndian)
    }

    /// Appends a string attribute, with the zero byte that ends it.
    public mutating func attribute(_ type: Int, _ value: String) {
        attribute(type, bytes: Array(value.utf8) + [0])
    }

    /// Appends an attribute whose value is what `content` appends. `type` carries NLA_F_NESTED only with `flagged`:
    /// nftables writes the flag, rtnetlink's link attributes traditionally do not.
    public mutating func nest(_ type: Int, flagged: Bool = false, _ content: (inout NetlinkMessage) -> Void) {
        let start = bytes.count
        appendHeader(flagged ? type | Int(NLA_F_NESTED) : type, length: 0)
        content(&self)
        store(UInt16(truncatingIfNeeded: bytes.count - start), at: start)
        updateLength()
    }

    /// The message as one of a transaction, ready for the wire.
    public func bytes(sequence: UInt32, acknowledged: Bool) -> [UInt8] {
        numbered(sequence, flags: acknowledged ? UInt16(NLM_F_ACK) : 0)
    }

    /// The message with its sequence number, ready for the wire.
    func numbered(_ sequence: UInt32, flags: UInt16 = 0) -> [UInt8] {
        var copy = self
        copy.store(sequence, at: 8)
        copy.bytes[6] |= UInt8(truncatingIfNeeded: flags)
        copy.bytes[7] |= UInt8(truncatingIfNeeded: flags >> 8)
        return copy.bytes
    }

    private mutating func appendHeader(_ type: Int, length: Int) {
        withUnsafeBytes(of: nlattr(nla_len: UInt16(truncatingIfNeeded: length), nla_type: UInt16(type))) {
            bytes.append(contentsOf: $0)
        }
    }

    private mutating func pad() {
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    private mutating func updateLength() {
        store(UInt32(truncatingIfNeeded: bytes.count), at: 0)
    }

    private mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(_ value: Number, at offset: Int) {
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: Number.self) }
    }
}
