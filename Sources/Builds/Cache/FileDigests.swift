import ControlAPI
import Glibc
import Kernel
import OCI
import Synchronization

/// Which file, in which state: what is equal in all of it has the same bytes.
struct FileIdentity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
    /// Bytes.
    var size: Int64
    /// Nanoseconds since 1970: of the content, and of anything.
    var modified: Int64
    var changed: Int64

    init(_ entry: TreeEntry) {
        device = entry.fileSystem
        inode = entry.inode
        size = entry.size
        modified = entry.seconds &* 1_000_000_000 &+ entry.nanoseconds
        changed = entry.changeSeconds &* 1_000_000_000 &+ entry.changeNanoseconds
    }

    fileprivate init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }
}

/// Digests of files by what tells one from the other. Those of a context are kept for the next build.
final class FileDigests: Sendable {
    private struct State {
        /// In hexadecimal digits.
        var known: [FileIdentity: String] = [:]
        /// Of those, what this build has asked for.
        var used: Set<FileIdentity> = []
        /// Those that were read too soon after they were written to be trusted later.
        var young: Set<FileIdentity> = []
        var isChanged = false
    }

    private let state = Mutex(State())
    private let path: String?
    /// Nanoseconds since 1970.
    private let now: @Sendable () -> Int64

    /// How long before it was read a file must have been changed for its digest to be kept, in nanoseconds: what is written within a
    /// tick of the file system's clock after it was read has the same times (as git has it for its index). The coarsest
    /// clocks in use tick every two seconds.
    private static let shortestAge: Int64 = 2_000_000_000
    private static let mostKept = 400_000
    private static let magic = Array("roost file digests 1\n".utf8)

    /// Digests that are kept nowhere: of layers, whose files have other numbers when they are mounted again.
    init() { (path, now) = (nil, Timestamp.now) }

    /// - Parameter context: the directory whose files they are.
    init(root: String, context: String, now: @escaping @Sendable () -> Int64 = Timestamp.now) throws {
        self.now = now
        let directory = root + "/builds/digests"
        try Files.makeDirectories(directory, mode: 0o700)
        let path = directory + "/" + Digest.sha256(of: Array(context.utf8)).hex
        self.path = path
        guard Files.exists(path) else { return }
        // `try?`: without it the files are only read once more.
        guard let bytes = try? Files.read(path, limit: 64 << 20) else { return }
        state.withLock { $0.known = Self.decode(bytes) }
    }

    /// The SHA-256 of a file, in hexadecimal digits.
    func digest(of path: String, _ identity: FileIdentity, in tree: FileTree) throws -> String {
        let known = state.withLock { state in
            state.used.insert(identity)
            return state.known[identity]
        }
        if let known { return known }
        let isYoung = max(identity.modified, identity.changed) > now() - Self.shortestAge
        let digest = try Self.read(path, in: tree).hex
        state.withLock { state in
            state.known[identity] = digest
            if isYoung { state.young.insert(identity) } else { state.isChanged = true }
        }
        return digest
    }

    private static func read(_ path: String, in tree: FileTree) throws -> Digest {
        let file = try tree.open(path)
        var hasher = DigestHasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return hasher.finalize() }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Keeps what another build may trust: this build's, and of earlier ones what there is room for.
    func save() throws {
        guard let path else { return }
        let kept = state.withLock { state -> [(FileIdentity, String)]? in
            guard state.isChanged else { return nil }
            let old = state.known.filter { !state.young.contains($0.key) }
            let used = old.filter { state.used.contains($0.key) }
            let others = old.filter { !state.used.contains($0.key) }
            return Array(used.map { ($0.key, $0.value) }.prefix(Self.mostKept))
                + others.prefix(max(0, Self.mostKept - used.count)).map { ($0.key, $0.value) }
        }
        if let kept { try Files.replace(path, with: Self.encode(kept), mode: 0o600) }
    }

    // MARK: The file: for each digest five numbers of eight bytes, and 64 digits

    private static let rowSize = 104

    private static func encode(_ rows: [(FileIdentity, String)]) -> [UInt8] {
        var bytes = magic
        bytes.reserveCapacity(magic.count + rows.count * rowSize)
        for (identity, digest) in rows {
            let numbers = [
                identity.device, identity.inode, UInt64(bitPattern: identity.size),
                UInt64(bitPattern: identity.modified), UInt64(bitPattern: identity.changed),
            ]
            for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
            bytes += digest.utf8
        }
        return bytes
    }

    private static func decode(_ bytes: [UInt8]) -> [FileIdentity: String] {
        guard bytes.starts(with: magic), (bytes.count - magic.count) % rowSize == 0 else { return [:] }
        var result: [FileIdentity: String] = [:]
        result.reserveCapacity((bytes.count - magic.count) / rowSize)
        bytes.withUnsafeBytes { bytes in
            for start in stride(from: magic.count, to: bytes.count, by: rowSize) {
                let numbers = (0..<5).map {
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + $0 * 8, as: UInt64.self))
                }
                let identity = FileIdentity(
                    device: numbers[0], inode: numbers[1], size: Int64(bitPattern: numbers[2]),
                    modified: Int64(bitPattern: numbers[3]), changed: Int64(bitPattern: numbers[4]))
                result[identity] = String(
                    decoding: bytes[(start + 40)..<(start + rowSize)], as: UTF8.self)
            }
        }
        return result
    }
}
