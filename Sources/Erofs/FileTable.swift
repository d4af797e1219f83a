import Glibc

/// The tree of a layer as it grows while its archive is read: names, metadata, and where the content went.
///
/// It decides what entries mean: later ones replace earlier ones of the same name, links inside of a path are followed
/// within the layer as a container would, missing directories are made, whiteouts become overlayfs's own marks. So
/// whoever writes the tree in the end has nothing left to decide, and nothing to follow.
public struct FileTable: ~Copyable {
    /// Bounds on what an archive can make this process remember.
    enum Limit {
        static let nodes = 2 << 20
        static let names = 192 << 20
        static let path = 4096
        static let component = 255
        /// The C library's bound on links within one path.
        static let links = 40
        /// Bytes of symbolic links that are walked for all entries together: far more than any real layer has,
        /// and few enough that a small archive can't keep a processor busy for hours.
        static let linkBytes = 256 << 20
    }

    var nodes = Rows<FileNode>()
    var names = Rows<UInt8>()
    var attributes = AttributeTable()
    /// Node numbers plus one, by the hash of parent and name; 0: free. The count is a power of two.
    var slots = Rows<UInt32>()
    var usedSlots = 0
    /// Bytes of symbolic links that may still be walked.
    var linkBytes = Limit.linkBytes
    static let root: UInt32 = 0

    public init() throws(LayerError) {
        try nodes.append(FileNode(parent: 0, name: 0, mode: FileType.directory.rawValue | 0o755, nameLength: 0))
    }

    /// Names that there are or were, the root among them.
    public var count: Int { nodes.count }

    func node(_ id: UInt32) -> FileNode { nodes[Int(id)] }

    func name(of node: FileNode) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(names.slice(Int(node.name), Int(node.nameLength)))
    }

    /// The node that has what `id` names.
    func inode(of id: UInt32) -> UInt32 {
        let node = nodes[Int(id)]
        return node.flags.contains(.link) ? node.content : id
    }

    // MARK: Adding

    /// Makes a name for a directory, file, FIFO or device, in the place of what had the name.
    /// - Returns: its number here, for `setContent`.
    @discardableResult
    public mutating func add(
        _ path: UnsafeRawBufferPointer, _ metadata: FileMetadata, device: UInt32 = 0
    ) throws(LayerError) -> UInt32 {
        let id = try make(path, metadata)
        if metadata.mode & FileType.mask != FileType.directory.rawValue { nodes[Int(id)].content = device }
        return id
    }

    /// Makes a symbolic link.
    public mutating func addLink(
        _ path: UnsafeRawBufferPointer, _ metadata: FileMetadata, target: UnsafeRawBufferPointer
    ) throws(LayerError) {
        guard !target.isEmpty, target.count < Limit.path else {
            throw .entry(path, "is a symbolic link with a target of \(target.count) bytes")
        }
        let id = try make(path, metadata)
        nodes[Int(id)].content = UInt32(try keep(name: target))
        nodes[Int(id)].size = UInt64(target.count)
    }

    /// Makes a further name for a file that the layer has already.
    public mutating func addHardLink(
        _ path: UnsafeRawBufferPointer, target: UnsafeRawBufferPointer
    ) throws(LayerError) {
        guard let found = try find(target), !node(found).flags.contains(.whiteout) else {
            throw .entry(path, "is a hard link to \"\(text(target))\", which the layer doesn't have before it")
        }
        guard !node(found).isDirectory else { throw .entry(path, "is a hard link to a directory") }
        let original = inode(of: found)
        let (parent, name) = try place(of: path)
        guard let name else { throw .entry(path, "is the root, which can't be a link") }
        if find(parent, name) == found { return }
        let id = try insert(parent, name, mode: node(original).mode)
        nodes[Int(id)].flags.insert(.link)
        nodes[Int(id)].content = original
    }

    /// Whether a path names something that isn't a directory.
    public mutating func hasFile(_ path: UnsafeRawBufferPointer) throws(LayerError) -> Bool {
        guard let found = try find(path) else { return false }
        return !node(found).isDirectory
    }

    /// Where a file's content went.
    public mutating func setContent(_ id: UInt32, size: UInt64, _ content: FileContent) {
        nodes[Int(id)].size = size
        nodes[Int(id)].content = content.place
        switch content.form {
        case .whole: break
        case .sparse: nodes[Int(id)].flags.insert(.sparse)
        case .inline: nodes[Int(id)].flags.insert(.inlineTail)
        }
    }

    /// Removes a name from the layers below. What this layer has of that name stays, wherever in the archive it stands.
    public mutating func addWhiteout(_ path: UnsafeRawBufferPointer, time: Int64) throws(LayerError) {
        let (parent, name) = try place(of: path, time: time)
        guard let name else { throw .entry(path, "is a whiteout of the root") }
        if let present = find(parent, name) {
            if node(present).isDirectory { nodes[Int(present)].flags.insert(.opaque) }
            return
        }
        let id = try insert(parent, name, mode: FileType.characterDevice.rawValue)
        nodes[Int(id)].flags.insert(.whiteout)
        nodes[Int(id)].seconds = time
    }

    /// Hides what the layers below have in a directory.
    public mutating func addOpaque(_ path: UnsafeRawBufferPointer, time: Int64) throws(LayerError) {
        let directory = try self.directory(path, time: time)
        nodes[Int(directory)].flags.insert(.opaque)
    }

    private mutating func make(
        _ path: UnsafeRawBufferPointer, _ metadata: FileMetadata
    ) throws(LayerError) -> UInt32 {
        let (parent, name) = try place(of: path, time: metadata.seconds)
        guard name != nil || metadata.mode & FileType.mask == FileType.directory.rawValue else {
            throw .entry(path, "is the root, which has to be a directory")
        }
        let id = if let name { try insert(parent, name, mode: metadata.mode) } else { Self.root }
        nodes[Int(id)].mode = metadata.mode
        nodes[Int(id)].owner = metadata.owner
        nodes[Int(id)].group = metadata.group
        nodes[Int(id)].seconds = metadata.seconds
        nodes[Int(id)].nanoseconds = metadata.nanoseconds
        nodes[Int(id)].attributes = metadata.attributes
        return id
    }

    /// Gives a name to a new node, or returns the directory that has it if the new one is a directory too.
    mutating func insert(
        _ parent: UInt32, _ name: UnsafeRawBufferPointer, mode: UInt16
    ) throws(LayerError) -> UInt32 {
        guard nodes.count < Limit.nodes else { throw .limit("it has more than \(Limit.nodes) entries") }
        let present = find(parent, name)
        let isDirectory = mode & FileType.mask == FileType.directory.rawValue
        var flags: FileNode.Flags = []
        if let present {
            if isDirectory && node(present).isDirectory { return present }
            // A directory that was removed below and is made anew here has nothing of the old one.
            if isDirectory && node(present).flags.contains(.whiteout) { flags = .opaque }
            nodes[Int(present)].flags.insert(.replaced)
        }
        let id = UInt32(nodes.count)
        let start = try keep(name: name)
        try nodes.append(
            FileNode(
                parent: parent, name: UInt32(start), mode: mode, nameLength: UInt8(name.count), flags: flags))
        try enter(id, replacing: present)
        return id
    }

    private mutating func keep(name: UnsafeRawBufferPointer) throws(LayerError) -> Int {
        guard names.count + name.count <= Limit.names else { throw .limit("its names are too long altogether") }
        return try names.append(contentsOf: name)
    }
}
