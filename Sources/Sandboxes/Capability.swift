import OCI

/// The capabilities by number (`man 7 capabilities`, `linux/capability.h`).
public enum Capability {
    static let names = KernelNames.capabilities

    /// What Docker gives a container that asks for nothing.
    static let standard = [
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
        "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
    ]

    /// The `CAP_…` names that a service's container has.
    ///
    /// As Docker: `ALL` may be added or dropped, then single ones are dropped or added; the prefix may be left out.
    /// - Parameter available: bit N for each capability that this process can hand on.
    public static func effective(
        added: [String], dropped: [String], privileged: Bool, available: UInt64
    ) throws(UnknownCapability) -> [String] {
        let all = names.enumerated().filter { available & (1 << UInt64($0.offset)) != 0 }.map(\.element)
        if privileged { return all.map { "CAP_" + $0 } }
        let added = try added.map { name throws(UnknownCapability) in try normalized(name) }
        let dropped = try dropped.map { name throws(UnknownCapability) in try normalized(name) }
        var result = Set(added.contains("ALL") ? all : dropped.contains("ALL") ? [] : standard)
        result.formUnion(added.filter { $0 != "ALL" })
        result.subtract(dropped.filter { $0 != "ALL" && !added.contains($0) })
        if added.contains("ALL") { result.subtract(dropped) }
        return names.filter { result.contains($0) && all.contains($0) }.map { "CAP_" + $0 }
    }

    /// Bit N for capability number N; unknown names count for nothing.
    public static func mask(_ capabilities: [String]) -> UInt64 {
        capabilities.reduce(0) { mask, name in
            guard let number = names.firstIndex(where: { "CAP_" + $0 == name }) else { return mask }
            return mask | 1 << UInt64(number)
        }
    }

    private static func normalized(_ name: String) throws(UnknownCapability) -> String {
        guard let short = KernelNames.capability(name) else { throw UnknownCapability(name: name) }
        return short
    }
}

/// A capability that the kernel doesn't have.
public struct UnknownCapability: Error, CustomStringConvertible {
    public var name: String

    public var description: String { "\"\(name)\" is no capability; `man 7 capabilities` lists them" }
}
