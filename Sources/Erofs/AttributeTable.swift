import Glibc

/// An extended attribute as an archive has it.
public struct ExtendedAttribute: Sendable {
    /// With its name space: `user.note`.
    public let name: [UInt8]
    public let value: [UInt8]

    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// EROFS's number for the name space, and what of the name isn't said by it.
    var split: (space: UInt8, rest: ArraySlice<UInt8>)? {
        let spaces: [(UInt8, StaticString, Bool)] = [
            (1, "user.", false), (2, "system.posix_acl_access", true), (3, "system.posix_acl_default", true),
            (4, "trusted.", false), (6, "security.", false),
        ]
        for (space, prefix, isWhole) in spaces {
            let length = prefix.utf8CodeUnitCount
            let matches = prefix.withUTF8Buffer { name.starts(with: $0) }
            guard matches, isWhole ? name.count == length : name.count > length else { continue }
            return (space, name[length...])
        }
        return nil
    }
}

/// The attributes of all files, in the form in which EROFS has them behind an inode: each a length of name, a name
/// space, a length of value, name, value, padded to four bytes. Before each set stands its length.
struct AttributeTable: ~Copyable {
    private enum Limit {
        /// EROFS counts a set's words in 16 bits.
        static let set = 128 << 10
        static let all = 96 << 20
        static let value = 65_535
        /// Attributes of one file; each is compared with the others.
        static let count = 4096
    }

    private var bytes = Rows<UInt8>()
    /// Most files with attributes have the same ones as the last.
    private var last: UInt32 = 0

    init() {}

    /// Keeps a set; 0 for an empty one. Of two with one name the later counts.
    mutating func keep(_ attributes: [ExtendedAttribute], path: UnsafeRawBufferPointer) throws(LayerError) -> UInt32 {
        guard !attributes.isEmpty else { return 0 }
        guard attributes.count <= Limit.count else { throw .entry(path, "has too many attributes") }
        var set: [UInt8] = []
        for (place, attribute) in attributes.enumerated() {
            if attributes[(place + 1)...].contains(where: { $0.name == attribute.name }) { continue }
            guard let (space, rest) = attribute.split, rest.count <= 255, attribute.value.count <= Limit.value else {
                let name = String(decoding: attribute.name.prefix(100), as: UTF8.self)
                throw .entry(path, "has an attribute \(name) of \(attribute.value.count) bytes, which can't be kept")
            }
            set += [UInt8(rest.count), space, UInt8(attribute.value.count & 0xff), UInt8(attribute.value.count >> 8)]
            set += rest
            set += attribute.value
            while set.count % 4 != 0 { set.append(0) }
            guard set.count <= Limit.set else { throw .entry(path, "has too many attributes") }
        }
        if last != 0, self.set(last).elementsEqual(set) { return last }
        guard bytes.count + set.count <= Limit.all else { throw .limit("it has too many attributes altogether") }
        // Nothing stands at 0, which means none.
        if bytes.count == 0 { for _ in 0..<4 { try bytes.append(0) } }
        let start = UInt32(bytes.count)
        let length = UInt32(set.count)
        _ = try withUnsafeBytes(of: length) { part throws(LayerError) in try bytes.append(contentsOf: part) }
        _ = try set.withUnsafeBufferPointer { part throws(LayerError) in
            try bytes.append(contentsOf: UnsafeRawBufferPointer(part))
        }
        last = start
        return start
    }

    /// A set in EROFS's form, valid until the next is kept.
    func set(_ place: UInt32) -> UnsafeRawBufferPointer {
        guard place != 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let length = UnsafeRawBufferPointer(bytes.slice(Int(place), 4)).loadUnaligned(as: UInt32.self)
        return UnsafeRawBufferPointer(bytes.slice(Int(place) + 4, Int(length)))
    }

    /// `trusted.overlay.opaque` as it stands in a set.
    static let opaque: [UInt8] = {
        let name = Array("overlay.opaque".utf8)
        let entry = [UInt8(name.count), 4, 1, 0] + name + [UInt8(ascii: "y")]
        return entry + [UInt8](repeating: 0, count: (4 - entry.count % 4) % 4)
    }()
}

extension FileTable {
    /// Keeps the attributes of an entry for its metadata. `path` is for the error.
    public mutating func keep(
        _ attributes: [ExtendedAttribute], of path: UnsafeRawBufferPointer
    ) throws(LayerError) -> UInt32 {
        try self.attributes.keep(attributes, path: path)
    }

    /// Bytes that a node's attributes take behind its inode; 0: it has none.
    func attributeSize(of node: FileNode) -> Int {
        let size =
            attributes.set(node.attributes).count + (node.flags.contains(.opaque) ? AttributeTable.opaque.count : 0)
        return size == 0 ? 0 : 12 + size
    }

    /// A node's attributes by full name, as `setxattr` takes them.
    public func forEachAttribute(
        ofNode id: UInt32, _ body: (_ name: String, _ value: UnsafeRawBufferPointer) throws(LayerError) -> Void
    ) throws(LayerError) {
        let node = node(id)
        if node.flags.contains(.opaque) {
            let value: UInt8 = UInt8(ascii: "y")
            try withUnsafeBytes(of: value) { value throws(LayerError) in try body("trusted.overlay.opaque", value) }
        }
        let set = attributes.set(node.attributes)
        var position = 0
        while position + 4 <= set.count {
            let (nameLength, space) = (Int(set[position]), set[position + 1])
            let valueLength = Int(set[position + 2]) | Int(set[position + 3]) << 8
            let prefix = [
                1: "user.", 2: "system.posix_acl_access", 3: "system.posix_acl_default", 4: "trusted.", 6: "security.",
            ]
            let rest = String(decoding: set[(position + 4)..<(position + 4 + nameLength)], as: UTF8.self)
            let start = position + 4 + nameLength
            try body(
                (prefix[Int(space)] ?? "") + rest, UnsafeRawBufferPointer(rebasing: set[start..<(start + valueLength)]))
            position = (start + valueLength + 3) & ~3
        }
    }
}
