import ControlAPI
import Launching
import Networks
import OCI
import Planning
import Sandboxes
import StackModel

/// What a stack tells of itself.
extension StackController {
    var files: [String] { entries.values.max { $0.record.created < $1.record.created }?.record.files ?? [] }

    func summaries() -> [ContainerSummary] {
        entries.values.sorted { ($0.record.name, $0.record.created) < ($1.record.name, $1.record.created) }
            .map(\.summary)
    }

    /// The container with this name or id, or with an id that begins so.
    func inspect(_ name: String) async throws -> ContainerDocument? {
        let found = entries.values.first { $0.record.name == name || $0.record.id == name }
        let entry = found ?? (name.count >= 4 ? entries.values.first { $0.record.id.hasPrefix(name) } : nil)
        guard let entry else { return nil }
        let addresses = await engine.networks.places(of: entry.record)
        return ContainerDocument(entry, engine: engine, places: addresses)
    }

    /// The launch programs of the stack's containers by their names, and the ruleset under `ruleset`, as text.
    func programs() async throws -> [String: String] {
        var result: [String: String] = [:]
        for entry in entries.values where entry.isRunning {
            guard case .networks = entry.record.settings.networkMode else { continue }
            result[entry.record.name] = try await Launcher(engine: engine).program(entry.record, joining: nil).text
        }
        result["ruleset"] = await engine.networks.ruleset(of: name).text
        return result
    }
}

extension ContainerEntry {
    fileprivate var summary: ContainerSummary {
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
            state: stateName, health: health == .none ? "" : health.rawValue, exitCode: status.exitCode,
            created: record.created, started: status.started, finished: status.finished, ports: portSummaries,
            labels: record.labels, networks: record.networks.values.map(\.name).sorted(),
            mounts: mounts + record.anonymousVolumes.values.sorted(), pid: processes?.pid ?? 0)
    }

    private var portSummaries: [PortSummary] {
        let published = status.publishedPorts.map {
            PortSummary(
                url: $0.hostIP ?? "0.0.0.0", targetPort: $0.target, publishedPort: $0.published, protocol: $0.protocol)
        }
        let shown = Set(status.publishedPorts.map { "\($0.target)/\($0.protocol)" })
        let exposed = record.exposedPorts.filter { isRunning && !shown.contains($0) }.sorted()
            .compactMap { text -> PortSummary? in
                let parts = text.split(separator: "/")
                guard let number = UInt16(parts[0]) else { return nil }
                return PortSummary(url: "", targetPort: number, publishedPort: 0, protocol: String(parts[1]))
            }
        return published + exposed
    }
}
