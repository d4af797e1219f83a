/// Reads an EROFS image as a kernel would, and more suspiciously. Written from the format's description, not from the
/// writer, so that both would have to be wrong in the same way.
struct ImageInspection {
    private struct Unsound: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private struct Inode {
        var mode = 0
        var size = 0
        var layout = 0
        var place = 0
        var links = 0
        /// Where what follows inode and attributes starts.
        var tail = 0
        var type: Int { mode >> 12 }
    }

    private let bytes: [UInt8]
    private var names: [Int: Int] = [:]
    private var inodes: [Int: Inode] = [:]
    private var parents: [Int: Int] = [:]

    /// What is wrong with an image; `nil`: nothing.
    static func fault(in bytes: [UInt8]) -> String? {
        do throws(Unsound) {
            var inspection = try ImageInspection(bytes)
            try inspection.walk()
            return nil
        } catch {
            return error.reason
        }
    }

    private init(_ bytes: [UInt8]) throws(Unsound) {
        self.bytes = bytes
        guard bytes.count >= 8192, bytes.count % 4096 == 0 else { throw Unsound("a size of \(bytes.count)") }
        guard try number(1024, 4) == 0xe0f5_e1e2, bytes[1036] == 12 else { throw Unsound("a wrong first block") }
        var block = Array(bytes[1024..<4096])
        for place in 4..<8 { block[place] = 0 }
        var sum = UInt32.max
        for byte in block {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 != 0 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
        }
        guard try number(1028, 4) == Int(sum) else { throw Unsound("a wrong checksum") }
        guard try number(1060, 4) * 4096 == bytes.count else { throw Unsound("a wrong count of blocks") }
    }

    private func number(_ place: Int, _ length: Int) throws(Unsound) -> Int {
        guard place >= 0, place <= bytes.count - length else { throw Unsound("reading at \(place)") }
        return (0..<length).reversed().reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
    }

    private mutating func walk() throws(Unsound) {
        let root = try number(1038, 2)
        guard try inode(root).type == 4 else { throw Unsound("a root that is no directory") }
        parents[root] = root
        var waiting = [root]
        while let directory = waiting.popLast() { waiting += try entries(of: directory) }
        guard try number(1040, 8) == inodes.count else { throw Unsound("a wrong count of inodes") }
        for (id, inode) in inodes where names[id] != inode.links {
            throw Unsound("inode \(id) has \(names[id] ?? 0) names and says \(inode.links)")
        }
    }

    /// Checks an inode, its attributes and the place of its content.
    private mutating func inode(_ id: Int) throws(Unsound) -> Inode {
        if let known = inodes[id] { return known }
        let start = try number(1064, 4) * 4096 + id * 32
        var inode = Inode()
        let format = try number(start, 2)
        guard format & 1 == 1, start % 4096 <= 4096 - 64, id > 0 else { throw Unsound("inode \(id) in a wrong form") }
        inode.layout = format >> 1
        inode.mode = try number(start + 4, 2)
        inode.size = try number(start + 8, 8)
        inode.place = try number(start + 16, 4)
        inode.links = try number(start + 44, 4)
        guard try number(start + 40, 4) < 1_000_000_000, inode.size >= 0 else { throw Unsound("inode \(id)'s numbers") }
        let words = try number(start + 2, 2)
        let attributes = words == 0 ? 0 : 12 + (words - 1) * 4
        if attributes > 0 { try checkAttributes(start + 64, attributes) }
        inode.tail = start + 64 + attributes
        if [4, 8, 10].contains(inode.type) { try checkContent(inode, id) }
        inodes[id] = inode
        return inode
    }

    private func checkAttributes(_ start: Int, _ size: Int) throws(Unsound) {
        guard try number(start + 4, 1) == 0, size > 12 else { throw Unsound("attributes of a wrong size") }
        var place = start + 12
        while place < start + size {
            let (name, value) = (try number(place, 1), try number(place + 2, 2))
            guard [1, 2, 3, 4, 6].contains(try number(place + 1, 1)) else { throw Unsound("an attribute's name space") }
            place = (place + 4 + name + value + 3) & ~3
        }
        guard place == start + size, place <= bytes.count else { throw Unsound("attributes beyond their size") }
    }

    private func checkContent(_ inode: Inode, _ id: Int) throws(Unsound) {
        let whole = inode.size / 4096 * 4096
        switch inode.layout {
        case 0:
            guard inode.size == 0 || inode.place > 0,
                inode.place * 4096 + (inode.size + 4095) / 4096 * 4096 <= bytes.count
            else { throw Unsound("inode \(id)'s content is outside") }
        case 2:
            let rest = inode.size - whole
            guard rest > 0, inode.tail % 4096 + rest <= 4096, inode.tail + rest <= bytes.count,
                inode.place * 4096 + whole <= bytes.count
            else { throw Unsound("inode \(id)'s last bytes cross a block") }
        case 4:
            let chunk = 4096 << (inode.place & 31)
            guard inode.type == 8, inode.place >> 5 == 0 else { throw Unsound("inode \(id)'s chunks") }
            for index in 0..<((inode.size + chunk - 1) / chunk) {
                let block = try number(inode.tail + index * 4, 4)
                let length = min(chunk, (inode.size - index * chunk + 4095) / 4096 * 4096)
                guard block == 0xffff_ffff || (block > 0 && block * 4096 + length <= bytes.count) else {
                    throw Unsound("a chunk of inode \(id) is outside")
                }
            }
        default: throw Unsound("inode \(id)'s layout")
        }
    }

    /// Checks the entries of a directory, and returns the directories in it.
    private mutating func entries(of directory: Int) throws(Unsound) -> [Int] {
        let inode = try inode(directory)
        var found: [Int] = []
        var last: [UInt8]?
        var dots = 0
        for block in 0..<((inode.size + 4095) / 4096) {
            let length = min(4096, inode.size - block * 4096)
            let isTail = inode.layout == 2 && length < 4096
            let start = isTail ? inode.tail : (inode.place + block) * 4096
            let count = try number(start + 8, 2) / 12
            guard count > 0 else { throw Unsound("a block of directory \(directory) without entries") }
            for entry in 0..<count {
                let name = try name(entry, of: count, start, length)
                guard last.map({ $0.lexicographicallyPrecedes(name) }) ?? true else {
                    throw Unsound("\(String(decoding: name, as: UTF8.self)) is out of order")
                }
                last = name
                let id = try number(start + entry * 12, 8)
                let child = try self.inode(id)
                let codes = [8: 1, 4: 2, 2: 3, 6: 4, 1: 5, 10: 7]
                guard codes[child.type] == (try number(start + entry * 12 + 10, 1)) else {
                    throw Unsound("an entry's type")
                }
                names[id, default: 0] += 1
                if name == Array(".".utf8) || name == Array("..".utf8) {
                    dots += 1
                    guard id == (name.count == 1 ? directory : parents[directory]) else { throw Unsound("wrong dots") }
                } else if child.type == 4 {
                    guard parents.updateValue(directory, forKey: id) == nil else { throw Unsound("a directory twice") }
                    found.append(id)
                }
            }
        }
        guard dots == 2 else { throw Unsound("a directory without dots") }
        return found
    }

    private func name(_ entry: Int, of count: Int, _ start: Int, _ length: Int) throws(Unsound) -> [UInt8] {
        let from = try number(start + entry * 12 + 8, 2)
        let to = entry + 1 < count ? try number(start + entry * 12 + 20, 2) : length
        guard from >= count * 12, from < to, to <= length else { throw Unsound("a name's place") }
        var name = Array(bytes[(start + from)..<(start + to)])
        if entry + 1 == count { while name.last == 0 { name.removeLast() } }
        guard !name.isEmpty, name.count <= 255, !name.contains(0), !name.contains(UInt8(ascii: "/")) else {
            throw Unsound("a wrong name")
        }
        return name
    }
}
