/// Makes the blocks of one directory: fixed entries first, then their names; sorted over all blocks.
struct DirectoryPacker: ~Copyable {
    private let directory: UInt32
    private let block = FixedBytes(count: OnDisk.blockSize)
    private var entries: DirectoryEntries
    /// What was looked at and belongs into the next block.
    private var pending: DirectoryEntries.Entry?

    init(_ directory: UInt32, _ arrangement: borrowing Arrangement) {
        self.directory = directory
        entries = DirectoryEntries(directory, arrangement.children(of: directory))
    }

    /// The block that `next` returned was the last.
    private(set) var isAtEnd = false

    /// The next block, as far as it is used; valid until the next call.
    mutating func next(_ table: borrowing FileTable) -> UnsafeRawBufferPointer? {
        if isAtEnd { return nil }
        var chosen: [DirectoryEntries.Entry] = []
        var used = 0
        pending = pending ?? entries.next(table)
        while let entry = pending, used + OnDisk.directoryEntry + entry.name.count <= OnDisk.blockSize {
            used += OnDisk.directoryEntry + entry.name.count
            chosen.append(entry)
            pending = entries.next(table)
        }
        isAtEnd = pending == nil
        block.clear()
        var name = chosen.count * OnDisk.directoryEntry
        for (place, entry) in chosen.enumerated() {
            let inode = table.node(entry.inode)
            let start = place * OnDisk.directoryEntry
            block.put(UInt64(inode.number), at: start)
            block.put(UInt16(name), at: start + 8)
            block.put(inode.type.directoryCode, at: start + 10)
            block.put(entry.name, at: name)
            name += entry.name.count
        }
        return UnsafeRawBufferPointer(rebasing: block.bytes[..<used])
    }

    /// Bytes of a directory: whole blocks, and what is used of the last.
    static func size(
        _ directory: UInt32, _ table: borrowing FileTable, _ arrangement: borrowing Arrangement
    ) -> Int {
        var entries = DirectoryEntries(directory, arrangement.children(of: directory))
        var blocks = 0
        var used = 0
        while let entry = entries.next(table) {
            let size = OnDisk.directoryEntry + entry.name.count
            if used + size > OnDisk.blockSize {
                blocks += 1
                used = 0
            }
            used += size
        }
        return blocks * OnDisk.blockSize + used
    }
}

/// The entries of a directory in their order, itself and its parent among them.
struct DirectoryEntries {
    struct Entry {
        let name: UnsafeRawBufferPointer
        let inode: UInt32
    }

    private let directory: UInt32
    private let children: UnsafeBufferPointer<UInt32>
    private var position = 0
    private var dots = 1

    init(_ directory: UInt32, _ children: UnsafeBufferPointer<UInt32>) {
        self.directory = directory
        self.children = children
    }

    mutating func next(_ table: borrowing FileTable) -> Entry? {
        if dots <= 2 {
            let special = Entry(
                name: Self.name(dots), inode: dots == 1 ? directory : table.node(directory).parent)
            let isNext =
                position == children.count
                || Arrangement.compare(special.name, table.name(of: table.node(children[position]))) < 0
            if isNext {
                dots += 1
                return special
            }
        }
        guard position < children.count else { return nil }
        let child = children[position]
        position += 1
        return Entry(name: table.name(of: table.node(child)), inode: table.inode(of: child))
    }

    private static let text: StaticString = ".."

    private static func name(_ dots: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: dots)
    }
}
