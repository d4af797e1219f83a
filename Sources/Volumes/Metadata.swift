import CLinux
import Glibc
import Kernel

/// Owner, mode, times and extended attributes of a file, on their way to its copy.
struct Metadata {
    private let status: stat

    init(_ status: stat) { self.status = status }

    private var mode: mode_t { status.st_mode & 0o7777 }
    private var times: [timespec] { [status.st_atim, status.st_mtim] }

    /// For what can be opened. The order matters: a change of owner takes set-id bits and file capabilities away.
    func apply(
        from source: borrowing OwnedDescriptor, to target: borrowing OwnedDescriptor
    ) throws(KernelError) {
        let (input, output) = (source.number, target.number)
        try check("change the owner") { fchown(output, status.st_uid, status.st_gid) }
        try copyAttributes(
            list: { flistxattr(input, $0, $1) }, get: { fgetxattr(input, $0, $1, $2) },
            set: { fsetxattr(output, $0, $1, $2, 0) })
        try check("change the mode") { fchmod(output, mode) }
        try applyTimes(to: target)
    }

    func applyTimes(to target: borrowing OwnedDescriptor) throws(KernelError) {
        let number = target.number
        try check("set the times") { futimens(number, times) }
    }

    /// For links and devices, which aren't opened.
    func apply(
        to name: FileName, from source: borrowing OwnedDescriptor, in target: borrowing OwnedDescriptor
    ) throws(KernelError) {
        let output = target.number
        try check("change the owner", name.text) {
            name.withCString { fchownat(output, $0, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) }
        }
        // The calls for attributes take no directory; this path leads to the same place, whatever is renamed.
        let from = FileName(Array("/proc/self/fd/\(source.number)/".utf8) + name.bytes)
        let to = FileName(Array("/proc/self/fd/\(output)/".utf8) + name.bytes)
        try copyAttributes(
            list: { buffer, size in from.withCString { llistxattr($0, buffer, size) } },
            get: { attribute, buffer, size in from.withCString { lgetxattr($0, attribute, buffer, size) }
            },
            set: { attribute, buffer, size in to.withCString { lsetxattr($0, attribute, buffer, size, 0) }
            })
        if status.kind != S_IFLNK {
            try check("change the mode", name.text) { name.withCString { fchmodat(output, $0, mode, 0) } }
        }
        try check("set the times", name.text) {
            name.withCString { utimensat(output, $0, times, AT_SYMLINK_NOFOLLOW) }
        }
    }

    private func copyAttributes(
        list: (UnsafeMutablePointer<CChar>?, Int) -> Int,
        get: (UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int,
        set: (UnsafePointer<CChar>, UnsafeRawPointer?, Int) -> Int32
    ) throws(KernelError) {
        // The kernel's limits for a list and for a value (man 7 xattr).
        let size = list(nil, 0)
        if size <= 0 { return }
        var names = [CChar](repeating: 0, count: size)
        let listed = try check("list the attributes") { list(&names, size) }
        for bytes in names.prefix(listed).split(separator: 0) {
            let name = FileName(bytes.lazy.map { UInt8(bitPattern: $0) })
            // They speak of the layer, not of the file.
            if name.text.hasPrefix("trusted.overlay.") || name.text.hasPrefix("user.overlay.") {
                continue
            }
            let length = name.withCString { get($0, nil, 0) }
            if length < 0 { continue }
            var value = [UInt8](repeating: 0, count: length)
            let read = try check("read the attribute", name.text) {
                name.withCString { get($0, &value, length) }
            }
            let result = name.withCString { set($0, value, read) }
            // A file system without attributes, or a user who may not set this one: the content is of use all the same.
            if result != 0 && lastError() != ENOTSUP && lastError() != EPERM {
                throw KernelError("set the attribute", name.text, errno: lastError())
            }
        }
    }
}
