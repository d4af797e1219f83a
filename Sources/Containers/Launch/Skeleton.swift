import Kernel

/// The lowest layer of every container: the places that are mounted on. Without it, each start would make them anew in
/// the container's own layer, at the cost of a dozen files on the disk.
struct Skeleton: Sendable {
    let path: String

    /// Makes the layer unless it is there.
    init(root: String) throws {
        path = root + "/skeleton"
        for name in ["/dev", "/proc", "/sys", "/etc"] { try Files.makeDirectories(path + name) }
        for name in ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"] where !Files.exists(path + name) {
            try Files.replace(path + name, with: [])
        }
    }
}
