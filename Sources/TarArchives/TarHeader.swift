/// One header of a tar archive (POSIX.1-1988 `ustar`), with GNU's base-256 form for large sizes.
public struct TarHeader: Equatable, Sendable {
    /// What an entry is.
    public enum Kind: UInt8, Sendable {
        case file = 0x30
        case directory = 0x35
        case hardLink = 0x31
        case symbolicLink = 0x32
        /// GNU's: the content is the next entry's name, or where it leads to.
        case longName = 0x4C
        case longLink = 0x4B
        /// POSIX's: the content tells of the next entry.
        case extended = 0x78
        /// Anything else, which Roost doesn't write.
        case other = 0
    }

    static let blockSize = 512

    public var name: String
    /// Bytes of the content.
    public var size: Int64
    /// The permission bits.
    public var mode: UInt32
    public var kind: Kind
    public var owner: UInt32 = 0
    public var group: UInt32 = 0
    /// Seconds since 1970.
    public var time: Int64 = 0
    /// Where a link leads to.
    public var link = ""

    public init(name: String, size: Int64, mode: UInt32 = 0o644, kind: Kind = .file) {
        self.name = name
        self.size = size
        self.mode = mode
        self.kind = kind
    }

    /// Zeros after `size` bytes up to a whole block.
    static func padding(_ size: Int64) -> Int { Int((512 - size % 512) % 512) }
}

extension TarHeader {
    /// The block that stands before the content; `nil` if the name is longer than the form has room for.
    var block: [UInt8]? {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        guard let (prefix, rest) = splitName else { return nil }
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        put(rest, at: 0)
        put(Self.octal(Int64(mode), digits: 7), at: 100)
        guard owner <= 0o7777777, group <= 0o7777777, link.utf8.count <= 100 else { return nil }
        put(Self.octal(Int64(owner), digits: 7), at: 108)
        put(Self.octal(Int64(group), digits: 7), at: 116)
        put(Self.number(size), at: 124)
        put(Self.octal(min(max(0, time), 0o77777777777), digits: 11), at: 136)
        put(Array(link.utf8), at: 157)
        put(Array("        ".utf8), at: 148)
        block[156] = kind.rawValue
        put(Array("ustar\u{0}00".utf8), at: 257)
        put(prefix, at: 345)
        let sum = block.reduce(0) { $0 + Int64($1) }
        put(Self.octal(sum, digits: 6) + [0, 0x20], at: 148)
        return block
    }

    /// 155 bytes before a slash and 100 behind it.
    private var splitName: (prefix: [UInt8], rest: [UInt8])? {
        let bytes = Array(name.utf8)
        if bytes.count <= 100 { return ([], bytes) }
        guard bytes.count <= 256,
            let slash = bytes.indices.first(where: { bytes[$0] == 0x2F && $0 <= 155 && bytes.count - $0 - 1 <= 100 })
        else { return nil }
        return (Array(bytes[..<slash]), Array(bytes[(slash + 1)...]))
    }

    private static func octal(_ value: Int64, digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
    }

    private static func number(_ value: Int64) -> [UInt8] {
        guard value >= 1 << 33 else { return octal(value, digits: 11) }
        var bytes = [UInt8](repeating: 0, count: 12)
        for index in 0..<8 { bytes[11 - index] = UInt8(truncatingIfNeeded: value >> (8 * Int64(index))) }
        bytes[0] = 0x80
        return bytes
    }

    /// Reads a block; `nil` if it is none, as the zeros at an archive's end.
    init?(block: [UInt8]) {
        guard block.count == Self.blockSize, block.contains(where: { $0 != 0 }) else { return nil }
        let sum = block.enumerated().reduce(Int64(0)) {
            $0 + ((148..<156).contains($1.offset) ? 32 : Int64($1.element))
        }
        guard Self.value(block[148..<156]) == sum, let size = Self.value(block[124..<136]), size >= 0,
            let mode = Self.value(block[100..<108])
        else { return nil }
        let rest = String(decoding: block[0..<100].prefix { $0 != 0 }, as: UTF8.self)
        let prefix = String(decoding: block[345..<500].prefix { $0 != 0 }, as: UTF8.self)
        let kind = block[156] == 0 ? Kind.file : Kind(rawValue: block[156]) ?? .other
        self.init(
            name: prefix.isEmpty ? rest : prefix + "/" + rest, size: size,
            mode: UInt32(truncatingIfNeeded: mode & 0o7777),
            kind: kind)
        owner = Self.value(block[108..<116]).flatMap { UInt32(exactly: $0) } ?? 0
        group = Self.value(block[116..<124]).flatMap { UInt32(exactly: $0) } ?? 0
        time = Self.value(block[136..<148]) ?? 0
        link = String(decoding: block[157..<257].prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func value(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            guard first == 0x80 else { return nil }
            return field.dropFirst().reduce(Int64?(0)) { total, byte in
                guard let total, total < 1 << 54 else { return nil }
                return total << 8 | Int64(byte)
            }
        }
        let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        return digits.count <= 20
            ? digits.reduce(Int64?(0)) { total, digit in
                guard let total, total < 1 << 59 else { return nil }
                return total * 8 + Int64(digit - 0x30)
            } : nil
    }
}
