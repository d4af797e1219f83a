import Glibc
import Kernel

/// Compares two directories in everything that a container sees of them: names, types, content, modes, owners, times,
/// links, devices and attributes. Memory is bounded by the directories and hard links that a layer has, never by its
/// content.
struct TreeComparison: ~Copyable {
    typealias Name = [CChar]

    /// A directory that is being looked at: its name, and the directories in it that are still to come.
    private struct Level {
        let name: Name
        var pending: [Name]
    }

    private var levels: [Level] = []
    /// Files with several names, in the one tree and the other.
    private var twins: [ino_t: ino_t] = [:]
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 4096)

    private init() {}

    deinit { buffer.deallocate() }

    /// The first difference that is found, with its place; `nil` if there is none.
    static func difference(_ stored: String, _ made: String) throws(KernelError) -> String? {
        var comparison = TreeComparison()
        return try comparison.run(stored, made)
    }

    private mutating func run(_ stored: String, _ made: String) throws(KernelError) -> String? {
        var left = try OwnedDescriptor(open: stored, [.directory, .noFollow])
        var right = try OwnedDescriptor(open: made, [.directory, .noFollow])
        let root: Name = [0x2E, 0]
        if let what = try entry(root, left, right) { return describe([], what) }
        levels = [Level(name: root, pending: [])]
        if let found = try entries(left, right) { return found }
        while let level = levels.last {
            if let next = level.pending.last {
                levels[levels.count - 1].pending.removeLast()
                left = try Self.open(next, left)
                right = try Self.open(next, right)
                levels.append(Level(name: next, pending: []))
                if let found = try entries(left, right) { return found }
            } else {
                levels.removeLast()
                // Whoever could move the directories about could as well change them.
                let up: Name = [0x2E, 0x2E, 0]
                guard !levels.isEmpty else { return nil }
                left = try Self.open(up, left)
                right = try Self.open(up, right)
            }
        }
        return nil
    }

    private static func open(
        _ name: Name, _ directory: borrowing OwnedDescriptor, _ flags: Int32 = O_DIRECTORY
    ) throws(KernelError) -> OwnedDescriptor {
        let number = try check("open", text(name)) {
            openat(directory.number, name, O_RDONLY | flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        }
        return OwnedDescriptor(taking: number)
    }

    /// Everything in two directories, and what directories in them are still to be looked at.
    private mutating func entries(
        _ left: borrowing OwnedDescriptor, _ right: borrowing OwnedDescriptor
    ) throws(KernelError) -> String? {
        var seen = 0
        let stream = try DirectoryStream(left)
        while let name = stream.next() {
            seen += 1
            if let what = try entry(name, left, right) { return describe([name], what) }
            if try Self.status(name, left)?.isDirectory ?? false { levels[levels.count - 1].pending.append(name) }
        }
        var expected = 0
        let other = try DirectoryStream(right)
        while let name = other.next() {
            expected += 1
            if expected > seen, try Self.status(name, left) == nil { return describe([name], "is missing") }
        }
        if seen == expected { return nil }
        let missing = try DirectoryStream(right)
        while let name = missing.next() {
            if try Self.status(name, left) == nil { return describe([name], "is missing") }
        }
        return describe([], "has other names")
    }

    private mutating func entry(
        _ name: Name, _ left: borrowing OwnedDescriptor, _ right: borrowing OwnedDescriptor
    ) throws(KernelError) -> String? {
        guard let one = try Self.status(name, left), let other = try Self.status(name, right) else {
            return "isn't the layer's"
        }
        if let what = one.difference(from: other) { return what }
        if one.st_nlink > 1, !one.isDirectory {
            if let twin = twins[one.st_ino] { return twin == other.st_ino ? nil : "is linked to another file" }
            twins[one.st_ino] = other.st_ino
        }
        if try ExtendedAttributes.of(name, left) != ExtendedAttributes.of(name, right) {
            return "has other extended attributes"
        }
        switch one.st_mode & S_IFMT {
        case S_IFLNK: return try target(name, left) == target(name, right) ? nil : "is a link to something else"
        case S_IFREG:
            let file = try Self.open(name, left, 0)
            let twin = try Self.open(name, right, 0)
            return try FileContent.areEqual(file, twin, buffer) ? nil : "has another content"
        default: return nil
        }
    }

    private func target(_ name: Name, _ directory: borrowing OwnedDescriptor) throws(KernelError) -> [UInt8] {
        guard let text = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return [] }
        let count = try check("read the link", Self.text(name)) { readlinkat(directory.number, name, text, 8192) }
        return Array(buffer[..<count])
    }

    private static func status(
        _ name: Name, _ directory: borrowing OwnedDescriptor
    ) throws(KernelError) -> stat? {
        var status = stat()
        if fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
        if lastError() == ENOENT { return nil }
        throw KernelError("examine", text(name), errno: lastError())
    }

    static func text(_ name: Name) -> String {
        String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func describe(_ name: [Name], _ what: String) -> String {
        let path = (levels.dropFirst().map(\.name) + name).map(Self.text).joined(separator: "/")
        return "\"/\(path.suffix(300))\" in its directory \(what)"
    }
}

extension stat {
    fileprivate var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }

    fileprivate func difference(from other: stat) -> String? {
        if st_mode & S_IFMT != other.st_mode & S_IFMT { return "is of another type" }
        if st_mode != other.st_mode { return "has other permissions" }
        if st_uid != other.st_uid || st_gid != other.st_gid { return "has another owner" }
        if st_rdev != other.st_rdev { return "is another device" }
        if !isDirectory, st_size != other.st_size { return "has another length" }
        if !isDirectory, st_nlink != other.st_nlink { return "has more or fewer names" }
        if st_mtim.tv_sec != other.st_mtim.tv_sec || st_mtim.tv_nsec != other.st_mtim.tv_nsec {
            return "has another time"
        }
        return nil
    }
}
