import Dockerfiles
import Glibc
import Kernel
import Testing

@testable import Builds

/// A directory that a test has for itself; it goes with this value.
final class Workplace {
    let path: String

    init() throws {
        path = "/tmp/roost-builds-\(Files.unforeseenName())"
        try Files.makeDirectories(path)
    }

    deinit { try? Directory.remove(path) }  // What can't be removed is in /tmp.

    @discardableResult
    func write(_ name: String, _ text: String = "text\n", mode: mode_t = 0o644) throws -> String {
        let place = "\(path)/\(name)"
        try makeDirectory(RootDirectory.parent(of: place))
        try Files.replace(place, with: Array(text.utf8))
        #expect(chmod(place, mode) == 0)
        return place
    }

    func makeDirectory(_ name: String) throws {
        try Files.makeDirectories(name.hasPrefix("/") ? name : "\(path)/\(name)")
    }

    func link(_ name: String, to target: String) { #expect(symlink(target, "\(path)/\(name)") == 0) }

    /// What a `COPY` of the directory makes, over the files of another one.
    func copy(
        _ sources: String..., to destination: String, over base: Workplace? = nil, ignoring: [String] = [],
        change: (inout CopyAction) -> Void = { _ in }
    ) throws -> LayerDraft {
        var action = CopyAction(source: .context(nil), items: sources.map { .path($0) }, destination: destination)
        change(&action)
        let tree = SourceTree(directories: [path], ignoring: try IgnoreRules(patterns: ignoring), isContext: true)
        var draft = LayerDraft(base: try FileTree(base.map { [$0.path] } ?? []), now: 1)
        var step = try CopyStep(action, tree, owner: nil, draft: &draft)
        try step.run(&draft)
        return draft
    }
}

extension RootDirectory {
    static func parent(of path: String) -> String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
}

extension LayerDraft {
    /// `path mode what`, sorted.
    var listing: [String] {
        entries.values.sorted { $0.path < $1.path }.map { entry in
            let what =
                switch entry.content {
                case .none: entry.isDirectory ? "directory" : "special"
                case .data: "data"
                case .file(_, let path, _): path
                case .symbolicLink(let target): "-> \(target)"
                case .hardLink(let path): "= \(path)"
                case .device: "device"
                }
            return "\(entry.path) \(String(entry.mode & 0o7777, radix: 8)) \(what)"
        }
    }
}
