import Glibc
import Hooks
import Kernel
import Launching

/// The steps in the host's namespaces, and what they have made.
struct Outside {
    /// The container's network namespace, if one was made.
    private(set) var networkNamespace: Int32?
    /// Links of the host that were made.
    private(set) var links: [String] = []
    /// Hooks that speak of the container's process, which does not exist yet, with their steps' numbers.
    private(set) var hooks: [(step: Int, hook: HookSettings)] = []

    mutating func perform(_ steps: [OutsideStep]) throws(LaunchFailure) {
        var network: ContainerNetwork?
        for (index, step) in steps.enumerated() {
            do throws(LaunchFailure) {
                try perform(step, index, &network)
            } catch {
                var named = error
                named.step = "outside[\(index)]"
                throw named
            }
        }
        network?.settle()
        networkNamespace = try network?.descriptor()
    }

    private mutating func perform(
        _ step: OutsideStep, _ index: Int, _ network: inout ContainerNetwork?
    ) throws(LaunchFailure) {
        switch step {
        case .holdPort(let transport, let address, let port, let sharers):
            try HeldPort.hold(transport, address, port, sharers)
        case .newNetwork:
            network = try ContainerNetwork()
        case .link(let host, let bridge, let name, let mac, let mtu):
            links.append(host)
            try Self.made(network).link(host: host, bridge: bridge, name: name, mac: mac, mtu: mtu)
        case .address(let link, let address, let length):
            try Self.made(network).address(link, address, length)
        case .route(let destination, let length, let gateway):
            try Self.made(network).route(destination, length, gateway)
        case .nameSockets(let address, let port):
            try Self.made(network).nameSockets(address, port)
        case .packetFilter(let name, let transaction):
            try Self.made(network).packetFilter(name, transaction)
        case .hook(let hook):
            if hook.state.contains("%PID%") { hooks.append((index, hook)) } else { try Hook.run(hook, pid: 0) }
        case .directory(let path, let mode):
            try explained { () throws(KernelError) in try Files.makeDirectories(path, mode: mode) }
        }
    }

    private static func made(_ network: ContainerNetwork?) throws(LaunchFailure) -> ContainerNetwork {
        guard let network else { throw LaunchFailure("a network step stands before newNetwork", errno: EINVAL) }
        return network
    }

    /// Removes the links that were made; the namespaces go with their last process and socket.
    func undo() {
        HostLinks.delete(links)
    }
}

/// Links of the host.
enum HostLinks {
    /// Removes links; those that are gone are fine, and for others there is nobody to tell: the supervisor finds them
    /// by their names.
    static func delete(_ names: [String]) {
        guard !names.isEmpty, var socket = try? RouteSocket() else { return }
        for name in names { try? socket.deleteLink(name) }
    }
}
