import Blocking
import Glibc
import Kernel

/// What a container has written, removed and added on top of its image, by the directory that overlayfs kept it in.
public struct ContainerChanges: Sendable {
    public enum Kind: Sendable {
        case changed, added, deleted
    }

    /// By path.
    public let changes: [(path: String, kind: Kind)]
    /// More than this are no answer for people.
    private static let most = 500_000

    /// - Parameter below: the image's layers, the top one first.
    public init(upper: String, below: [String]) async throws {
        changes = try await onOwnThread { try Self.changes(upper, below) }
    }

    private static func changes(_ upper: String, _ below: [String]) throws -> [(path: String, kind: Kind)] {
        let tree = try FileTree([upper])
        let image = try FileTree(below)
        var changes: [(path: String, kind: Kind)] = []
        // Not by recursion: how deep a container nests directories is up to the container.
        var waiting = ["/"]
        while let directory = waiting.popLast() {
            guard let children = try unlessGone({ try tree.rawChildren(directory) }) else { continue }
            for (name, entry) in children {
                let path = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
                let wasThere = try image.entry(path) != nil
                changes.append((path, entry.isWhiteout ? .deleted : wasThere ? .changed : .added))
                guard changes.count <= most else { throw BuildError("more than \(most) files have changed") }
                if entry.isDirectory { waiting.append(path) }
            }
        }
        return changes.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// `nil` where the container has removed or replaced what was to be read.
    static func unlessGone<Value>(_ read: () throws -> Value) throws -> Value? {
        do {
            return try read()
        } catch let error as KernelError where [ENOENT, ENOTDIR, ELOOP].contains(error.errno) {
            return nil
        }
    }
}
