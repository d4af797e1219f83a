import CLinux
import Glibc
import Kernel

/// Copies a merged directory with owners, modes, times, extended attributes, links and devices. Everything goes by
/// descriptor and single names: no link, in the layers or made meanwhile, leads anywhere.
struct ContentCopy {
    private struct Inode: Hashable {
        var device: dev_t
        var number: ino_t
    }

    /// Where the first name of a file with several was copied to: components from the top.
    private var links: [Inode: [FileName]] = [:]
    private let top: LayerDirectory

    private init(top: LayerDirectory) { self.top = top }

    /// Fills `target`, an empty directory. The directory itself stays as it is.
    static func copy(_ source: MergedDirectory, to target: String) throws(KernelError) {
        let top = LayerDirectory(try OwnedDescriptor(open: target, [.directory, .noFollow]))
        var copy = ContentCopy(top: top)
        try copy.fill(top, from: source, path: [])
        if clinux_sync_file_system(top.descriptor.number) != 0 {
            throw KernelError("write to disk", target, errno: lastError())
        }
    }

    /// Gives a directory the owner, mode, times and attributes of another.
    static func copyMetadata(
        of source: MergedDirectory, to target: LayerDirectory, name: String
    ) throws(KernelError) {
        guard let uppermost = source.parts.first else { return }
        try metadata(of: uppermost, name: name).apply(from: uppermost.descriptor, to: target.descriptor)
    }

    /// The times alone.
    static func copyTimes(of source: MergedDirectory, to target: LayerDirectory, name: String) throws(KernelError) {
        guard let uppermost = source.parts.first else { return }
        try metadata(of: uppermost, name: name).applyTimes(to: target.descriptor)
    }

    private static func metadata(of directory: LayerDirectory, name: String) throws(KernelError) -> Metadata {
        var status = stat()
        let number = directory.descriptor.number
        try check("look at", name) { fstat(number, &status) }
        return Metadata(status)
    }

    private mutating func fill(
        _ target: LayerDirectory, from source: MergedDirectory, path: [FileName]
    ) throws(KernelError) {
        for name in try source.names() {
            guard let entry = try source.entry(name) else { continue }
            switch entry {
            case .directory(let inner):
                let number = target.descriptor.number
                try check("make the directory", name.text) {
                    name.withCString { mkdirat(number, $0, 0o700) }
                }
                let made = LayerDirectory(
                    try DirectoryReader.open(name, in: target.descriptor, O_RDONLY | O_DIRECTORY))
                try fill(made, from: inner, path: path + [name])
                // Last, because every name made in it changes its times.
                try Self.copyMetadata(of: inner, to: made, name: name.text)
            case .other(let layer, let status):
                try copy(name, from: layer, status, to: target, path: path + [name])
            }
        }
    }

    private mutating func copy(
        _ name: FileName, from layer: LayerDirectory, _ status: stat, to target: LayerDirectory,
        path: [FileName]
    ) throws(KernelError) {
        if status.st_nlink > 1 {
            let inode = Inode(device: status.st_dev, number: status.st_ino)
            if let first = links[inode] { return try link(first, to: name, in: target) }
            links[inode] = path
        }
        let number = target.descriptor.number
        switch status.kind {
        case S_IFREG:
            try copyFile(name, from: layer, status, to: target)
        case S_IFLNK:
            let text = try DirectoryReader.target(of: name, in: layer.descriptor)
            try check("make the link", name.text) {
                text.withCString { text in name.withCString { symlinkat(text, number, $0) } }
            }
            try Metadata(status).apply(to: name, from: layer.descriptor, in: target.descriptor)
        case S_IFCHR, S_IFBLK, S_IFIFO:
            try check("make the device", name.text) {
                name.withCString { mknodat(number, $0, status.kind | 0o600, status.st_rdev) }
            }
            try Metadata(status).apply(to: name, from: layer.descriptor, in: target.descriptor)
        default:
            // A socket means nothing without the process that listens.
            break
        }
    }

    private func copyFile(
        _ name: FileName, from layer: LayerDirectory, _ status: stat, to target: LayerDirectory
    ) throws(KernelError) {
        let source = try DirectoryReader.open(name, in: layer.descriptor, OpenFlags.path.rawValue).openedFile(name.text)
        let copy = try DirectoryReader.open(
            name, in: target.descriptor, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        let (input, output) = (source.number, copy.number)
        // What is written to it meanwhile doesn't count: otherwise there would be no end to the copying.
        var left = Int(status.st_size)
        while left > 0 {
            let count = try check("copy", name.text) { sendfile(output, input, nil, min(left, 16 << 20)) }
            if count == 0 { break }
            left -= count
        }
        try Metadata(status).apply(from: source, to: copy)
    }

    private func link(
        _ first: [FileName], to name: FileName, in target: LayerDirectory
    ) throws(KernelError) {
        var directory = top
        for component in first.dropLast() {
            directory = LayerDirectory(
                try DirectoryReader.open(component, in: directory.descriptor, O_RDONLY | O_DIRECTORY))
        }
        guard let last = first.last else { return }
        let (from, to) = (directory.descriptor.number, target.descriptor.number)
        try check("link", name.text) {
            last.withCString { old in name.withCString { linkat(from, old, to, $0, 0) } }
        }
    }
}
