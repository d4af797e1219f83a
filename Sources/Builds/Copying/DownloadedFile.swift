import Dockerfiles
import Glibc
import Images

/// A file of the web; it goes with this value.
struct DownloadedFile: Sendable {
    /// Has it as `file`.
    let scratch: ImageStore.Scratch
    /// Seconds since 1970, as its server said.
    let modified: Int64?

    /// What it is called: the last part of its address's path.
    static func name(of url: String) -> String {
        let rest = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
        let path = rest.drop { $0 != "/" }.prefix { $0 != "?" && $0 != "#" }
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return name.isEmpty || name == "." || name == ".." ? "__unnamed__" : decoded(name)
    }

    /// Without percent signs; one that isn't text or would be a path stays as it is.
    private static func decoded(_ name: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(name.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains("/"), !text.contains("\0"),
            text != ".", text != ".."
        else { return name }
        return text
    }
}

extension CopyStep {
    /// A file of the web is root's alone, unless the step says otherwise.
    mutating func add(_ url: String, _ draft: inout LayerDraft) throws {
        guard let file = downloads[url] else { throw BuildError("\(url) was not fetched") }
        try begin(&draft)
        let tree = try FileTree([file.scratch.path])
        guard let entry = try tree.entry("/file") else { throw BuildError("\(url) is gone; build again") }
        let number = draft.sources.count
        draft.sources.append(LayerDraft.Source(tree: tree))
        let target = try target(of: "/" + DownloadedFile.name(of: url), isDirectory: false, &draft)
        guard try !draft.isDirectory(target) else {
            throw BuildError("cannot replace to directory \(target) with file")
        }
        let permissions = mode?.applied(to: 0o600, isDirectory: false) ?? 0o600
        try draft.put(
            LayerEntry(
                path: target, mode: S_IFREG | permissions, owner: owner?.0 ?? 0, group: owner?.1 ?? 0,
                seconds: file.modified ?? 0, content: .file(tree: number, path: "/file", FileIdentity(entry))))
    }
}
