/// Where each inode stands in the image: in the order of the tree, level by level, a directory's content side by side.
struct InodeLayout: ~Copyable {
    /// The nodes that have inodes, in the order of their places.
    private(set) var order = Rows<UInt32>()
    /// The bytes that are taken so far. Number 0 isn't used: file systems mean "none" by it.
    private var end = Int(Self.rootNumber) * OnDisk.inodeSlot

    static let rootNumber: UInt16 = 2
    /// What fits into a block with its inode.
    private static let largestTail = OnDisk.blockSize - OnDisk.inodeSize

    /// Numbers the inodes, counts their links, and decides where directories and links have their content.
    init(_ table: inout FileTable, _ arrangement: borrowing Arrangement) throws(LayerError) {
        try place(FileTable.root, &table, arrangement)
        var next = 0
        while next < order.count {
            let directory = order[next]
            next += 1
            guard table.node(directory).isDirectory else { continue }
            for child in arrangement.children(of: directory) {
                let inode = table.inode(of: child)
                if table.node(inode).isDirectory { table.nodes[Int(directory)].links += 1 }
                if !table.node(inode).flags.contains(.numbered) { try place(inode, &table, arrangement) }
                table.nodes[Int(inode)].links += 1
            }
        }
    }

    private mutating func place(
        _ id: UInt32, _ table: inout FileTable, _ arrangement: borrowing Arrangement
    ) throws(LayerError) {
        var node = table.node(id)
        var tail = 0
        switch node.type {
        case .directory:
            let size = DirectoryPacker.size(id, table, arrangement)
            node.size = UInt64(size)
            tail = size % OnDisk.blockSize
            // Its own name and its entry for itself.
            node.links = id == FileTable.root ? 2 : 1
        case .symbolicLink: tail = Int(node.size)
        case .regular: tail = node.flags.contains(.inlineTail) ? Int(node.size) : 0
        case .characterDevice, .blockDevice, .fifo, .unknown: break
        }
        if tail > Self.largestTail { tail = 0 }
        if tail > 0 { node.flags.insert(.inlineTail) }
        node.flags.insert(.numbered)
        let head = OnDisk.inodeSize + table.attributeSize(of: node)
        let start = Self.fit(end, head: head, tail: tail)
        node.number = UInt32(start / OnDisk.inodeSlot)
        end = start + head + tail
        if node.flags.contains(.sparse) { end += Int(FileRuns.chunks(node.size)) * 4 }
        guard end < Int(UInt32.max) else { throw .limit("its directories and attributes are too large") }
        table.nodes[Int(id)] = node
        try order.append(id)
    }

    /// The next place where neither the inode nor what follows its attributes crosses a block's border.
    private static func fit(_ end: Int, head: Int, tail: Int) -> Int {
        var start = (end + OnDisk.inodeSlot - 1) / OnDisk.inodeSlot * OnDisk.inodeSlot
        while start % OnDisk.blockSize > OnDisk.blockSize - OnDisk.inodeSize
            || (start + head) % OnDisk.blockSize + tail > OnDisk.blockSize
        {
            start += OnDisk.inodeSlot
        }
        return start
    }
}
