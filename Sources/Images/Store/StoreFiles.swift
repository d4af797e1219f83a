import CLinux
import Glibc
import Kernel

/// The file operations that a store of content needs beside `Kernel.Files`.
enum StoreFiles {
    /// Opens a file below `directory` for reading without following a single symbolic link on the way: the names come
    /// from a stranger.
    static func open(_ name: String, beneath directory: String) throws(KernelError) -> OwnedDescriptor {
        let components = name.split(separator: "/").filter { $0 != "." }
        guard let last = components.last, !components.contains("..") else {
            throw KernelError("open", "\(directory)/\(name)", errno: EINVAL)
        }
        var current = try OwnedDescriptor(open: directory, .directory)
        for component in components.dropLast() {
            current = try OwnedDescriptor(open: String(component), [.directory, .noFollow], in: current.number)
        }
        return try OwnedDescriptor(regularFile: String(last), in: current.number)
    }

    /// What `path` itself is, or `nil`.
    static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// What an open file is.
    static func status(of file: borrowing OwnedDescriptor) throws(KernelError) -> stat {
        var status = stat()
        try check("examine") { fstat(file.number, &status) }
        return status
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Writes everything; `path` is for the error.
    static func write(
        _ bytes: UnsafeRawBufferPointer, to file: borrowing OwnedDescriptor, path: String
    ) throws(KernelError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try check("write", path) { Glibc.write(file.number, rest.baseAddress, rest.count) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Makes a directory with exactly this mode, and those above it, unless it is there.
    static func makeDirectory(_ path: String, mode: mode_t = 0o700) throws(KernelError) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try Files.makeDirectories(String(path[..<slash]), mode: 0o710)
        }
        if mkdir(path, mode) == 0 {
            // The process's mask took bits away.
            try check("set the mode of", path) { chmod(path, mode) }
        } else if lastError() != EEXIST {
            throw KernelError("make the directory", path, errno: lastError())
        }
    }

    static func rename(_ from: String, to path: String) throws(KernelError) {
        try check("rename to", path) { Glibc.rename(from, path) }
    }

    /// Renames a directory unless one that isn't empty has the name.
    static func renameUnlessTaken(_ from: String, to path: String) throws(KernelError) {
        guard Glibc.rename(from, path) != 0, lastError() != EEXIST, lastError() != ENOTEMPTY else { return }
        throw KernelError("rename to", path, errno: lastError())
    }

    /// Waits until a file's content is on the disk.
    static func syncFile(_ path: String) throws(KernelError) {
        let file = try OwnedDescriptor(open: path)
        try check("write to disk", path) { fdatasync(file.number) }
    }

    /// Puts everything that was written to the file system of `path` on its disk: one call for thousands of files.
    static func syncFileSystem(of path: String) throws(KernelError) {
        let file = try OwnedDescriptor(open: path)
        try check("write to disk", path) { clinux_sync_file_system(file.number) }
    }
}

extension KernelError {
    /// The same as a failure to do something with an image.
    func about(_ subject: String) -> ImageError {
        if errno == ENOSPC || errno == EDQUOT { return ImageError(subject, .diskFull(path: self.subject)) }
        return ImageError(subject, .system(self))
    }
}
