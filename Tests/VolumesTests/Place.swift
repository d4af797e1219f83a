import Glibc
import Kernel

/// A directory of the test's own, removed with the value.
final class Place: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/roost-volumes-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw KernelError("make", "a directory", errno: lastError()) }
        path = String(cString: made)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in entries(path) { remove("\(path)/\(name)") }
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    private static func entries(_ path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Writes a file, with the directories on the way.
    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
        let full = "\(path)/\(name)"
        if let slash = full.lastIndex(of: "/") { try Files.makeDirectories(String(full[..<slash])) }
        try Files.replace(full, with: Array(text.utf8))
        chmod(full, mode)
    }

    func read(_ name: String) throws -> String { try Files.readText("\(path)/\(name)") }

    func names(_ directory: String) throws -> [String] { Self.entries("\(path)/\(directory)") }

    func status(_ name: String) throws -> stat {
        var status = stat()
        let full = "\(path)/\(name)"
        try check("look at", full) { lstat(full, &status) }
        return status
    }
}
