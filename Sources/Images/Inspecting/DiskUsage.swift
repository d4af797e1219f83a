import Glibc

/// Bytes that a file or a tree takes on its disk, each inode once, as `du` counts them.
public enum DiskUsage {
    /// 0 for what can't be looked at.
    public static func of(_ path: String) -> Int64 {
        guard let status = StoreFiles.status(path) else { return 0 }
        return status.st_mode & S_IFMT == S_IFDIR ? tree(path) : Int64(status.st_blocks) * 512
    }

    private struct Inode: Hashable {
        let device: dev_t
        let number: ino_t
    }

    private static func tree(_ path: String) -> Int64 {
        var total = StoreFiles.status(path).map { Int64($0.st_blocks) * 512 } ?? 0
        var linked: Set<Inode> = []
        // Names are bytes: a layer's need not be text.
        var pending = [Array(path.utf8CString.dropLast())]
        while let directory = pending.popLast() {
            guard let stream = opendir(directory + [0]) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
                }
                if name == [0x2E] || name == [0x2E, 0x2E] { continue }
                let child = directory + [0x2F] + name
                var status = stat()
                guard lstat(child + [0], &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR {
                    pending.append(child)
                } else if status.st_nlink > 1,
                    !linked.insert(Inode(device: status.st_dev, number: status.st_ino)).inserted
                {
                    continue
                }
                total += Int64(status.st_blocks) * 512
            }
        }
        return total
    }
}
