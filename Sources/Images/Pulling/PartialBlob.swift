import Glibc
import Kernel
import OCI

/// A blob on its way into the store: the file that takes what has come, locked by whoever fetches it. What a killed
/// process or a cut connection leaves is where the next one goes on.
final class PartialBlob: Sendable {
    let path: String
    private let file: OwnedDescriptor

    private init(_ path: String, _ file: consuming OwnedDescriptor) {
        self.path = path
        self.file = file
    }

    /// Waits until no other process works on the blob; `nil` as soon as `isThere` says that nothing is left to do.
    /// `waiting` hears of the bytes that the other one has.
    static func acquire(
        _ path: String, unless isThere: () -> Bool, waiting: (Int64) -> Void
    ) async throws -> PartialBlob? {
        var pause = Duration.milliseconds(1)
        while true {
            if isThere() { return nil }
            let file = try OwnedDescriptor(open: path, [.readWrite, .create], mode: 0o600)
            if flock(file.number, LOCK_EX | LOCK_NB) == 0 {
                // The one before may have renamed or removed the file that is locked now.
                guard let named = StoreFiles.status(path), named.st_ino == (try StoreFiles.status(of: file)).st_ino
                else {
                    continue
                }
                let partial = PartialBlob(path, file)
                guard isThere() else { return partial }
                try partial.discard()
                return nil
            }
            guard errno == EWOULDBLOCK || errno == EINTR else { throw KernelError("lock", path, errno: lastError()) }
            waiting(Int64((try StoreFiles.status(of: file)).st_size))
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    /// Bytes that have come.
    func length() throws(KernelError) -> Int64 { Int64(try StoreFiles.status(of: file).st_size) }

    func truncate() throws(KernelError) {
        try check("shorten", path) { ftruncate(file.number, 0) }
    }

    /// Whether writing goes past the page cache; false where that can't be had.
    func setDirect(_ on: Bool) throws(KernelError) -> Bool { try file.setDirect(on) }

    /// Adds what comes next at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(KernelError) {
        var rest = bytes
        var place = offset
        while !rest.isEmpty {
            let count = try check("write", path) { pwrite(file.number, rest.baseAddress, rest.count, off_t(place)) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            place += Int64(count)
        }
    }

    /// Reads again what came before.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(KernelError) -> Int {
        try check("read", path) { pread(file.number, buffer.baseAddress, buffer.count, off_t(offset)) }
    }

    /// Waits until everything is on the disk.
    func sync() throws(KernelError) {
        try check("write to disk", path) { fdatasync(file.number) }
    }

    /// Gives the complete blob its name. It is readable by everyone whom the store's directories let in, as OCI layouts
    /// are.
    func rename(to final: String) throws(KernelError) {
        try check("set the mode of", path) { fchmod(file.number, 0o644) }
        try StoreFiles.rename(path, to: final)
    }

    func discard() throws(KernelError) { try Files.remove(path) }
}
