import Glibc
import Kernel
public import Logging
import Networks
import Sandboxes

/// What somebody takes away of networks that containers are on is made again.
extension NetworkController {
    /// So long more is waited for after a first piece of news: one command often removes several things, and what Roost
    /// changes itself is news, too.
    private static let quiet = Duration.milliseconds(100)

    /// Watches links and tables, and mends what is missing, until the task is cancelled.
    public func watch(log: Logger) async {
        do {
            let news = try NetworkNews()
            while !Task.isCancelled {
                await Readiness.readable(news.descriptors.links, news.descriptors.tables)
                guard try news.isWorthALook() else { continue }
                // Cancelled, it is the last look.
                try? await Task.sleep(for: Self.quiet)
                _ = try news.isWorthALook()
                await mend(log: log)
            }
        } catch {
            log.warning("what is removed of networks is only seen by the next start of a container: \(error)")
        }
    }

    /// Makes whole what running containers need: bridges, the ports of bridges, links, rules.
    func mend(log: Logger) async {
        for name in Set(running.flatMap(\.places).map(\.network)).sorted() {
            do {
                try ensure(name)
                try await mendPorts(of: name)
            } catch {
                log.error("network \(name): not up to date: \(error)")
            }
        }
        for stack in Set(records.values.map(\.stack)).sorted() {
            attempt("the rules of stack \(stack)", log) { try refresh(stack) }
        }
    }

    /// Those whose first process lives: the links of one that is ending go with it.
    private var running: [EndpointTable.Endpoint] {
        table.endpoints.values.filter { endpoint in
            endpoint.isAttached && !moving.contains(endpoint.container)
                && processes[endpoint.container]?.process.isAlive == true
        }
    }

    /// Puts the containers' links back on their bridge, and makes those that are gone.
    private func mendPorts(of network: String) async throws {
        for endpoint in running {
            guard let number = endpoint.places.firstIndex(where: { $0.network == network }),
                let link = link(of: endpoint, number), let processes = processes[endpoint.container]
            else { continue }
            try await effects.connect(link, of: processes, defaultRoutes: defaultRoutes(of: endpoint, through: number))
            // It may have left the network meanwhile.
            let isThere = table[endpoint.container]?.places.contains { $0.network == network } ?? true
            if !isThere { try effects.disconnect(link.hostLink) }
        }
    }

    /// The gateways that a container's default routes lead through, where they are those of this link.
    func defaultRoutes(of endpoint: EndpointTable.Endpoint, through number: Int) -> [[UInt8]] {
        let links = endpoint.places.indices.compactMap { link(of: endpoint, $0) }
        guard links.indices.contains(number) else { return [] }
        let own = links[number].addresses.compactMap(\.gateway)
        let earlier = links[..<number].flatMap(\.addresses).compactMap(\.gateway)
        return own.filter { gateway in !earlier.contains { $0.count == gateway.count } }
    }
}
