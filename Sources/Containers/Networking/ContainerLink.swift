import Glibc
import Kernel
import Networks
import Planning
import Sandboxes

/// The links of a container that runs, made, mended and removed from outside.
enum ContainerLink {
    /// Makes the link be there and on its bridge.
    ///
    /// - Parameter routes: the gateways of its default routes.
    static func connect(_ link: SandboxEndpoint, of process: ProcessIdentity, defaultRoutes: [[UInt8]]) throws {
        var host = try RouteSocket()
        let bridge = try host.linkIndex(link.bridge)
        let existing = try host.links().first { $0.name == link.hostLink }
        if existing?.bridge == bridge { return }
        guard var inside = try enter(process) else { return }
        if existing == nil { try make(link, &host, &inside) }
        do {
            // One that is on no bridge may be half made: whoever made it was killed.
            try settle(link, defaultRoutes, &inside)
            try host.perform(.setBridge(link.hostLink, bridge), .reflect(link.hostLink))
        } catch {
            // `try?`: why it can't be made says more.
            if existing == nil { try? host.deleteLink(link.hostLink) }
            throw error
        }
        try host.settle(link.hostLink, link.bridge)
    }

    /// Removes the host's end of a link, and with it the container's; one that isn't there is no error.
    static func disconnect(_ hostLink: String) throws(NetlinkError) {
        var host = try RouteSocket()
        do {
            try host.deleteLink(hostLink)
        } catch  where error.isMissing {
            return
        }
    }

    /// Makes the default routes lead through these gateways: the link that had them may be gone.
    static func route(_ gateways: [[UInt8]], of process: ProcessIdentity) throws {
        guard var inside = try enter(process) else { return }
        for gateway in gateways { try inside.perform(.replaceDefaultRoute(gateway: gateway)) }
    }

    /// Takes this thread to the network of a process; it needn't find the way back.
    ///
    /// - Returns: `nil` if the process is gone.
    private static func enter(_ process: ProcessIdentity) throws -> RouteSocket? {
        let namespace = try OwnedDescriptor(open: "/proc/\(process.pid)/ns/net")
        // It lives still, so that the namespace is its own.
        guard process.isAlive else { return nil }
        try Namespaces.join(namespace, .network)
        return try RouteSocket()
    }

    /// Makes both ends. It comes to its bridge last: what is on one is whole.
    private static func make(
        _ link: SandboxEndpoint, _ host: inout RouteSocket, _ inside: inout RouteSocket
    ) throws {
        let own = try OwnedDescriptor(open: "/proc/thread-self/ns/net")
        let name = try freeName(&inside, preferred: link.name)
        try host.createVeth(
            VethPair(
                name: link.hostLink, peerName: name, peerMAC: link.mac, peerNamespace: own.number,
                mtu: link.mtu == 0 ? nil : link.mtu))
    }

    private static func settle(
        _ link: SandboxEndpoint, _ defaultRoutes: [[UInt8]], _ inside: inout RouteSocket
    ) throws {
        guard let index = try inside.links().first(where: { $0.mac == link.mac })?.index else {
            throw ContainerError("the link \(link.hostLink) has no other end in the container; restart the container")
        }
        try inside.setUp(index)
        for address in link.addresses {
            try inside.perform(
                .addAddress(address.address, prefixLength: address.prefixLength, to: index, replacing: true))
        }
        for gateway in defaultRoutes {
            try inside.perform(.replaceDefaultRoute(gateway: gateway, through: index))
        }
    }

    /// The link's own name, or the first that nobody has: links come and go while a container runs.
    private static func freeName(_ socket: inout RouteSocket, preferred: String) throws -> String {
        let taken = Set(try socket.links().map(\.name))
        if !taken.contains(preferred) { return preferred }
        return (0...).lazy.map { "eth\($0)" }.first { !taken.contains($0) } ?? preferred
    }
}
