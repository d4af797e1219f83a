import Glibc
import Kernel
import OCI
import StackFile
import StackModel

/// The files that belong to a stack: where they are, and what they are called in a bundle.
struct BundleFiles {
    /// Absolute. All paths in the bundle are relative to it.
    let root: String
    /// Absolute paths, sorted.
    let paths: [String]
    /// What is left out, and why: one line each.
    let warnings: [String]

    /// `secrets`: the files of secrets too. `binds`: what bind mounts show to containers, too.
    init(_ loaded: LoadedStack, secrets: Bool, binds: Bool) throws {
        let stack = loaded.stack
        var found = Set(loaded.filesRead)
        var warnings: [String] = []
        for service in stack.services.values.sorted(by: { $0.name < $1.name }) {
            for grant in service.container.configs { found.formUnion(Self.file(grant)) }
            let secretFiles = service.container.secrets.flatMap(Self.file)
            if secrets {
                found.formUnion(secretFiles)
            } else {
                warnings += secretFiles.map { "the secret \($0) is left out; --with-secrets takes it along" }
            }
            let sources = service.container.volumes.compactMap(Self.source)
            if binds {
                for source in sources { found.formUnion(try Self.regularFiles(below: source)) }
            } else {
                warnings += sources.map { "the bind mount \($0) is left out; --with-binds takes it along" }
            }
            found.formUnion(try Self.localImage(service.image))
        }
        let near = found.filter { Self.common(stack.workingDirectory, $0) != "/" }
        warnings += found.subtracting(near).sorted().map {
            "\($0) is left out: it has no directory in common with the project, so its path would mean nothing elsewhere"
        }
        root = near.reduce(stack.workingDirectory, Self.common)
        paths = near.sorted()
        var seen: Set<String> = []
        self.warnings = warnings.filter { seen.insert($0).inserted }
        guard paths.count <= BundleDocument.mostFiles else {
            throw CommandFailure("the stack has more than \(BundleDocument.mostFiles) files")
        }
    }

    private static func file(_ grant: FileGrant) -> [String] {
        if case .file(let path) = grant.content { [path] } else { [] }
    }

    private static func source(_ mount: VolumeMount) -> String? {
        if case .bind(let path, _, _) = mount.source { path } else { nil }
    }

    /// An image that the stack names by its path comes along as the file or directory that it is.
    private static func localImage(_ image: String) throws -> Set<String> {
        switch ImageSource(image) {
        case .layout(let path, _)?: try regularFiles(below: path)
        case .archive(let path, _, _)?: [path]
        default: []
        }
    }

    /// Symbolic links and what is no file stay behind.
    private static func regularFiles(below path: String) throws -> Set<String> {
        var status = stat()
        guard lstat(path, &status) == 0 else { return [] }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return [path]
        case S_IFDIR:
            var files: Set<String> = []
            for name in try Directory.names(in: path) {
                files.formUnion(try regularFiles(below: path + "/" + name))
                guard files.count <= BundleDocument.mostFiles else {
                    throw CommandFailure("\(path) has more than \(BundleDocument.mostFiles) files")
                }
            }
            return files
        default: return []
        }
    }

    /// The longest directory that both paths are in; `first` is a directory.
    static func common(_ first: String, _ second: String) -> String {
        let parents = second.split(separator: "/").dropLast()
        let shared = zip(first.split(separator: "/"), parents).prefix { $0 == $1 }.map(\.0)
        return "/" + shared.joined(separator: "/")
    }

    func relative(_ path: String) -> String {
        let prefix = root == "/" ? "/" : root + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path == root ? "" : path
    }

    /// What the bundle says of a file.
    func describe(_ path: String) throws -> BundleDocument.File {
        let file = try OwnedDescriptor(open: path)
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure("\(path): it is no regular file")
        }
        var hasher = DigestHasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var size: Int64 = 0
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { break }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            size += Int64(count)
        }
        return BundleDocument.File(
            path: relative(path), mode: status.st_mode & 0o777, size: size,
            digest: hasher.finalize().description)
    }
}
