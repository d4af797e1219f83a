import CLinux
import Glibc
import Kernel

/// The names in a directory, one after the other.
struct DirectoryStream: ~Copyable {
    private let stream: OpaquePointer

    init(_ directory: borrowing OwnedDescriptor) throws(KernelError) {
        // With a description of its own, so that each stream begins at the beginning.
        let number = try check("read", "a directory") {
            openat(directory.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard let stream = fdopendir(number) else {
            let reason = lastError()
            close(number)
            throw KernelError("read", "a directory", errno: reason)
        }
        self.stream = stream
    }

    deinit { closedir(stream) }

    func next() -> TreeComparison.Name? {
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
            }
            if name != [0x2E, 0] && name != [0x2E, 0x2E, 0] { return name }
        }
        return nil
    }
}

/// The attributes that a layer may give a file; others are the host's.
enum ExtendedAttributes {
    private static let largest = 64 << 10

    static func of(
        _ name: TreeComparison.Name, _ directory: borrowing OwnedDescriptor
    ) throws(KernelError) -> [[UInt8]: [UInt8]] {
        // There are no calls for a name below a descriptor.
        let path = Array("/proc/self/fd/\(directory.number)/".utf8CString.dropLast()) + name
        let list = try read { llistxattr(path, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
        var found: [[UInt8]: [UInt8]] = [:]
        for key in list.split(separator: 0) where isLayers(key) {
            let key = Array(key)
            let text = key.map { CChar(bitPattern: $0) } + [0]
            found[key] = try read { lgetxattr(path, text, $0.baseAddress, $0.count) }
        }
        return found
    }

    private static func isLayers(_ key: ArraySlice<UInt8>) -> Bool {
        key.starts(with: "user.".utf8) || key.starts(with: "trusted.".utf8)
            || key.elementsEqual("security.capability".utf8) || key.starts(with: "system.posix_acl_".utf8)
    }

    /// Nothing where the file system has no attributes.
    private static func read(_ call: (UnsafeMutableRawBufferPointer) -> Int) throws(KernelError) -> [UInt8] {
        var bytes: [UInt8] = []
        var failure: Int32 = 0
        bytes = [UInt8](unsafeUninitializedCapacity: largest) { buffer, count in
            let result = call(UnsafeMutableRawBufferPointer(buffer))
            if result < 0 { failure = lastError() }
            count = max(0, result)
        }
        guard failure == 0 || failure == ENOTSUP else {
            throw KernelError("read the attributes of", "a file", errno: failure)
        }
        return bytes
    }
}
