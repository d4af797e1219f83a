import Blocking
import Glibc
public import Kernel
import Synchronization

/// The files of a container as one tar archive: its layers as overlayfs shows them, without what is mounted in it.
/// Nothing is mounted for it, so a container that runs isn't disturbed.
public struct RootArchive: Sendable {
    private let directories: [String]

    /// - Parameter directories: the top one first.
    public init(_ directories: [String]) { self.directories = directories }

    /// Returns when the archive is whole. Where the task is cancelled it ends after the file at hand.
    public func write(to output: consuming OwnedDescriptor) async throws {
        let output = Output(output)
        try await withTaskCancellationHandler {
            try await onOwnThread { try write(to: output) }
        } onCancel: {
            output.isCancelled.withLock { $0 = true }
        }
    }

    private final class Output: Sendable {
        let file: OwnedDescriptor
        let isCancelled = Mutex(false)

        init(_ file: consuming OwnedDescriptor) { self.file = file }
    }

    /// Directory by directory, and not by recursion: how deep a container nests them is up to the container.
    private func write(to output: Output) throws {
        var archive = LayerArchive(try output.file.duplicate())
        let tree = try FileTree(directories)
        var entries = EntryWriter(tree)
        var waiting = ["/"]
        while let directory = waiting.popLast() {
            guard let children = try Self.unlessGone({ try tree.children(directory) }) else { continue }
            for (name, entry) in children {
                if output.isCancelled.withLock({ $0 }) { throw CancellationError() }
                // A socket means nothing without its process.
                if entry.kind == S_IFSOCK { continue }
                let path = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
                let added: Void? = try Self.unlessGone { try entries.add(path, entry, to: &archive) }
                if added != nil, entry.isDirectory { waiting.append(path) }
            }
        }
        _ = try archive.finish()
    }

    /// `nil` where the container has removed or replaced what was to be read.
    private static func unlessGone<Value>(_ read: () throws -> Value) throws -> Value? {
        do {
            return try read()
        } catch let error as KernelError where [ENOENT, ENOTDIR, ELOOP].contains(error.errno) {
            return nil
        }
    }
}
