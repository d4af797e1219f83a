import Glibc
import Kernel
import Networks
import Planning
import Sandboxes

/// The link of a container that runs, made or mended from outside.
enum ContainerLink {
    /// Makes the link be there and on its bridge.
    ///
    /// - Parameter routes: the gateways of its default routes.
    static func connect(_ link: SandboxEndpoint, of process: ProcessIdentity, defaultRoutes: [[UInt8]]) throws {
        var host = try RouteSocket()
        let bridge = try host.linkIndex(link.bridge)
        if let existing = try existing(link.hostLink, &host) {
            if existing.bridge == bridge { return }
            return try host.perform(.setBridge(link.hostLink, bridge), .reflect(link.hostLink))
        }
        try make(link, on: bridge, of: process, defaultRoutes, &host)
    }

    private static func make(
        _ link: SandboxEndpoint, on bridge: Int32, of process: ProcessIdentity, _ defaultRoutes: [[UInt8]],
        _ host: inout RouteSocket
    ) throws {
        let namespace = try OwnedDescriptor(open: "/proc/\(process.pid)/ns/net")
        // It lives still, so that the namespace is its own.
        guard process.isAlive else { return }
        // This thread ends with this: it needn't find the way back.
        try Namespaces.join(namespace, .network)
        var inside = try RouteSocket()
        let name = try freeName(&inside, preferred: link.name)
        let pair = VethPair(
            name: link.hostLink, bridge: bridge, peerName: name, peerMAC: link.mac,
            peerNamespace: namespace.number, mtu: link.mtu == 0 ? nil : link.mtu)
        try host.createVeth(pair)
        let index = try inside.linkIndex(name)
        try inside.setUp(index)
        for address in link.addresses {
            try inside.addAddress(address.address, prefixLength: address.prefixLength, to: index)
        }
        for gateway in defaultRoutes {
            try inside.perform(.replaceDefaultRoute(gateway: gateway, through: index))
        }
        try host.settle(link.hostLink, link.bridge)
    }

    private static func existing(_ name: String, _ socket: inout RouteSocket) throws -> LinkListing? {
        try socket.links().first { $0.name == name }
    }

    /// The link's own name, or the first that nobody has: links come and go while a container runs.
    private static func freeName(_ socket: inout RouteSocket, preferred: String) throws -> String {
        let taken = Set(try socket.links().map(\.name))
        if !taken.contains(preferred) { return preferred }
        return (0...).lazy.map { "eth\($0)" }.first { !taken.contains($0) } ?? preferred
    }
}
