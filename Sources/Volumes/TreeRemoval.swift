import Glibc
import Kernel

/// Removes a directory with all that is in it. No link is followed, and no other file system is entered.
enum TreeRemoval {
    /// A missing path is fine.
    static func remove(_ path: String) throws(KernelError) {
        do throws(KernelError) {
            let directory = try OwnedDescriptor(open: path, [.directory, .noFollow])
            var status = stat()
            let number = directory.number
            try check("look at", path) { fstat(number, &status) }
            try empty(directory, device: status.st_dev)
        } catch {
            if error.errno == ENOENT { return }
            throw error
        }
        try check("remove", path) { rmdir(path) }
    }

    /// Removes what is in a directory, not the directory.
    static func empty(_ directory: borrowing OwnedDescriptor, device: dev_t) throws(KernelError) {
        for name in try DirectoryReader.names(in: directory) {
            guard let status = try DirectoryReader.status(of: name, in: directory) else { continue }
            if status.isDirectory {
                if status.st_dev != device { throw KernelError("remove", name.text, errno: EBUSY) }
                let inner = try DirectoryReader.open(name, in: directory, O_RDONLY | O_DIRECTORY)
                try empty(inner, device: device)
            }
            let number = directory.number
            try check("remove", name.text) {
                name.withCString { unlinkat(number, $0, status.isDirectory ? AT_REMOVEDIR : 0) }
            }
        }
    }
}
