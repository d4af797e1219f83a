/// One name of a layer, with what it names.
struct FileNode: BitwiseCopyable {
    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt8
        /// Another entry took its name. It may live on under names that were linked to it.
        static let replaced = Flags(rawValue: 1)
        /// A further name of the node in `content`.
        static let link = Flags(rawValue: 2)
        /// A directory that hides what lower layers have in it.
        static let opaque = Flags(rawValue: 4)
        /// The mark of a name that is removed from lower layers.
        static let whiteout = Flags(rawValue: 8)
        /// The content has holes: `content` is where its runs are.
        static let sparse = Flags(rawValue: 16)
        /// A directory's or a link's last bytes follow its inode.
        static let inlineTail = Flags(rawValue: 32)
        /// The number is given.
        static let numbered = Flags(rawValue: 64)
    }

    /// Bytes of a file's content, a symbolic link's text, or a directory's entries.
    var size: UInt64 = 0
    var seconds: Int64 = 0
    var nanoseconds: UInt32 = 0
    /// The directory that it stands in; the root's is the root.
    var parent: UInt32
    /// Where the name starts among the names.
    var name: UInt32
    var owner: UInt32 = 0
    var group: UInt32 = 0
    /// A file's first block or the sink's own number for it; where a symbolic link's text starts among the names; a
    /// device's number; a further name's node.
    var content: UInt32 = 0
    /// Where its attributes are in the table of attributes; 0: none.
    var attributes: UInt32 = 0
    var links: UInt32 = 0
    /// The number of the inode in the image.
    var number: UInt32 = 0
    /// Type and permissions.
    var mode: UInt16
    var nameLength: UInt8
    var flags: Flags = []

    var type: FileType { FileType(mode: mode) }
    var isDirectory: Bool { mode & FileType.mask == FileType.directory.rawValue }
}

/// The type bits of a mode, `man 7 inode`.
public enum FileType: UInt16, Sendable {
    case fifo = 0o010000
    case characterDevice = 0o020000
    case directory = 0o040000
    case blockDevice = 0o060000
    case regular = 0o100000
    case symbolicLink = 0o120000
    /// Not in archives, and not made.
    case unknown = 0

    static let mask: UInt16 = 0o170000

    public init(mode: UInt16) { self = FileType(rawValue: mode & Self.mask) ?? .unknown }

    /// The number that stands in EROFS's directory entries.
    var directoryCode: UInt8 {
        switch self {
        case .regular: 1
        case .directory: 2
        case .characterDevice: 3
        case .blockDevice: 4
        case .fifo: 5
        case .symbolicLink: 7
        case .unknown: 0
        }
    }
}

/// What an archive says of a file besides its name and content.
public struct FileMetadata: Sendable {
    /// Type and permissions.
    public var mode: UInt16
    public var owner: UInt32
    public var group: UInt32
    /// When the content was changed last: seconds since 1970, and the nanoseconds in them.
    public var seconds: Int64
    public var nanoseconds: UInt32
    /// From `FileTable.keep(attributes)`.
    public var attributes: UInt32

    public init(
        mode: UInt16, owner: UInt32 = 0, group: UInt32 = 0, seconds: Int64 = 0, nanoseconds: UInt32 = 0,
        attributes: UInt32 = 0
    ) {
        self.mode = mode
        self.owner = owner
        self.group = group
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.attributes = attributes
    }
}
