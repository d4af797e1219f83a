import Glibc

/// Reads files that a user named: regular ones and pipes, up to a bound and without waiting for a pipe without a writer.
enum FileBytes {
    /// The largest file that is read, in bytes.
    static let limit = 8 << 20

    /// Why a file could not be read, as a clause: "no such file".
    struct Failure: Error {
        var reason: String
        var isMissing: Bool
    }

    static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw Failure(reason: "it is a directory", isMissing: false)
        case S_IFIFO where path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/"):
            // A shell's process substitution: its writer is there, so reading may wait for it.
            _ = fcntl(descriptor, F_SETFL, 0)
        default: throw Failure(reason: "it is not a regular file", isMissing: false)
        }
        return try readAll(descriptor, expecting: Int(status.st_size))
    }

    static func readAll(_ descriptor: Int32, expecting: Int = 0) throws(Failure) -> [UInt8] {
        guard expecting <= limit else { throw tooLarge }
        var bytes: [UInt8] = []
        var step = max(expecting + 1, 4096)
        while true {
            var result = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: step) { buffer, count in
                result = retrying { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
                count = max(0, result)
            }
            guard result >= 0 else { throw failure(errno) }
            if result == 0 { return bytes }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            guard bytes.count <= limit else { throw tooLarge }
            step = expecting > 0 ? 4096 : 65536
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The path without links; as it is where it doesn't exist.
    static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static var tooLarge: Failure { Failure(reason: "it is larger than \(limit >> 20) MiB", isMissing: false) }

    private static func failure(_ code: Int32) -> Failure {
        let reason = code == ENOENT ? "no such file" : String(cString: strerror(code)).lowercased()
        return Failure(reason: reason, isMissing: code == ENOENT || code == ENOTDIR)
    }

    private static func retrying<Value: SignedInteger>(_ call: () -> Value) -> Value {
        while true {
            let value = call()
            if value >= 0 || errno != EINTR { return value }
        }
    }
}
