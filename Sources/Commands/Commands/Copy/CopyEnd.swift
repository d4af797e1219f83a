import Glibc
import Kernel

/// A root directory and a path in it that is copied from or to: the host's, or a container's, whose links lead nowhere
/// outside of it.
struct CopyEnd: ~Copyable {
    let root: RootDirectory
    let path: String
    /// For messages: `web-1:/etc`.
    let name: String

    /// Where the copy starts: the directory that holds it, and its name there. The last link is followed on demand.
    func source(followsLink: Bool) throws -> CopySource {
        let text = followsLink || path.hasSuffix("/") || path.hasSuffix("/.") ? try target() : path
        let cleaned = RootDirectory.cleaned(text)
        let (parent, last) = RootDirectory.split(cleaned)
        let isThere = try cleaned == "/" || exists(parent, last)
        guard isThere else {
            throw CommandFailure("Could not find the file \(path) in \(name)")
        }
        let takesContent = path.hasSuffix("/.") || cleaned == "/"
        let directory = try root.open(takesContent ? cleaned : parent, [.directory])
        return CopySource(directory: directory, name: last, takesContent: takesContent)
    }

    /// Where the copy goes, with the name that it gets.
    func destination(for source: borrowing CopySource) throws -> CopyTarget {
        let isDirectory = try source.isDirectory()
        if let found = try root.find(path) {
            if try found.isDirectory() {
                return CopyTarget(
                    directory: try root.open(path, [.directory]), name: source.takesContent ? nil : source.name)
            }
            guard !isDirectory else { throw CommandFailure("cannot copy a directory to a file: \(path)") }
            let (parent, last) = RootDirectory.split(try target())
            return CopyTarget(directory: try root.open(parent, [.directory]), name: last)
        }
        if path.hasSuffix("/"), !isDirectory {
            throw CommandFailure("the destination directory must exist: \(path)")
        }
        let (parent, last) = RootDirectory.split(path)
        guard let holder = try root.find(parent), try holder.isDirectory() else {
            throw CommandFailure("Could not find the file \(parent) in \(name)")
        }
        let directory = try root.open(parent, [.directory])
        guard source.takesContent else { return CopyTarget(directory: directory, name: last) }
        let number = directory.number
        try check("make the directory", path) { mkdirat(number, last, 0o755) }
        return CopyTarget(directory: try root.open(path, [.directory]), name: nil)
    }

    private func exists(_ parent: String, _ last: String) throws -> Bool {
        guard let directory = try root.find(parent), try directory.isDirectory() else { return false }
        var status = stat()
        return fstatat(directory.number, last, &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// The path that the path leads to, without links: seen from inside the root.
    private func target() throws -> String {
        var current = RootDirectory.cleaned(path)
        for _ in 0..<40 {
            let (parent, last) = RootDirectory.split(current)
            guard current != "/", let directory = try root.find(parent) else { return current }
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let count = readlinkat(directory.number, last, &buffer, Int(PATH_MAX))
            guard count > 0 else { return current }
            let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            current = RootDirectory.cleaned(text.hasPrefix("/") ? text : parent + "/" + text)
        }
        throw KernelError("follow the links of", path, errno: ELOOP)
    }
}

/// What is copied.
struct CopySource: ~Copyable {
    /// The directory that holds it or, where its content is taken alone, itself.
    let directory: OwnedDescriptor
    let name: String
    /// `DIRECTORY/.`
    let takesContent: Bool

    func isDirectory() throws -> Bool {
        if takesContent { return true }
        var status = stat()
        let number = directory.number
        try check("look at", name) { fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) }
        return status.st_mode & S_IFMT == S_IFDIR
    }
}

/// Where a copy goes.
struct CopyTarget: ~Copyable {
    let directory: OwnedDescriptor
    /// `nil`: the content alone is copied into the directory.
    let name: String?
}
