import Glibc
import Kernel

/// The file or pipe that an archive goes to, opened with the rights and in the directory of this command. A file gets its
/// name when it is whole.
struct ArchiveOutput: ~Copyable {
    let descriptor: OwnedDescriptor
    private let path: String
    /// What the file is called until it is complete; `nil` for what isn't a file.
    private let temporary: String?

    /// `-` is the standard output.
    ///
    /// - Parameter mode: of a new file.
    static func open(_ path: String, mode: UInt32 = 0o644) throws(KernelError) -> ArchiveOutput {
        if path == "-" {
            let output = try check("use", "the standard output") { dup(STDOUT_FILENO) }
            return ArchiveOutput(descriptor: OwnedDescriptor(taking: output), path: path, temporary: nil)
        }
        let path = absolutePath(path)
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            return ArchiveOutput(
                descriptor: try OwnedDescriptor(open: path, .writeOnly), path: path, temporary: nil)
        }
        // Whoever else may write to the directory can't foresee it.
        let temporary = "\(path).\(Files.unforeseenName()).tmp"
        let file = try OwnedDescriptor(open: temporary, [.writeOnly, .create, .exclusive], mode: mode)
        return ArchiveOutput(descriptor: file, path: path, temporary: temporary)
    }

    /// The archive is whole.
    consuming func finish() throws(KernelError) {
        guard let temporary else { return }
        let path = path
        try check("rename to", path) { rename(temporary, path) }
    }

    deinit {
        // After `finish` nothing has that name any more.
        if let temporary { unlink(temporary) }
    }
}

/// What an archive is read from.
enum ArchiveInput {
    /// `-` is the standard input.
    static func open(_ path: String) throws(CommandFailure) -> OwnedDescriptor {
        do throws(KernelError) {
            if path == "-" {
                return OwnedDescriptor(taking: try check("use", "the standard input") { dup(STDIN_FILENO) })
            }
            return try OwnedDescriptor(open: path)
        } catch {
            throw CommandFailure("open \(path): \(error.reason)")
        }
    }
}
