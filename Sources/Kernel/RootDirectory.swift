import CLinux
import Glibc

/// What a path inside a root directory may lead through (`man 2 openat2`).
public enum PathLinks: Sendable {
    /// Symbolic links are followed, and the root is where they start and end.
    case inside
    /// Symbolic links are followed, and one that leads out, by `..` or from `/` on, is an error (`EXDEV`).
    case beneath
    /// The path has to be as it is written: a symbolic link in it is an error (`ELOOP`).
    case refused
    /// As `refused`, and no mount may be crossed (`EXDEV`).
    case refusedOnOneMount

    /// `RESOLVE_IN_ROOT` or `RESOLVE_BENEATH`, and `RESOLVE_NO_MAGICLINKS`, with `RESOLVE_NO_SYMLINKS` and
    /// `RESOLVE_NO_XDEV`.
    fileprivate var resolution: UInt64 {
        switch self {
        case .inside: 0x10 | 0x02
        case .beneath: 0x08 | 0x02
        case .refused: 0x10 | 0x02 | 0x04
        case .refusedOnOneMount: 0x10 | 0x02 | 0x04 | 0x01
        }
    }
}

/// A directory that is the root for all paths given to it: no symbolic link or `..` leads out of it, and the links of
/// /proc that stand for open files lead nowhere (`man 2 openat2`, `RESOLVE_IN_ROOT`).
public struct RootDirectory: ~Copyable, Sendable {
    public let descriptor: OwnedDescriptor

    /// Opens the directory on the host.
    public init(_ path: String) throws(KernelError) {
        descriptor = try OwnedDescriptor(open: path, [.path, .directory])
    }

    /// Takes over a directory that is open.
    public init(taking directory: consuming OwnedDescriptor) {
        descriptor = directory
    }

    /// Opens a path inside.
    public func open(
        _ path: String, _ flags: OpenFlags, mode: UInt32 = 0, links: PathLinks = .inside
    ) throws(KernelError) -> OwnedDescriptor {
        let numbers = UInt64(UInt32(bitPattern: flags.rawValue | O_CLOEXEC))
        // EAGAIN: something was renamed while the path was walked.
        for attempt in 0... {
            let number = clinux_openat2(descriptor.number, path, numbers, UInt64(mode), links.resolution)
            if number >= 0 { return OwnedDescriptor(taking: number) }
            let reason = lastError()
            guard reason == EINTR || (reason == EAGAIN && attempt < 64) else {
                throw KernelError("open in the root file system", path, errno: reason)
            }
        }
        throw KernelError("open in the root file system", path, errno: EAGAIN)
    }

    /// Opens a path inside as a reference; nil if nothing is there.
    public func find(_ path: String, links: PathLinks = .inside) throws(KernelError) -> OwnedDescriptor? {
        do throws(KernelError) {
            return try open(path, .path, links: links)
        } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
            return nil
        }
    }

    /// Whether something is at a path inside.
    public func contains(_ path: String, links: PathLinks = .inside) throws(KernelError) -> Bool {
        if let _ = try find(path, links: links) { true } else { false }
    }

    /// A directory inside, made with its parents if missing. `made` tells whether this very directory was made.
    public func directory(
        _ path: String, mode: UInt32 = 0o755, links: PathLinks = .inside, made: inout Bool
    ) throws(KernelError) -> OwnedDescriptor {
        try directory(path, mode: mode, links: links, made: &made, linksLeft: 8)
    }

    /// A directory inside, made with its parents if missing.
    public func directory(
        _ path: String, mode: UInt32 = 0o755, links: PathLinks = .inside
    ) throws(KernelError) -> OwnedDescriptor {
        var made = false
        return try directory(path, mode: mode, links: links, made: &made)
    }

    /// A file inside, made empty if missing.
    public func file(
        _ path: String, mode: UInt32 = 0o644, links: PathLinks = .inside
    ) throws(KernelError) -> OwnedDescriptor {
        if let found = try find(path, links: links) { return found }
        if let parent = Files.parent(of: path) { _ = try directory(parent, links: links) }
        // Whoever shares a volume may have put a FIFO there meanwhile: nobody waits for its reader.
        _ = try open(path, [.writeOnly, .create, .nonBlocking, .noTerminal], mode: mode, links: links)
        return try open(path, .path, links: links)
    }

    private func directory(
        _ path: String, mode: UInt32, links: PathLinks, made: inout Bool, linksLeft: Int
    ) throws(KernelError) -> OwnedDescriptor {
        do throws(KernelError) {
            return try open(path, [.path, .directory], links: links)
        } catch  where error.errno == ENOENT {
            guard linksLeft > 0 else { throw KernelError("make the directory", path, errno: ELOOP) }
        }
        let (parentPath, name) = Self.split(path)
        var parentMade = false
        let parent = try directory(parentPath, mode: 0o755, links: links, made: &parentMade, linksLeft: linksLeft)
        if mkdirat(parent.number, name, mode) == 0 {
            made = true
        } else if lastError() == EEXIST {
            // Without links, opening it again says what is wrong with it.
            if case .inside = links { try makeLinked(name, in: parent, parentPath, linksLeft: linksLeft) }
        } else {
            throw KernelError("make the directory", path, errno: lastError())
        }
        return try open(path, [.path, .directory], links: links)
    }

    /// The name is a symbolic link to something missing (`/var/run` -> `/run`): makes what it points to.
    private func makeLinked(
        _ name: String, in parent: borrowing OwnedDescriptor, _ parentPath: String, linksLeft: Int
    ) throws(KernelError) {
        // Not a link: somebody made the directory in the meantime.
        guard let text = Self.readLink(name, in: parent) else { return }
        var made = false
        let path = text.hasPrefix("/") ? text : "\(parentPath)/\(text)"
        _ = try directory(path, mode: 0o755, links: .inside, made: &made, linksLeft: linksLeft - 1)
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

    /// The path as it is written, without `.`, `..` and needless slashes, beginning with one. What is looked at by its
    /// text alone has to be in this form, or `/x/../proc` would not be seen to be `/proc`.
    public static func cleaned(_ path: String) -> String {
        var names: [Substring] = []
        for name in path.split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return "/" + names.joined(separator: "/")
    }
}
