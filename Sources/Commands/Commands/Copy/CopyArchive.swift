import Glibc
import Kernel
import TarArchives

/// `cp SERVICE:PATH -` and `cp - SERVICE:PATH`: a tar archive on a standard stream.
enum CopyArchive {
    private static let deepest = 400

    /// Writes what is copied to standard output.
    static func write(_ source: borrowing CopySource) throws {
        let writer = TarWriter(
            OwnedDescriptor(taking: dup(STDOUT_FILENO)), path: "standard output", makesDirectories: false)
        if source.takesContent {
            for name in try Directory.names(in: source.directory, "") {
                try add(name, in: source.directory, as: name, to: writer, depth: 0)
            }
        } else {
            try add(source.name, in: source.directory, as: source.name, to: writer, depth: 0)
        }
        try writer.finish()
    }

    private static func add(
        _ name: String, in directory: borrowing OwnedDescriptor, as path: String, to writer: TarWriter, depth: Int
    ) throws {
        guard depth < deepest else { throw KernelError("copy the tree", path, errno: ENAMETOOLONG) }
        let number = directory.number
        var status = stat()
        try check("look at", path) { fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) }
        var header = TarHeader(name: path, size: 0, mode: status.st_mode & 0o7777)
        (header.owner, header.group, header.time) = (status.st_uid, status.st_gid, Int64(status.st_mtim.tv_sec))
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            header.kind = .directory
            header.name += "/"
            try writer.begin(header)
            try writer.end()
            let inner = try OwnedDescriptor(open: name, [.directory, .noFollow], in: number)
            for child in try Directory.names(in: inner, path) {
                try add(child, in: inner, as: path + "/" + child, to: writer, depth: depth + 1)
            }
        case S_IFLNK:
            header.kind = .symbolicLink
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let count = try check("read the link", path) { readlinkat(number, name, &buffer, Int(PATH_MAX)) }
            header.link = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            try writer.begin(header)
            try writer.end()
        case S_IFREG:
            let file = try OwnedDescriptor(open: name, [.noFollow, .nonBlocking, .noTerminal], in: number)
            let found = try file.status()
            guard found.isRegularFile else { throw KernelError("read", path, errno: EINVAL) }
            header.size = found.size
            try writer.add(header, from: file)
        default: break
        }
    }

    /// Unpacks standard input into a directory of a container; whatever the archive names is found inside its root.
    static func extract(to end: borrowing CopyEnd, keepsOwners: Bool) throws {
        guard let found = try end.root.find(end.path), try found.isDirectory() else {
            throw CommandFailure("destination \"\(end.name):\(end.path)\" must be a directory")
        }
        let root = RootDirectory(taking: try end.root.open(end.path, [.path, .directory]))
        var reader = try TarReader("/dev/stdin")
        var longName: String?
        var longLink: String?
        while let header = try reader.next() {
            switch header.kind {
            case .longName: longName = try text(&reader)
            case .longLink: longLink = try text(&reader)
            case .extended:
                for (key, value) in try records(&reader) {
                    if key == "path" { longName = value }
                    if key == "linkpath" { longLink = value }
                }
            default:
                var entry = header
                if let longName { entry.name = longName }
                if let longLink { entry.link = longLink }
                (longName, longLink) = (nil, nil)
                try make(entry, &reader, in: root, keepsOwners: keepsOwners)
            }
        }
    }

    private static func text(_ reader: inout TarReader) throws -> String {
        String(decoding: try reader.content(limit: 1 << 16).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// `LENGTH KEY=VALUE\n`, one after the other.
    private static func records(_ reader: inout TarReader) throws -> [(String, String)] {
        try reader.content(limit: 1 << 20).split(separator: 0x0A).compactMap { line in
            let text = String(decoding: line, as: UTF8.self).drop { $0 != " " }.dropFirst()
            let parts = text.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }

    private static func make(
        _ entry: TarHeader, _ reader: inout TarReader, in root: borrowing RootDirectory, keepsOwners: Bool
    ) throws {
        let path = RootDirectory.cleaned(entry.name)
        guard path != "/" else { return }
        let (parent, name) = RootDirectory.split(path)
        _ = try root.directory(parent)
        let directory = try root.open(parent, [.directory])
        let number = directory.number
        switch entry.kind {
        case .directory: _ = try root.directory(path, mode: entry.mode)
        case .file:
            let file = try TreeCopy.emptyFile(name, in: number, mode: entry.mode)
            _ = try reader.copy(to: file)
            let made = file.number
            if keepsOwners { try check("set the owner of", path) { fchown(made, entry.owner, entry.group) } }
            try check("set the mode of", path) { fchmod(made, entry.mode) }
        case .symbolicLink:
            if unlinkat(number, name, 0) != 0, lastError() != ENOENT {
                throw KernelError("replace", path, errno: lastError())
            }
            try check("make the link", path) { symlinkat(entry.link, number, name) }
        default: break
        }
    }
}
