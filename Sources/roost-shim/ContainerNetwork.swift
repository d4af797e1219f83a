import Glibc
import Kernel
import Launching

/// The container's network namespace while it is being set up, from a process that lives in the host's.
final class ContainerNetwork {
    private let namespace: OwnedDescriptor
    /// Each speaks to the namespace in which it was opened.
    private var host: RouteSocket
    private var inside: RouteSocket
    private let hostNamespace: OwnedDescriptor
    private var pairs: [(host: String, bridge: String)] = []
    private var indices: [String: Int32] = [:]

    /// Makes the namespace, with its loopback link up.
    init() throws(LaunchFailure) {
        let current = "/proc/self/ns/net"
        let hostNamespace = try explained { () throws(KernelError) in try OwnedDescriptor(open: current) }
        let host = try networking { () throws(NetlinkError) in try RouteSocket() }
        try explained { () throws(KernelError) in try Namespaces.unshare(.network) }
        // From here on the way back must not be missed; a failure ends the shim anyhow.
        let namespace = try explained { () throws(KernelError) in try OwnedDescriptor(open: current) }
        var inside = try networking { () throws(NetlinkError) in try RouteSocket() }
        try networking { () throws(NetlinkError) in try inside.setUp(RouteSocket.loopback) }
        try explained { () throws(KernelError) in try Namespaces.join(hostNamespace, .network) }
        self.namespace = namespace
        self.hostNamespace = hostNamespace
        self.host = host
        self.inside = inside
    }

    func link(host name: String, bridge: String, name peer: String, mac: [UInt8], mtu: UInt32) throws(LaunchFailure) {
        let index: Int32
        do throws(NetlinkError) {
            index = try host.linkIndex(bridge)
        } catch {
            let words = error.isMissing ? "bridge \(bridge) does not exist" : error.description
            throw LaunchFailure("attach \(name) to the network: \(words)", errno: error.errno)
        }
        let pair = VethPair(
            name: name, bridge: index, hostUp: true, peerName: peer, peerMAC: mac, peerNamespace: namespace.number,
            mtu: mtu == 0 ? nil : mtu)
        do throws(NetlinkError) {
            try host.createVeth(pair)
        } catch  where error.alreadyExists {
            // Names follow from the container's id: this is what a launch that was killed has left.
            try networking { () throws(NetlinkError) in
                try host.deleteLink(name)
                try host.createVeth(pair)
            }
        } catch {
            throw LaunchFailure(error.description, errno: error.errno)
        }
        // As a port it hands what comes to its bridge. This is for the case that somebody takes it off the bridge.
        // `try?`: a kernel without IPv6 has no such setting.
        try? Files.write("0", to: "/proc/sys/net/ipv6/conf/\(name)/accept_ra")
        pairs.append((name, bridge))
    }

    func address(_ link: String, _ address: [UInt8], _ prefixLength: UInt8) throws(LaunchFailure) {
        try networking { () throws(NetlinkError) in
            let index = try linkIndex(link)
            try inside.perform(.setUp(index), .addAddress(address, prefixLength: prefixLength, to: index))
        }
    }

    private func linkIndex(_ link: String) throws(NetlinkError) -> Int32 {
        if let known = indices[link] { return known }
        let index = try inside.linkIndex(link)
        indices[link] = index
        return index
    }

    func route(_ destination: [UInt8], _ prefixLength: UInt8, _ gateway: [UInt8]) throws(LaunchFailure) {
        try networking { () throws(NetlinkError) in
            let target = destination.isEmpty ? nil : (address: destination, prefixLength: prefixLength)
            try inside.addRoute(to: target, gateway: gateway, through: nil)
        }
    }

    /// Sockets of the container's namespace for the name service, under the numbers at which the supervisor looks.
    func nameSockets(_ address: [UInt8], _ port: UInt16) throws(LaunchFailure) {
        try enter()
        let numbers = MonitorSettings.nameSocketDescriptors
        do throws(KernelError) {
            let datagram = try BoundSocket.open(.udp, address, port, reuse: false)
            let stream = try BoundSocket.open(.tcp, address, port, reuse: false)
            try check("listen for names") { listen(stream.number, 16) }
            for (socket, number) in [(datagram.number, numbers.datagram), (stream.number, numbers.stream)] {
                try OwnedDescriptor.duplicate(socket, to: number)
            }
        } catch {
            throw LaunchFailure("open the name service's sockets: \(error)", errno: error.errno)
        }
        try leave()
    }

    func packetFilter(_ name: String, _ transaction: [UInt8]) throws(LaunchFailure) {
        try enter()
        let answers = try networking { () throws(NetlinkError) in
            var socket = try NetlinkSocket(.netfilter)
            return try socket.transact(transaction, "set up the packet filter \(name)")
        }
        if let refusal = answers.first(where: { $0.errno != 0 }) {
            let words = refusal.message.map { ": \($0)" } ?? ""
            throw LaunchFailure("set up the packet filter \(name)\(words)", errno: refusal.errno)
        }
        try leave()
    }

    private func enter() throws(LaunchFailure) {
        try explained { () throws(KernelError) in try Namespaces.join(namespace, .network) }
    }

    private func leave() throws(LaunchFailure) {
        try explained { () throws(KernelError) in try Namespaces.join(hostNamespace, .network) }
    }

    /// Makes the host notice that the links are connected: until then it drops what the container sends.
    func settle() {
        for pair in pairs {
            // Only a matter of how soon the first packet goes through.
            try? host.settle(pair.host, pair.bridge)
        }
    }

    /// A descriptor of the namespace, for the container's process to join.
    func descriptor() throws(LaunchFailure) -> Int32 {
        try explained { () throws(KernelError) in try namespace.duplicate().release() }
    }
}

/// Turns a failed netlink request into a failure of the launch.
func networking<Value: ~Copyable>(_ body: () throws(NetlinkError) -> Value) throws(LaunchFailure) -> Value {
    do throws(NetlinkError) {
        return try body()
    } catch {
        throw LaunchFailure(error.description, errno: error.errno)
    }
}
