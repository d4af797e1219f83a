import Glibc

/// What stands in which directory, sorted as EROFS wants it: by bytes.
struct Arrangement: ~Copyable {
    /// Nodes, those of one directory side by side.
    private var order = Rows<UInt32>()
    /// Where each node's children start in `order`; one more at the end.
    private var starts = Rows<UInt32>()

    init(_ table: borrowing FileTable) throws(LayerError) {
        let count = table.nodes.count
        starts = try Rows(repeating: 0, count: count + 1)
        for id in 1..<max(1, count) where !table.nodes[id].flags.contains(.replaced) {
            starts[Int(table.nodes[id].parent) + 1] += 1
        }
        for id in 0..<count { starts[id + 1] += starts[id] }
        order = try Rows(repeating: 0, count: Int(starts[count]))
        var next = try Rows<UInt32>(repeating: 0, count: count)
        for id in 1..<max(1, count) where !table.nodes[id].flags.contains(.replaced) {
            let parent = Int(table.nodes[id].parent)
            order[Int(starts[parent] + next[parent])] = UInt32(id)
            next[parent] += 1
        }
        for id in 0..<count where next[id] > 1 {
            Self.sort(order.mutableSlice(Int(starts[id]), Int(next[id])), table)
        }
    }

    /// The children of a directory, sorted.
    func children(of directory: UInt32) -> UnsafeBufferPointer<UInt32> {
        let start = Int(starts[Int(directory)])
        return order.slice(start, Int(starts[Int(directory) + 1]) - start)
    }

    private static func sort(_ ids: UnsafeMutableBufferPointer<UInt32>, _ table: borrowing FileTable) {
        func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
            Self.compare(table.name(of: table.node(left)), table.name(of: table.node(right))) < 0
        }
        var buffer = ids
        // Archives are often made in this order.
        if zip(ids, ids.dropFirst()).allSatisfy({ precedes($0, $1) }) { return }
        buffer.sort(by: precedes)
    }

    /// Bytes by value, a prefix first.
    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let common = min(left.count, right.count)
        guard common > 0, let first = left.baseAddress, let second = right.baseAddress else {
            return left.count - right.count
        }
        let order = Int(memcmp(first, second, common))
        return order != 0 ? order : left.count - right.count
    }
}
