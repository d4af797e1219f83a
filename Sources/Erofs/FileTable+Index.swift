import Glibc

/// Finding a name in a directory: a hash table with open addressing over the nodes. The hash is seeded at random, so
/// that no archive can be made whose names all collide.
extension FileTable {
    func find(_ parent: UInt32, _ name: UnsafeRawBufferPointer) -> UInt32? {
        guard slots.count > 0 else { return nil }
        var slot = Self.hash(parent, name) & (slots.count - 1)
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            let node = nodes[Int(entry - 1)]
            if node.parent == parent && Int(node.nameLength) == name.count
                && Arrangement.compare(self.name(of: node), name) == 0
            {
                return entry - 1
            }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    /// Enters a node, in the place of the one that had its name before.
    mutating func enter(_ id: UInt32, replacing old: UInt32?) throws(LayerError) {
        if let old {
            var slot = hash(of: old) & (slots.count - 1)
            while slots[slot] != old + 1 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = id + 1
            return
        }
        if (usedSlots + 1) * 3 > slots.count * 2 { try grow() }
        enter(id)
        usedSlots += 1
    }

    private mutating func enter(_ id: UInt32) {
        var slot = hash(of: id) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = id + 1
    }

    private mutating func grow() throws(LayerError) {
        let old = exchange(&slots, with: try Rows(repeating: 0, count: max(1024, slots.count * 2)))
        for slot in 0..<old.count where old[slot] != 0 { enter(old[slot] - 1) }
    }

    /// Gives the index's memory back: nothing is looked up any more.
    mutating func dropIndex() {
        slots = Rows()
        usedSlots = 0
    }

    private func hash(of id: UInt32) -> Int {
        let node = nodes[Int(id)]
        return Self.hash(node.parent, name(of: node))
    }

    private static func hash(_ parent: UInt32, _ name: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(parent)
        hasher.combine(bytes: name)
        return hasher.finalize()
    }
}
