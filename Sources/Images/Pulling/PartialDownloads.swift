import Glibc
import Kernel
import OCI

extension ImageStore {
    /// Removes what is left of downloads that nobody has continued for `seconds`, and returns the bytes.
    @discardableResult
    func removePartialDownloads(olderThan seconds: Int) throws -> Int64 {
        var freed: Int64 = 0
        do {
            for name in try Directory.names(in: paths.partial) {
                let path = "\(paths.partial)/\(name)"
                guard let status = StoreFiles.status(path), time(nil) - status.st_mtim.tv_sec >= seconds,
                    let lock = try StoreLock.attempt(path, .exclusive)
                else { continue }
                try withExtendedLifetime(lock) { try Files.remove(path) }
                freed += Int64(status.st_blocks) * 512
            }
        } catch let error as KernelError {
            throw error.about("image store \(paths.root)")
        }
        return freed
    }

    /// Forgets when names were last compared with their registries, if that was long ago.
    func removeOldMarks() throws {
        do {
            for name in try Directory.names(in: paths.locks) where name.hasPrefix(StorePaths.markPrefix) {
                let path = "\(paths.locks)/\(name)"
                guard let status = StoreFiles.status(path), time(nil) - status.st_mtim.tv_sec > 90 * 86_400 else {
                    continue
                }
                try Files.remove(path)
            }
        } catch {
            throw error.about("image store \(paths.root)")
        }
    }

    func partialBytes() throws -> Int64 {
        do {
            return try Directory.names(in: paths.partial).reduce(0) { $0 + DiskUsage.of("\(paths.partial)/\($1)") }
        } catch {
            throw error.about("image store \(paths.root)")
        }
    }
}
