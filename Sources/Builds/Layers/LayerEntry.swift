import Glibc

/// One entry of a layer.
struct LayerEntry: Sendable {
    enum Content: Sendable {
        /// A directory, a FIFO.
        case none
        case data([UInt8])
        /// Bytes of a file of a tree.
        case file(tree: Int, path: String, FileIdentity)
        case symbolicLink(String)
        /// Another entry's path.
        case hardLink(String)
        case device(UInt64)
    }

    /// Absolute.
    var path: String
    /// `S_IFMT` and the permissions.
    var mode: UInt32
    var owner: UInt32 = 0
    var group: UInt32 = 0
    /// Since 1970.
    var seconds: Int64 = 0
    var attributes: [(name: String, value: [UInt8])] = []
    var content = Content.none
    /// Files with one number are one file with several names.
    var file: Int?

    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
}
