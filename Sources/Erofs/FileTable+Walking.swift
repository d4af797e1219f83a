/// From the paths of an archive to nodes, making directories on the way.
extension FileTable {
    /// The directory that a path's last component stands in, made if need be, and that component; `nil` for the root.
    mutating func place(
        of path: UnsafeRawBufferPointer, time: Int64 = 0
    ) throws(LayerError) -> (parent: UInt32, name: UnsafeRawBufferPointer?) {
        guard path.count <= Limit.path else { throw .entry(path, "has a name of \(path.count) bytes") }
        var walk = PathWalk(path)
        var current = Self.root
        var links = Limit.links
        guard var component = try walk.next() else { return (current, nil) }
        while let next = try walk.next() {
            current = try enter(component, of: current, path, time, &links)
            component = next
        }
        return (current, component)
    }

    mutating func directory(_ path: UnsafeRawBufferPointer, time: Int64) throws(LayerError) -> UInt32 {
        let (parent, name) = try place(of: path, time: time)
        guard let name else { return parent }
        var links = Limit.links
        return try enter(name, of: parent, path, time, &links)
    }

    /// The node of a path; its last component isn't followed. `nil`: there is none.
    mutating func find(_ path: UnsafeRawBufferPointer) throws(LayerError) -> UInt32? {
        let (parent, name) = try place(of: path)
        guard let name else { return Self.root }
        return find(parent, name)
    }

    /// The directory that a name stands for: itself, where its link leads, or a new one.
    private mutating func enter(
        _ name: UnsafeRawBufferPointer, of parent: UInt32, _ path: UnsafeRawBufferPointer, _ time: Int64,
        _ links: inout Int
    ) throws(LayerError) -> UInt32 {
        guard let found = find(parent, name), !node(found).flags.contains(.whiteout) else {
            let made = try insert(parent, name, mode: FileType.directory.rawValue | 0o755)
            nodes[Int(made)].seconds = time
            return made
        }
        let original = inode(of: found)
        switch node(original).type {
        case .directory: return original
        case .symbolicLink: return try follow(original, from: parent, path, time, &links)
        default: throw .entry(path, "stands below \"\(text(name))\", which is no directory")
        }
    }

    /// The directory that a symbolic link leads to, as seen by who has the layer for its root.
    private mutating func follow(
        _ link: UInt32, from parent: UInt32, _ path: UnsafeRawBufferPointer, _ time: Int64, _ links: inout Int
    ) throws(LayerError) -> UInt32 {
        guard links > 0 else { throw .entry(path, "leads through too many symbolic links") }
        links -= 1
        // A copy: the names may move when directories are made.
        let target = Array(names.slice(Int(node(link).content), Int(node(link).size)))
        var current = target.first == UInt8(ascii: "/") ? Self.root : parent
        linkBytes -= target.count
        guard linkBytes >= 0 else { throw .limit("its names lead through too many links") }
        for component in target.split(separator: UInt8(ascii: "/")) where component != [UInt8(ascii: ".")] {
            if component == [UInt8(ascii: "."), UInt8(ascii: ".")] {
                current = node(current).parent
                continue
            }
            guard component.count <= Limit.component else { throw .entry(path, "leads through too long a name") }
            let copy = Array(component)
            current = try copy.withUnsafeBufferPointer { bytes throws(LayerError) in
                try enter(UnsafeRawBufferPointer(bytes), of: current, path, time, &links)
            }
        }
        return current
    }

    func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix(300), as: UTF8.self)
    }
}
