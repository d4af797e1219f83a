/// The name of an archive's entry, relative to the root, in bytes: a file's name needn't be text.
struct EntryName: Hashable {
    /// Components joined by slashes, without `.` and empty ones; empty is the root itself.
    private(set) var bytes: [UInt8]

    /// Refuses names that lead upwards. Nothing could come of them in the confinement, but who writes them means harm.
    init(_ name: UnsafePointer<CChar>) throws(UnpackError) {
        let text = UnsafeRawBufferPointer(start: name, count: Self.length(name))
        var bytes: [UInt8] = []
        for component in text.split(separator: UInt8(ascii: "/"))
        where !component.elementsEqual([UInt8(ascii: ".")]) {
            guard !component.elementsEqual("..".utf8) else {
                throw .badName(name: String(decoding: text, as: UTF8.self), reason: "leads out of the tree")
            }
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "/")) }
            bytes.append(contentsOf: component)
        }
        self.bytes = bytes
    }

    /// The tree itself.
    static let root = EntryName(bytes: [])

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private static func length(_ name: UnsafePointer<CChar>) -> Int {
        var end = name
        while end.pointee != 0 { end += 1 }
        return end - name
    }

    /// What a symbolic link of this name with `target` points at, or `nil` if that lies outside.
    func resolving(target: UnsafePointer<CChar>) -> EntryName? {
        let text = UnsafeRawBufferPointer(start: target, count: Self.length(target))
        var components = text.first == UInt8(ascii: "/") ? [] : parent.components
        for component in text.split(separator: UInt8(ascii: "/"))
        where !component.elementsEqual([UInt8(ascii: ".")]) {
            if component.elementsEqual("..".utf8) {
                guard components.popLast() != nil else { return nil }
            } else {
                components.append(Array(component))
            }
        }
        return EntryName(bytes: Array(components.joined(separator: [UInt8(ascii: "/")])))
    }

    private var components: [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "/")).map(Array.init)
    }

    /// The last component.
    var last: ArraySlice<UInt8> {
        bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes[($0 + 1)...] } ?? bytes[...]
    }

    /// Everything before the last component; the root's parent is the root.
    var parent: EntryName {
        EntryName(bytes: bytes.lastIndex(of: UInt8(ascii: "/")).map { Array(bytes[..<$0]) } ?? [])
    }

    /// The same place with another last component.
    func replacingLast(_ name: some Sequence<UInt8>) -> EntryName {
        let directory = parent.bytes
        return EntryName(
            bytes: (directory.isEmpty ? [] : directory + [UInt8(ascii: "/")]) + Array(name))
    }

    /// Calls `body` with the name as the system takes it.
    func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let path = (bytes.isEmpty ? [UInt8(ascii: ".")] : bytes).map { CChar(bitPattern: $0) } + [0]
        // An array's buffer always has an address when it isn't empty, and this one has its terminator.
        return path.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map(body) ?? body("")
        }
    }

    /// For messages.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
