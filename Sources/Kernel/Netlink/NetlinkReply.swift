import CLinux

/// One message that the kernel sent, without its header.
public struct NetlinkReply: Sendable {
    /// RTM_*, or subsystem and NFT_MSG_*.
    public let type: UInt16
    /// What follows the header: a fixed structure, then attributes.
    public let payload: ArraySlice<UInt8>

    /// The structure at the payload's start; nil if the payload is shorter than that.
    public func structure<Structure: BitwiseCopyable>(_: Structure.Type) -> Structure? {
        load(Structure.self, from: payload)
    }

    /// The attributes after a structure of type `Structure`.
    public func attributes<Structure: BitwiseCopyable>(after _: Structure.Type) -> NetlinkAttributes {
        NetlinkAttributes(payload.dropFirst((MemoryLayout<Structure>.size + 3) & ~3))
    }
}

/// A run of attributes, read as they come; a malformed tail ends the run.
public struct NetlinkAttributes: Sequence, IteratorProtocol, Sendable {
    private var rest: ArraySlice<UInt8>

    /// Attributes in `bytes`, which begin with an attribute's header.
    public init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next attribute, or nil at the end.
    public mutating func next() -> NetlinkAttribute? {
        guard let header = load(nlattr.self, from: rest) else { return nil }
        let length = Int(header.nla_len)
        guard length >= MemoryLayout<nlattr>.size, length <= rest.count else { return nil }
        let value = rest.prefix(length).dropFirst(MemoryLayout<nlattr>.size)
        rest = rest.dropFirst((length + 3) & ~3)
        return NetlinkAttribute(type: Int(header.nla_type) & 0x3fff, value: value)
    }

    /// The first attribute of `type`.
    public func first(_ type: Int) -> NetlinkAttribute? {
        first { $0.type == type }
    }
}

/// A type and a value.
public struct NetlinkAttribute: Sendable {
    /// IFLA_*, NFTA_*…, without the flags in its two highest bits.
    public let type: Int
    /// The value's bytes.
    public let value: ArraySlice<UInt8>

    /// The value as a number in the host's byte order.
    public func number<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) -> Number? {
        load(Number.self, from: value)
    }

    /// The value as text, up to its zero byte.
    public var text: String {
        String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The value as attributes of its own.
    public var nested: NetlinkAttributes {
        NetlinkAttributes(value)
    }
}

func load<Value: BitwiseCopyable>(_: Value.Type, from bytes: ArraySlice<UInt8>) -> Value? {
    guard bytes.count >= MemoryLayout<Value>.size else { return nil }
    return bytes.withUnsafeBytes { $0.loadUnaligned(as: Value.self) }
}
