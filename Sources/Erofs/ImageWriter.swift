import Glibc

/// Writes a layer as an EROFS image, from start to end: the files' content as it comes, then directories, then inodes,
/// and at last the first block, which makes an image of it. The same archive always gives the same bytes.
///
/// Only what every kernel with EROFS reads is used, except for files with holes, which need Linux 5.15.
public struct ImageWriter: ~Copyable, ContentSink {
    private var output: BlockOutput
    private let descriptor: Int32
    private var file = FileRuns()
    private var runs = RunTable()
    private var small = SmallFiles()

    /// - Parameters:
    ///   - descriptor: an empty file, open for writing; the caller closes it.
    ///   - limit: the largest image, in bytes.
    public init(descriptor: Int32, limit: UInt64) throws(LayerError) {
        self.descriptor = descriptor
        output = try BlockOutput(descriptor: descriptor, offset: UInt64(OnDisk.blockSize), limit: limit)
    }

    // MARK: Content

    public mutating func beginFile(size: UInt64) throws(LayerError) {
        if try small.begin(size: size) { return }
        try file.begin(size: size, output)
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(LayerError) {
        if small.isOpen { return try small.append(bytes, at: offset) }
        if ZeroStretch.isOne(bytes) { return try file.leaveOut(bytes.count, at: offset) }
        try file.skip(to: offset, &output)
        try file.append(bytes, &output)
    }

    public mutating func endFile() throws(LayerError) -> FileContent {
        if small.isOpen { return small.end() }
        try file.skip(to: file.size, &output)
        try output.align()
        return try file.end(&runs)
    }

    // MARK: The tree

    public mutating func finish(_ table: inout FileTable, identity: [UInt8]) throws(LayerError) -> UInt64 {
        table.dropIndex()
        let arrangement = try Arrangement(table)
        let layout = try InodeLayout(&table, arrangement)
        try writeDirectories(layout, &table, arrangement)
        let metadata = output.block
        try writeInodes(layout, table, arrangement)
        try output.align()
        let blocks = output.block
        try output.flush()
        try writeSuperBlock(metadata: metadata, blocks: blocks, inodes: UInt64(layout.order.count), identity)
        return UInt64(blocks) * UInt64(OnDisk.blockSize)
    }

    /// What doesn't fit behind its inode: blocks of large directories, and very long texts of links.
    private mutating func writeDirectories(
        _ layout: borrowing InodeLayout, _ table: inout FileTable, _ arrangement: borrowing Arrangement
    ) throws(LayerError) {
        for place in 0..<layout.order.count {
            let id = layout.order[place]
            let node = table.node(id)
            let hasTail = node.flags.contains(.inlineTail)
            if node.isDirectory {
                table.nodes[Int(id)].content = output.block
                var packer = DirectoryPacker(id, arrangement)
                while let block = packer.next(table) {
                    if packer.isAtEnd && hasTail { break }
                    try output.append(block)
                    try output.align()
                }
            } else if node.type == .symbolicLink && !hasTail {
                let text = UnsafeRawBufferPointer(table.names.slice(Int(node.content), Int(node.size)))
                table.nodes[Int(id)].content = output.block
                try output.append(text)
                try output.align()
            }
        }
    }

    private mutating func writeInodes(
        _ layout: borrowing InodeLayout, _ table: borrowing FileTable, _ arrangement: borrowing Arrangement
    ) throws(LayerError) {
        let start = output.position
        let inode = FixedBytes(count: OnDisk.inodeSize)
        for place in 0..<layout.order.count {
            let id = layout.order[place]
            let node = table.node(id)
            try output.appendZeros(start + UInt64(node.number) * UInt64(OnDisk.inodeSlot) - output.position)
            fill(inode, node, UInt32(place + 1), table)
            try output.append(inode.bytes)
            try writeAttributes(of: node, table)
            if node.flags.contains(.inlineTail) {
                try writeTail(of: id, table, arrangement)
            } else if node.flags.contains(.sparse) {
                try writeChunks(of: node)
            }
        }
    }

    private func fill(_ inode: borrowing FixedBytes, _ node: FileNode, _ serial: UInt32, _ table: borrowing FileTable) {
        inode.clear()
        let layout =
            node.flags.contains(.inlineTail)
            ? OnDisk.Layout.inline : node.flags.contains(.sparse) ? OnDisk.Layout.chunks : OnDisk.Layout.plain
        inode.put(layout, at: 0)
        let attributes = table.attributeSize(of: node)
        inode.put(UInt16(attributes == 0 ? 0 : (attributes - OnDisk.attributeHeader) / 4 + 1), at: 2)
        inode.put(node.mode, at: 4)
        inode.put(node.size, at: 8)
        inode.put(place(of: node), at: 16)
        inode.put(serial, at: 20)
        inode.put(node.owner, at: 24)
        inode.put(node.group, at: 28)
        inode.put(node.seconds, at: 32)
        inode.put(node.nanoseconds, at: 40)
        inode.put(node.links, at: 44)
    }

    /// A first block, a device's number, or how large the chunks are.
    private func place(of node: FileNode) -> UInt32 {
        switch node.type {
        case .regular:
            if node.flags.contains(.inlineTail) { return 0 }
            if node.flags.contains(.sparse) { return UInt32(FileRuns.chunkBits(node.size)) }
            return node.size == 0 ? 0 : node.content
        case .symbolicLink: return node.flags.contains(.inlineTail) ? 0 : node.content
        case .directory, .characterDevice, .blockDevice: return node.content
        case .fifo, .unknown: return 0
        }
    }

    private mutating func writeAttributes(of node: FileNode, _ table: borrowing FileTable) throws(LayerError) {
        guard table.attributeSize(of: node) > 0 else { return }
        try output.appendZeros(UInt64(OnDisk.attributeHeader))
        if node.flags.contains(.opaque) {
            try AttributeTable.opaque.withUnsafeBufferPointer { bytes throws(LayerError) in
                try output.append(UnsafeRawBufferPointer(bytes))
            }
        }
        try output.append(table.attributes.set(node.attributes))
    }

    private mutating func writeTail(
        of id: UInt32, _ table: borrowing FileTable, _ arrangement: borrowing Arrangement
    ) throws(LayerError) {
        let node = table.node(id)
        if node.type == .regular { return try output.append(small.content(Int(node.content), Int(node.size))) }
        if node.type == .symbolicLink {
            return try output.append(UnsafeRawBufferPointer(table.names.slice(Int(node.content), Int(node.size))))
        }
        var packer = DirectoryPacker(id, arrangement)
        while let block = packer.next(table) {
            if packer.isAtEnd { try output.append(block) }
        }
    }

    private mutating func writeChunks(of node: FileNode) throws(LayerError) {
        let blocks = UInt32(1) << UInt32(FileRuns.chunkBits(node.size))
        for run in 0..<runs.count(Int(node.content)) {
            let (chunks, first) = runs.run(run, at: Int(node.content))
            for chunk in 0..<chunks {
                let block = first == OnDisk.hole ? OnDisk.hole : first + chunk * blocks
                try withUnsafeBytes(of: block.littleEndian) { bytes throws(LayerError) in try output.append(bytes) }
            }
        }
    }

    private func writeSuperBlock(
        metadata: UInt32, blocks: UInt32, inodes: UInt64, _ identity: [UInt8]
    ) throws(LayerError) {
        let block = FixedBytes(count: OnDisk.blockSize)
        let start = OnDisk.superBlockOffset
        block.put(OnDisk.magic, at: start)
        block.put(OnDisk.compatibleFeatures, at: start + 8)
        block.put(OnDisk.blockBits, at: start + 12)
        block.put(InodeLayout.rootNumber, at: start + 14)
        block.put(inodes, at: start + 16)
        block.put(blocks, at: start + 36)
        block.put(metadata, at: start + 40)
        identity.withUnsafeBytes { block.put(UnsafeRawBufferPointer(rebasing: $0.prefix(16)), at: start + 48) }
        block.put(runs.isEmpty ? 0 : OnDisk.chunkedFiles, at: start + 80)
        block.put(checksum(UnsafeRawBufferPointer(rebasing: block.bytes[start...])), at: start + 4)
        guard pwrite(descriptor, block.bytes.baseAddress, block.bytes.count, 0) == block.bytes.count else {
            throw .system(operation: "write the image's first block", errno: errno)
        }
    }
}
