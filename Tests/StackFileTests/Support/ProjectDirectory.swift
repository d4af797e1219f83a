import Glibc
import Testing

@testable import StackFile

/// A directory with files in it, removed at the end.
final class ProjectDirectory {
    let path: String

    init(_ files: [String: String]) throws {
        var template = Array("/tmp/roost-stackfile-XXXXXX".utf8CString)
        let isMade = template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return mkdtemp(start) != nil
        }
        try #require(isMade)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/project"
        mkdir(path, 0o755)
        for (name, content) in files { try write(content, to: name) }
    }

    func write(_ content: String, to name: String) throws {
        try write(Array(content.utf8), to: name)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let full = FilePath.clean(path + "/" + name)
        Self.makeDirectories(FilePath.directory(of: full))
        let file = try #require(fopen(full, "w"))
        defer { fclose(file) }
        let count = fwrite(bytes, 1, bytes.count, file)
        #expect(count == bytes.count)
    }

    private static func makeDirectories(_ path: String) {
        if path == "/" || FileBytes.exists(path) { return }
        makeDirectories(FilePath.directory(of: path))
        mkdir(path, 0o755)
    }

    deinit { Self.remove(FilePath.directory(of: path)) }

    private static func remove(_ path: String) {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { remove(path + "/" + name) }
            }
            closedir(directory)
        }
        Glibc.remove(path)
    }
}
