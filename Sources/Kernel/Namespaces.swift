import CLinux
import Glibc

/// Kinds of namespaces as the kernel's `CLONE_NEW…` bits (`man 7 namespaces`).
public struct NamespaceKinds: OptionSet, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    public static let mount = NamespaceKinds(rawValue: 0x0002_0000)
    public static let cgroup = NamespaceKinds(rawValue: 0x0200_0000)
    public static let uts = NamespaceKinds(rawValue: 0x0400_0000)
    public static let ipc = NamespaceKinds(rawValue: 0x0800_0000)
    public static let user = NamespaceKinds(rawValue: 0x1000_0000)
    public static let pid = NamespaceKinds(rawValue: 0x2000_0000)
    public static let network = NamespaceKinds(rawValue: 0x4000_0000)
    public static let time = NamespaceKinds(rawValue: 0x80)
}

/// Moving between namespaces and making processes in new ones. All of it concerns the calling thread, so only a
/// program with a single thread may use what changes its mount, pid or user namespace.
public enum Namespaces {
    /// New namespaces for the calling thread.
    public static func unshare(_ kinds: NamespaceKinds) throws(KernelError) {
        try check("make new namespaces") { clinux_unshare(kinds.rawValue) }
    }

    /// Joins the namespace behind a descriptor of `/proc/PID/ns/…`, or those of a process behind its pidfd.
    public static func join(_ descriptor: borrowing OwnedDescriptor, _ kinds: NamespaceKinds) throws(KernelError) {
        try join(number: descriptor.number, kinds)
    }

    /// Joins namespaces through a borrowed descriptor's number.
    public static func join(number: Int32, _ kinds: NamespaceKinds) throws(KernelError) {
        try check("join namespaces") { clinux_setns(number, kinds.rawValue) }
    }

    /// Copies the calling process (`man 2 clone3`): nil in the child. Only for a process with a single thread.
    /// - Parameter cgroup: a v2 cgroup directory that the child starts in.
    public static func clone(
        _ kinds: NamespaceKinds = [], cgroup: Int32? = nil
    ) throws(KernelError) -> Child? {
        var pidfd: Int32 = -1
        let pid = try check("make a process in new namespaces") {
            clinux_clone3(UInt64(UInt32(bitPattern: kinds.rawValue)), cgroup ?? -1, &pidfd)
        }
        if pid == 0 { return nil }
        return Child(pid: pid, process: ProcessDescriptor(taking: OwnedDescriptor(taking: pidfd)))
    }

    /// Copies the calling process in its own namespaces: 0 in the child. Unlike ``clone(_:cgroup:)``, a seccomp filter
    /// that was made for containers lets it pass. Only for a process with a single thread.
    public static func fork() throws(KernelError) -> Int32 {
        try check("make a process") { clinux_fork() }
    }

    /// A child process: its pid stays ours until it is reaped.
    public struct Child: ~Copyable, Sendable {
        public let pid: Int32
        public let process: ProcessDescriptor

        /// The process alone.
        public consuming func intoProcess() -> ProcessDescriptor { process }
    }
}
