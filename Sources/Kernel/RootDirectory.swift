import CLinux
import Glibc

/// A directory that is the root for all paths given to it: no symbolic link or `..` leads out of it
/// (`man 2 openat2`, `RESOLVE_IN_ROOT`).
public struct RootDirectory: ~Copyable, Sendable {
    public let descriptor: OwnedDescriptor

    /// Opens the directory on the host.
    public init(_ path: String) throws(KernelError) {
        descriptor = try OwnedDescriptor(open: path, [.path, .directory])
    }

    /// Opens a path inside.
    public func open(_ path: String, _ flags: OpenFlags, mode: UInt32 = 0) throws(KernelError) -> OwnedDescriptor {
        let inside: UInt64 = 0x10
        let numbers = UInt64(UInt32(bitPattern: flags.rawValue | O_CLOEXEC))
        // EAGAIN: something was renamed while the path was walked.
        for attempt in 0... {
            let number = clinux_openat2(descriptor.number, path, numbers, UInt64(mode), inside)
            if number >= 0 { return OwnedDescriptor(taking: number) }
            let reason = lastError()
            guard reason == EINTR || (reason == EAGAIN && attempt < 64) else {
                throw KernelError("open in the root file system", path, errno: reason)
            }
        }
        throw KernelError("open in the root file system", path, errno: EAGAIN)
    }

    /// Opens a path inside as a reference; nil if nothing is there.
    public func find(_ path: String) throws(KernelError) -> OwnedDescriptor? {
        do throws(KernelError) {
            return try open(path, .path)
        } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
            return nil
        }
    }

    /// A directory inside, made with its parents if missing. `made` tells whether this very directory was made.
    public func directory(
        _ path: String, mode: UInt32 = 0o755, made: inout Bool
    ) throws(KernelError) -> OwnedDescriptor {
        try directory(path, mode: mode, made: &made, linksLeft: 8)
    }

    /// A directory inside, made with its parents if missing.
    public func directory(_ path: String, mode: UInt32 = 0o755) throws(KernelError) -> OwnedDescriptor {
        var made = false
        return try directory(path, mode: mode, made: &made)
    }

    /// A file inside, made empty if missing.
    public func file(_ path: String, mode: UInt32 = 0o644) throws(KernelError) -> OwnedDescriptor {
        if let found = try find(path) { return found }
        if let parent = Files.parent(of: path) { _ = try directory(parent) }
        _ = try open(path, [.writeOnly, .create], mode: mode)
        return try open(path, .path)
    }

    private func directory(
        _ path: String, mode: UInt32, made: inout Bool, linksLeft: Int
    ) throws(KernelError) -> OwnedDescriptor {
        do throws(KernelError) {
            return try open(path, [.path, .directory])
        } catch  where error.errno == ENOENT {
            guard linksLeft > 0 else { throw KernelError("make the directory", path, errno: ELOOP) }
        }
        let (parentPath, name) = Self.split(path)
        var parentMade = false
        let parent = try directory(parentPath, mode: 0o755, made: &parentMade, linksLeft: linksLeft)
        if mkdirat(parent.number, name, mode) == 0 {
            made = true
        } else if lastError() == EEXIST {
            try makeLinked(name, in: parent, parentPath, linksLeft: linksLeft)
        } else {
            throw KernelError("make the directory", path, errno: lastError())
        }
        return try open(path, [.path, .directory])
    }

    /// The name is a symbolic link to something missing (`/var/run` -> `/run`): makes what it points to.
    private func makeLinked(
        _ name: String, in parent: borrowing OwnedDescriptor, _ parentPath: String, linksLeft: Int
    ) throws(KernelError) {
        // Not a link: somebody made the directory in the meantime.
        guard let text = Self.readLink(name, in: parent) else { return }
        var made = false
        let path = text.hasPrefix("/") ? text : "\(parentPath)/\(text)"
        _ = try directory(path, mode: 0o755, made: &made, linksLeft: linksLeft - 1)
    }

    private static func readLink(_ name: String, in parent: borrowing OwnedDescriptor) -> String? {
        let number = parent.number
        let target = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer -> [UInt8] in
            guard let base = buffer.baseAddress else { return [] }
            let count = readlinkat(number, name, base, buffer.count)
            return buffer.prefix(Swift.max(0, count)).map(UInt8.init(bitPattern:))
        }
        return target.isEmpty ? nil : String(decoding: target, as: UTF8.self)
    }

    /// Parent and last name of a path; slashes at the end don't count.
    public static func split(_ path: String) -> (parent: String, name: String) {
        var trimmed = Substring(path)
        while trimmed.utf8.count > 1 && trimmed.utf8.last == UInt8(ascii: "/") { trimmed.removeLast() }
        guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("/", String(trimmed)) }
        let parent = trimmed[..<slash]
        return (parent.isEmpty ? "/" : String(parent), String(trimmed[trimmed.utf8.index(after: slash)...]))
    }
}
