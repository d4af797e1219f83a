import Addressing
import Glibc
import Kernel

/// The links of a host that pass packets on for containers alone.
///
/// A host that is no router (`net.ipv4.ip_forward` is 0) stays none: forwarding is set for Roost's bridges and for the
/// links that lead out, and ``Ruleset/openedLinks`` keeps anything else from taking that way. Which links were closed
/// before is written down, and they are closed again when the last bridge goes.
public struct OpenedLinks: Sendable {
    private let path: String

    /// - Parameter path: the file that says which links were opened; it need not outlive a boot.
    public init(path: String) {
        self.path = path
    }

    /// Opens the links that lead out of this host, of this moment.
    ///
    /// - Returns: those that are open for containers alone, in the order of their names.
    /// - Throws: `KernelSettingError`, `NetlinkError`, and the errors of files.
    public func open() throws -> [String] {
        guard !KernelSettings.isRouter else { return [] }
        var opened = Set(try recorded())
        var route = try RouteSocket()
        let closed = try route.linksLeadingOut().filter { !opened.contains($0) && !KernelSettings.isForwarding($0) }
        if !closed.isEmpty {
            // Written first: a link that is noted and closed does no harm.
            opened.formUnion(closed)
            try write(opened)
            for link in closed { try KernelSettings.allowForwarding(through: link) }
        }
        return opened.sorted()
    }

    /// Closes them again, unless another instance of Roost has bridges here, which needs them.
    ///
    /// - Throws: `KernelSettingError`, `NetlinkError`, and the errors of files.
    public func close() throws {
        let opened = try recorded()
        var route = try RouteSocket()
        guard !opened.isEmpty, try !route.links().contains(where: { $0.name.hasPrefix(LinkNames.bridgePrefix) })
        else { return }
        // Since somebody made a router of the host, it is theirs to say.
        if !KernelSettings.isRouter {
            for link in opened where KernelSettings.isForwarding(link) {
                try KernelSettings.forbidForwarding(through: link)
            }
        }
        try Files.remove(path)
    }

    private func recorded() throws -> [String] {
        guard Files.exists(path) else { return [] }
        return try Files.readText(path).split(separator: "\n").map(String.init)
    }

    private func write(_ links: Set<String>) throws {
        try Files.replace(path, with: Array(links.sorted().joined(separator: "\n").utf8))
    }
}

extension RouteSocket {
    /// The links by which others are reached: those of IPv4 routes, without Roost's own.
    mutating func linksLeadingOut() throws(NetlinkError) -> [String] {
        let indices = Set(try routes().filter { $0.destination.count == 4 }.compactMap(\.link))
        return indices.compactMap { Self.name(of: $0) }
            .filter { $0 != "lo" && !$0.hasPrefix(LinkNames.bridgePrefix) }.sorted()
    }

    /// `nil`: it is gone by now.
    private static func name(of index: Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(IF_NAMESIZE)) { buffer in
            guard let base = buffer.baseAddress, if_indextoname(UInt32(index), base) != nil else { return nil }
            return String(cString: base)
        }
    }
}
