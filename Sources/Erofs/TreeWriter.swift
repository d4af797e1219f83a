import CLinux
import Glibc

/// Fills the current directory with a layer, in overlayfs's form, for hosts that can't mount EROFS.
///
/// Content goes into nameless places first, and gets its names when the whole tree is known. So no name of the archive
/// is used before it is clear what it stands for, each call gets a single component, and no link is ever followed.
public struct TreeWriter: ~Copyable, ContentSink {
    /// What of an archive's metadata a tree gets.
    public enum Metadata: Sendable {
        /// All of it.
        case everything
        /// Only permissions: for archives that are just containers of files.
        case permissions
    }

    private let metadata: Metadata
    /// The directory of what has no name yet. Names that begin like its own are never made by a layer.
    private let staging: Int32
    private static let stagingName = ".wh..wh.roost"
    private var staged: UInt32 = 0
    private var file: Int32 = -1
    private var size: UInt64 = 0
    private var written: UInt64 = 0
    private let limit: UInt64

    /// - Parameter limit: bytes of all files together.
    public init(metadata: Metadata, limit: UInt64) throws(LayerError) {
        guard mkdir(Self.stagingName, 0o700) == 0 else {
            throw .system(operation: "prepare the directory", errno: errno)
        }
        let opened = open(Self.stagingName, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { throw .system(operation: "prepare the directory", errno: errno) }
        self.metadata = metadata
        self.limit = limit
        staging = opened
    }

    deinit {
        if file >= 0 { close(file) }
        close(staging)
    }

    // MARK: Content

    public mutating func beginFile(size: UInt64) throws(LayerError) {
        staged += 1
        self.size = size
        file = openat(staging, "\(staged)", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(operation: "make a file", errno: errno) }
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(LayerError) {
        guard offset <= size, UInt64(bytes.count) <= size - offset else {
            throw .limit("a file is longer than it says")
        }
        if ZeroStretch.isOne(bytes) { return }
        written += UInt64(bytes.count)
        guard written <= limit else { throw .limit("its files are larger than \(limit) bytes altogether") }
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                file, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(operation: "write a file", errno: errno)
            }
            done += count
        }
    }

    public mutating func endFile() throws(LayerError) -> FileContent {
        // The last part may be a hole.
        guard ftruncate(file, off_t(clamping: size)) == 0 else {
            throw .system(operation: "write a file", errno: errno)
        }
        close(file)
        file = -1
        return FileContent(place: staged)
    }

    // MARK: The tree

    public mutating func finish(_ table: inout FileTable, identity: [UInt8]) throws(LayerError) -> UInt64 {
        let arrangement = try Arrangement(table)
        for id in 0..<table.nodes.count where table.nodes[id].flags.contains(.link) {
            table.nodes[Int(table.nodes[id].content)].links += 1
        }
        try fill(FileTable.root, &table, arrangement)
        try clearStaging(table)
        try apply(FileTable.root, CName("."), table)
        return written
    }

    /// Fills the current directory.
    private func fill(
        _ directory: UInt32, _ table: inout FileTable, _ arrangement: borrowing Arrangement
    ) throws(LayerError) {
        for child in arrangement.children(of: directory) {
            let name = CName(table.name(of: table.node(child)))
            let inode = table.inode(of: child)
            guard table.node(inode).isDirectory else {
                try place(inode, name, &table)
                continue
            }
            try name.check("make", mkdirat(AT_FDCWD, name.pointer, 0o700))
            try enter(name)
            try fill(inode, &table, arrangement)
            try name.check("leave", chdir(".."))
            // Last, because every name made in it changes its times.
            try apply(inode, name, table)
        }
    }

    private func enter(_ name: borrowing CName) throws(LayerError) {
        let directory = openat(AT_FDCWD, name.pointer, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        try name.check("enter", directory)
        defer { close(directory) }
        try name.check("enter", fchdir(directory))
    }

    /// Gives a file its name; one with several names stays in its nameless place until all have been given.
    private func place(_ inode: UInt32, _ name: borrowing CName, _ table: inout FileTable) throws(LayerError) {
        let node = table.node(inode)
        let isShared = node.links > 0
        let source = CName(node.type == .regular ? "\(node.content)" : "node-\(inode)")
        if !isShared {
            if node.type == .regular {
                try name.check("make", renameat(staging, source.pointer, AT_FDCWD, name.pointer))
            } else {
                try make(node, name, in: AT_FDCWD, table)
            }
            return try apply(inode, name, table)
        }
        if node.type != .regular && !node.flags.contains(.numbered) {
            try make(node, source, in: staging, table)
            table.nodes[Int(inode)].flags.insert(.numbered)
        }
        try name.check("link", linkat(staging, source.pointer, AT_FDCWD, name.pointer, 0))
        try apply(inode, name, table)
    }

    /// Makes what has no content.
    private func make(
        _ node: FileNode, _ name: borrowing CName, in directory: Int32, _ table: borrowing FileTable
    ) throws(LayerError) {
        switch node.type {
        case .symbolicLink:
            let text = CName(UnsafeRawBufferPointer(table.names.slice(Int(node.content), Int(node.size))))
            try name.check("make", symlinkat(text.pointer, directory, name.pointer))
        case .characterDevice, .blockDevice, .fifo:
            let device = UInt32(node.content)
            let (major, minor) = (device >> 8 & 0xfff, device & 0xff | (device >> 12 & ~0xff))
            try name.check(
                "make", clinux_make_device(directory, name.pointer, mode_t(node.mode & ~0o7777 | 0o600), major, minor))
        case .regular, .directory, .unknown: break
        }
    }

    /// Gives what has the name its owner, permissions, attributes and times.
    private func apply(_ id: UInt32, _ name: borrowing CName, _ table: borrowing FileTable) throws(LayerError) {
        let node = table.node(id)
        if metadata == .everything {
            try name.check(
                "set the owner of", fchownat(AT_FDCWD, name.pointer, node.owner, node.group, AT_SYMLINK_NOFOLLOW))
        }
        if node.type != .symbolicLink {
            try name.check("set the permissions of", fchmodat(AT_FDCWD, name.pointer, mode_t(node.mode & 0o7777), 0))
        }
        guard metadata == .everything else { return }
        try table.forEachAttribute(ofNode: id) { attribute, value throws(LayerError) in
            guard lsetxattr(name.pointer, attribute, value.baseAddress, value.count, 0) != 0 else { return }
            // Not every file system has the users' own attributes, and none shows them to the kernel: as tar does, go on.
            if attribute.hasPrefix("user."), errno == ENOTSUP || errno == EPERM { return }
            throw name.error("set the attribute \(attribute) of", errno)
        }
        let time = timespec(tv_sec: Int(node.seconds), tv_nsec: Int(node.nanoseconds))
        try name.check("set the time of", utimensat(AT_FDCWD, name.pointer, [time, time], AT_SYMLINK_NOFOLLOW))
    }

    /// Removes what got no name, or several.
    private func clearStaging(_ table: borrowing FileTable) throws(LayerError) {
        for number in 1..<max(1, staged + 1) { unlinkat(staging, "\(number)", 0) }
        for id in 0..<table.nodes.count where table.nodes[id].flags.contains(.numbered) {
            unlinkat(staging, "node-\(id)", 0)
        }
        guard rmdir(Self.stagingName) == 0 else { throw .system(operation: "clear the directory", errno: errno) }
    }
}

/// A single name as the C library takes it: any bytes.
private struct CName: ~Copyable {
    let pointer: UnsafeMutablePointer<CChar>
    private let count: Int

    init(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        count = bytes.count
        pointer = .allocate(capacity: count + 1)
        for (place, byte) in bytes.enumerated() { pointer[place] = CChar(bitPattern: byte) }
        pointer[count] = 0
    }

    init(_ text: String) { self.init(text.utf8) }

    deinit { pointer.deallocate() }

    func check(_ operation: String, _ result: Int32) throws(LayerError) {
        if result < 0 { throw error(operation, errno) }
    }

    func error(_ operation: String, _ number: Int32) -> LayerError {
        let text = String(decoding: UnsafeRawBufferPointer(start: pointer, count: min(count, 300)), as: UTF8.self)
        return .system(operation: "\(operation) \"\(text)\"", errno: number)
    }
}
