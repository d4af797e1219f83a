import Kernel

/// Tells one boot of the host from the next (`man 5 proc`, `/proc/sys/kernel/random/boot_id`).
enum BootIdentity {
    /// The same for as long as the host runs.
    static let current = (try? Files.readText("/proc/sys/kernel/random/boot_id"))?.filter { $0 != "\n" } ?? ""
}
