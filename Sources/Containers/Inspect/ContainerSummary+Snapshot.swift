import Addressing
public import ControlAPI
import Planning
import StackModel

extension UnreadableRecord {
    /// As `ps` shows a container of which nobody knows more.
    public var summary: ContainerSummary {
        var summary = ContainerSummary(
            id: id, name: outline?.name ?? String(id.prefix(12)), stack: outline?.stack ?? "",
            service: outline?.service ?? "", number: 0, image: "", command: "",
            state: outline?.isRunning == true ? "running" : "dead", health: "", exitCode: 0, created: 0, started: 0,
            finished: 0, ports: [], labels: [:], networks: [], mounts: [], pid: 0)
        summary.problem = description
        return summary
    }
}

extension ContainerSnapshot {
    /// As `ps` shows it.
    public var summary: ContainerSummary {
        let mounts = record.settings.volumes.compactMap { mount -> String? in
            switch mount.source {
            case .named(let key): record.volumes[key]?.name ?? key
            case .bind(let path, _, _): path
            case .anonymous, .tmpfs: nil
            }
        }
        return ContainerSummary(
            // `try?`: one that can't be started has no command to show.
            id: record.id, name: record.name, stack: record.stack, service: record.service, number: record.number,
            image: record.image, command: (try? BundleBuilder.arguments(record).joined(separator: " ")) ?? "",
            state: machine.stateName, health: machine.healthStatus == .none ? "" : machine.healthStatus.rawValue,
            exitCode: machine.run.exitCode, created: record.created, started: machine.run.started?.nanoseconds ?? 0,
            finished: machine.run.finished?.nanoseconds ?? 0, ports: portSummaries, labels: record.labels,
            networks: record.networkNames.sorted(),
            mounts: mounts + record.anonymousVolumes.values.sorted(), pid: machine.processes?.pid ?? 0)
    }

    private var portSummaries: [PortSummary] {
        let published = status.publishedPorts.map {
            PortSummary(
                url: $0.hostIP?.description ?? "0.0.0.0", targetPort: $0.target, publishedPort: $0.published,
                protocol: $0.protocol.rawValue)
        }
        let shown = Set(status.publishedPorts.map { Port($0.target, $0.protocol) })
        let exposed = record.exposedPorts.filter { machine.processes != nil && !shown.contains($0) }.sorted()
            .map { PortSummary(url: "", targetPort: $0.number, publishedPort: 0, protocol: $0.transport.rawValue) }
        return published + exposed
    }
}
