import Glibc

/// A kernel setting (`man 5 proc`, /proc/sys) that could not be made.
public struct KernelSettingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The setting, as sysctl names it.
    public let name: String
    /// What it should have been.
    public let value: String
    /// Why it is needed, as the end of a sentence.
    public let reason: String
    /// The kernel's error number.
    public let errno: Int32

    public var description: String {
        let cause = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
        return "can't set \(name) to \(value) (\(cause)): \(reason); set it on the host: sysctl -w \(name)=\(value)"
    }
}

/// The only place where Roost changes settings of the host's kernel.
public enum KernelSettings {
    /// Whether the host passes IPv4 packets on between all its links.
    public static var isRouter: Bool { value("net/ipv4/ip_forward") == UInt8(ascii: "1") }

    /// Whether IPv4 packets that come through a link are passed on.
    public static func isForwarding(_ link: String) -> Bool { value(forwarding(link)) == UInt8(ascii: "1") }

    /// Lets IPv4 packets that come through a link be passed on. Without it nothing leaves a bridge, and no answer
    /// comes back.
    public static func allowForwarding(through link: String) throws(KernelSettingError) {
        try set(
            "net.ipv4.conf.\(link).forwarding", path: forwarding(link),
            reason: "containers reach nothing outside their network without it")
    }

    /// The opposite, for a link that was so before.
    public static func forbidForwarding(through link: String) throws(KernelSettingError) {
        try set(
            "net.ipv4.conf.\(link).forwarding", path: forwarding(link), value: "0",
            reason: "the host passes packets on that it didn't before")
    }

    private static func forwarding(_ link: String) -> String { "net/ipv4/conf/\(link)/forwarding" }

    /// Lets connections to 127.0.0.1 be led to a bridge; the ruleset keeps a container from using that the other way.
    public static func allowLoopbackPorts(on bridge: String) throws(KernelSettingError) {
        try set(
            "net.ipv4.conf.\(bridge).route_localnet", path: "net/ipv4/conf/\(bridge)/route_localnet",
            reason: "published ports don't answer on 127.0.0.1 without it")
    }

    /// Whoever is on a bridge tells the host nothing of routes and routers: one router advertisement of a container
    /// would give the host a default route through it (CVE-2020-13401).
    /// - Parameter hasIPv6: whether the host has an IPv6 address there; else it speaks no IPv6 on it at all.
    public static func distrustNeighbours(on bridge: String, hasIPv6: Bool) throws(KernelSettingError) {
        let reason = "containers could change the host's routes"
        try set(
            "net.ipv4.conf.\(bridge).accept_redirects", path: "net/ipv4/conf/\(bridge)/accept_redirects", value: "0",
            reason: reason)
        let settings: [(String, Unicode.Scalar)] = [
            ("accept_ra", "0"), ("accept_redirects", "0"), ("disable_ipv6", hasIPv6 ? "0" : "1"),
        ]
        for (setting, value) in settings {
            let path = "net/ipv6/conf/\(bridge)/\(setting)"
            // A kernel without IPv6 has no such settings, and needs none.
            if access("/proc/sys/\(path)", F_OK) != 0 { continue }
            try set("net.ipv6.conf.\(bridge).\(setting)", path: path, value: value, reason: reason)
        }
    }

    /// Writes the value, one digit, unless it is there already: /proc/sys may be read-only, and rightly set.
    private static func set(
        _ name: String, path: String, value: Unicode.Scalar = "1", reason: String
    ) throws(KernelSettingError) {
        let wanted = UInt8(ascii: value)
        if self.value(path) == wanted { return }
        let writing = open("/proc/sys/\(path)", O_WRONLY | O_CLOEXEC)
        guard writing >= 0 else {
            throw KernelSettingError(name: name, value: String(value), reason: reason, errno: errno)
        }
        defer { close(writing) }
        var byte = wanted
        guard write(writing, &byte, 1) == 1 else {
            throw KernelSettingError(name: name, value: String(value), reason: reason, errno: errno)
        }
    }

    /// The first byte of a setting; `nil` if it can't be read.
    private static func value(_ path: String) -> UInt8? {
        let reading = open("/proc/sys/\(path)", O_RDONLY | O_CLOEXEC)
        guard reading >= 0 else { return nil }
        defer { close(reading) }
        var current: UInt8 = 0
        return read(reading, &current, 1) == 1 ? current : nil
    }
}
