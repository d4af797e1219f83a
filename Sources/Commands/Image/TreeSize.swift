import Glibc

/// Bytes that a directory takes on its disk, as `du` counts them: each file once, however many names it has.
enum TreeSize {
    private struct Inode: Hashable {
        var device: dev_t
        var number: ino_t
    }

    /// What can't be looked at counts nothing.
    static func bytes(_ path: String) -> Int64 {
        var total: Int64 = 0
        var seen: Set<Inode> = []
        // Names are bytes, and need not be text.
        var pending = [Array(path.utf8CString.dropLast())]
        total += status(pending[0]).map { Int64($0.st_blocks) * 512 } ?? 0
        while let directory = pending.popLast() {
            for name in names(in: directory) {
                let child = directory + [CChar(bitPattern: UInt8(ascii: "/"))] + name
                guard let status = status(child) else { continue }
                if status.st_mode & S_IFMT == S_IFDIR {
                    pending.append(child)
                } else if status.st_nlink > 1,
                    !seen.insert(Inode(device: status.st_dev, number: status.st_ino)).inserted
                {
                    continue
                }
                total += Int64(status.st_blocks) * 512
            }
        }
        return total
    }

    private static func status(_ path: [CChar]) -> stat? {
        var status = stat()
        return lstat(path + [0], &status) == 0 ? status : nil
    }

    private static func names(in directory: [CChar]) -> [[CChar]] {
        guard let stream = opendir(directory + [0]) else { return [] }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
            }
            let dot = CChar(bitPattern: UInt8(ascii: "."))
            if name != [dot], name != [dot, dot] { names.append(name) }
        }
        return names
    }
}
