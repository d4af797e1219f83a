/// Kernel parameters of a bundle.
public enum Sysctl {
    /// Whether a parameter, with dots or slashes between its parts, belongs to namespaces of the container's own
    /// (`man 7 ipc_namespaces`, `network_namespaces`); any other one would be the host's.
    public static func isOwn(_ name: String, network: Bool, interProcess: Bool, names: Bool = false) -> Bool {
        let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || "._-/".contains($0) } && !name.contains("..")
        let usesSlashes = name.contains("/")
        let parts = name.split(separator: usesSlashes ? "/" : ".", omittingEmptySubsequences: false).map(String.init)
        guard isPlain, parts.count > 1, !parts.contains("") else { return false }
        switch parts[0] {
        case "net": return network
        case "fs": return interProcess && parts[1] == "mqueue" && parts.count == 3
        case "kernel" where parts.count == 2:
            return interProcess && Self.interProcess.contains(parts[1]) || names && parts[1] == "domainname"
        default: return false
        }
    }

    private static let interProcess: Set<String> = [
        "msgmax", "msgmnb", "msgmni", "sem", "shmall", "shmmax", "shmmni", "shm_rmid_forced",
    ]
}
