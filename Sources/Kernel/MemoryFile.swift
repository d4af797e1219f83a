import CLinux
import Glibc

extension OwnedDescriptor {
    /// A file without a name in any directory (`man 2 memfd_create`), filled and positioned at its start.
    public static func memory(_ name: String, content: [UInt8] = []) throws(KernelError) -> OwnedDescriptor {
        let file = OwnedDescriptor(taking: try check("make a file in memory", name) { clinux_memory_file(name) })
        try file.writeAll(content)
        lseek(file.number, 0, SEEK_SET)
        return file
    }
}
