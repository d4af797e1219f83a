import Kernel
import Launching

/// A user namespace of the container's own, from both sides.
enum UserNamespace {
    /// Gives a new namespace its ids. Only from outside any ids may be given, and until then its process waits.
    static func map(_ namespaces: NamespaceSettings, of pid: Int32) throws(LaunchFailure) {
        for (file, mappings) in [("uid_map", namespaces.userMappings), ("gid_map", namespaces.groupMappings)]
        where !mappings.isEmpty {
            // The kernel takes all lines in one write, and only once.
            let lines = mappings.map { $0.text + "\n" }.joined()
            try explained { () throws(KernelError) in try Files.write(lines, to: "/proc/\(pid)/\(file)") }
        }
    }

    /// The calling process, which the host's root has brought into the namespace, becomes that of the namespace: what it
    /// makes from here on is the container's. Before, it can go where the host's root can.
    static func becomeRoot() throws(KernelError) {
        try Credentials.become(user: 0, group: 0, additionalGroups: [])
    }
}
