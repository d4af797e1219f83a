import Glibc
import Kernel

/// Directories and files of the host, and what changes in them, told by the kernel (`man 7 inotify`).
/// One task uses it.
final class TreeWatch {
    private let inotify: Inotify
    private let roots: [String]
    /// Directories that nobody wants to hear of.
    private let passesOver: @Sendable (String) -> Bool
    private var directories: [Int32: String] = [:]

    /// More changed files than this at once are told as "anything may have changed".
    static let mostChanges = 20_000
    private static let deepest = 200
    private static let mask = UInt32(
        IN_CLOSE_WRITE | IN_CREATE | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | Int32(IN_ONLYDIR))

    /// What has changed.
    struct Changes: Equatable {
        var paths: Set<String> = []
        /// There was more than could be told.
        var isIncomplete = false
    }

    /// - Throws: where a path, or what holds it, isn't there, or the kernel has no more watches.
    init(_ roots: [String], passingOver: @escaping @Sendable (String) -> Bool) throws {
        inotify = try Inotify()
        self.roots = roots
        passesOver = passingOver
        for root in Set(roots).sorted() {
            // Also for its own removal and return.
            try watch(RootDirectory.split(root).parent)
            guard Files.exists(root) else { throw CommandFailure("can't watch \(root): there is no such file") }
            if Self.isDirectory(root, followsLink: true) {
                try watch(root)
                var ignored = Changes()
                try enter(root, &ignored, depth: 0)
            }
        }
    }

    /// Readable when something has changed.
    var descriptor: Int32 { inotify.descriptor.number }

    /// Adds what has changed since the last call.
    func take(_ changes: inout Changes) throws {
        while true {
            let events = try inotify.events()
            if events.isEmpty { return }
            for event in events { try take(event, &changes) }
        }
    }

    /// All files that are there now.
    func everything() throws -> Changes {
        var changes = Changes()
        for root in roots {
            changes.paths.insert(root)
            if Self.isDirectory(root, followsLink: true) { try enter(root, &changes, depth: 0) }
        }
        return changes
    }

    private func take(_ event: Inotify.Event, _ changes: inout Changes) throws {
        func has(_ bits: Int...) -> Bool { bits.contains { event.mask & UInt32($0) != 0 } }
        if has(Int(IN_Q_OVERFLOW)) { changes.isIncomplete = true }
        if has(Int(IN_IGNORED)) { directories[event.watch] = nil }
        guard !event.name.isEmpty, let directory = directories[event.watch] else { return }
        let path = (directory == "/" ? "" : directory) + "/" + event.name
        guard isInside(path) else { return }
        note(path, &changes)
        guard has(Int(IN_ISDIR)) else { return }
        if has(Int(IN_MOVED_FROM)) { leave(path) }
        if has(Int(IN_CREATE), Int(IN_MOVED_TO)), !passesOver(path) {
            try watch(path)
            try enter(path, &changes, depth: 0)
        }
    }

    private func note(_ path: String, _ changes: inout Changes) {
        guard changes.paths.count < Self.mostChanges else { return changes.isIncomplete = true }
        changes.paths.insert(path)
    }

    private func isInside(_ path: String) -> Bool {
        roots.contains { WatchedPlace.place(of: path, in: $0) != nil }
    }

    /// Watches what is in a directory, whose files count as changed: some may have come before the watch.
    private func enter(_ directory: String, _ changes: inout Changes, depth: Int) throws {
        guard depth < Self.deepest else { return }
        for name in try Self.unlessGone({ () throws(KernelError) in try Directory.names(in: directory) }) ?? [] {
            let path = (directory == "/" ? "" : directory) + "/" + name
            note(path, &changes)
            guard Self.isDirectory(path, followsLink: false), !passesOver(path) else { continue }
            try watch(path)
            try enter(path, &changes, depth: depth + 1)
        }
    }

    /// What has been moved elsewhere would still be told of under its old name.
    private func leave(_ path: String) {
        for (watch, directory) in directories where WatchedPlace.place(of: directory, in: path) != nil {
            inotify.stop(watch)
            directories[watch] = nil
        }
    }

    private func watch(_ directory: String) throws {
        do throws(KernelError) {
            directories[try inotify.watch(directory, mask: Self.mask)] = directory
        } catch {
            // One that is gone again comes as an event of its own.
            if error.errno == ENOENT || error.errno == ENOTDIR { return }
            guard error.errno == ENOSPC else { throw error }
            throw CommandFailure(
                "can't watch \(directory): this user has no inotify watches left; raise the sysctl "
                    + "fs.inotify.max_user_watches, or ignore more of the tree")
        }
    }

    private static func unlessGone<Value>(_ read: () throws(KernelError) -> Value) throws(KernelError) -> Value? {
        do throws(KernelError) {
            return try read()
        } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
            return nil
        }
    }

    private static func isDirectory(_ path: String, followsLink: Bool) -> Bool {
        var status = stat()
        guard fstatat(AT_FDCWD, path, &status, followsLink ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }
}
