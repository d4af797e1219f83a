import ArgumentParser
import ControlAPI

/// `roost port`.
struct PortCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "port",
        abstract: "List port mappings or print the public port for a specific mapping for the service",
        usage: "roost port [OPTIONS] SERVICE [PRIVATE_PORT]")

    @Option(name: .customLong("index"), help: "Index of the container if service has multiple replicas")
    var index: Int?

    @Option(name: .customLong("protocol"), help: "tcp or udp (default \"tcp\")")
    var transport: String?

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var words: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard (1...2).contains(words.count) else {
            throw CommandFailure("requires at least 1 and at most 2 arg(s), only received \(words.count)")
        }
        let container = try await context.container(of: words[0], index: index)
        let published = container.ports.filter { $0.publishedPort != 0 }
        guard words.count == 2 else {
            let lines = published.map { "\($0.targetPort)/\($0.protocol) -> \(Self.address($0))\n" }
            try context.streams.output.write(lines.joined())
            return 0
        }
        let parts = words[1].split(separator: "/", maxSplits: 1)
        guard let number = parts.first.flatMap({ UInt16($0) }) else {
            throw CommandFailure("invalid port \"\(words[1])\": expected a number from 0 to 65535")
        }
        let wanted = (transport ?? (parts.count > 1 ? String(parts[1]) : "tcp")).lowercased()
        let found = published.first { $0.targetPort == number && $0.protocol == wanted }
        guard let found else {
            let known = Set(published.map { "\($0.targetPort)/\($0.protocol)" }).sorted()
            throw CommandFailure(
                "no port \(number)/\(wanted) for container \(container.name): "
                    + known.joined(separator: ", "))
        }
        try context.streams.output.write(Self.address(found) + "\n")
        return 0
    }

    private static func address(_ port: PortSummary) -> String {
        (port.url.contains(":") ? "[\(port.url)]" : port.url) + ":\(port.publishedPort)"
    }
}

extension Context {
    /// The container of a service that runs: the one with the number, or the first.
    func container(of service: String, index: Int?) async throws -> ContainerSummary {
        let project = try project(services: [service])
        let containers = try await client().fetch(ControlRequest(.containers, project.name))
        let own = containers.filter { $0.service == service && !$0.isOneOff }.sorted { $0.number < $1.number }
        guard project.stack != nil || !own.isEmpty else { throw CommandFailure.noSuchService(service) }
        let found = index.map { number in own.first { $0.number == number } } ?? own.first { $0.isAlive } ?? own.first
        guard let found else {
            let which = index.map { " with index \($0)" } ?? ""
            throw CommandFailure("no container found for service \"\(service)\"\(which)")
        }
        return found
    }
}
