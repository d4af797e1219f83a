import ControlAPI
import Kernel

/// A container as `ps` shows it.
struct ContainerText {
    let container: ContainerSummary
    /// Nanoseconds since 1970.
    let now: Int64
    /// `false` with `--no-trunc`.
    var truncated = true

    static let headers = ["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"]

    var row: [String] {
        [container.name, container.image, command, container.service, runningFor, status, ports]
    }

    private var command: String { quoted(truncated ? ellipsized(container.command, to: 20) : container.command) }

    private var runningFor: String { humanDuration(from: container.created, to: now) + " ago" }

    /// `Up 5 seconds (healthy)`, `Exited (0) 3 minutes ago`.
    var status: String {
        let ended = "(\(container.exitCode)) \(humanDuration(from: container.finished, to: now)) ago"
        switch container.state {
        case "running": return "Up " + humanDuration(from: container.started, to: now) + healthSuffix
        case "paused": return "Up " + humanDuration(from: container.started, to: now) + " (Paused)"
        case "restarting": return "Restarting " + ended
        case "exited": return "Exited " + ended
        case "created": return "Created"
        case "dead": return "Dead"
        default: return container.state
        }
    }

    private var healthSuffix: String {
        switch container.health {
        case "": ""
        case "starting": " (health: starting)"
        default: " (\(container.health))"
        }
    }

    private var ports: String { PortText(container.ports).text }

    /// Docker's fields in its order.
    var json: String {
        let c = container
        let fields: [(String, JSONText)] = [
            ("Command", .string(command)), ("CreatedAt", .string(Timestamp.calendar(c.created))),
            ("ExitCode", .number(Int64(c.exitCode))), ("Health", .string(c.health)),
            ("ID", .string(truncated ? String(c.id.prefix(12)) : c.id)), ("Image", .string(c.image)),
            ("Labels", .string(labels)), ("LocalVolumes", .string(String(localVolumes))),
            ("Mounts", .string(mounts)), ("Name", .string(c.name)), ("Names", .string(c.name)),
            ("Networks", .string(c.networks.joined(separator: ","))), ("Ports", .string(ports)),
            ("Project", .string(c.stack)), ("Publishers", .array(c.ports.map(Self.publisher))),
            ("RunningFor", .string(runningFor)), ("Service", .string(c.service)), ("Size", .string("0B")),
            ("State", .string(c.state)), ("Status", .string(status)),
        ]
        return JSONText.object(fields).render()
    }

    private var labels: String { labelText(container.labels) }

    /// A mount that is no path is a volume's name.
    private var localVolumes: Int { container.mounts.count { !$0.hasPrefix("/") } }

    private var mounts: String {
        container.mounts.map { truncated ? ellipsized($0, to: 15) : $0 }.joined(separator: ",")
    }

    private static func publisher(_ port: PortSummary) -> JSONText {
        .object([
            ("URL", .string(port.url)), ("TargetPort", .number(Int64(port.targetPort))),
            ("PublishedPort", .number(Int64(port.publishedPort))), ("Protocol", .string(port.protocol)),
        ])
    }
}

/// Labels in one cell of Docker's lists.
func labelText(_ labels: [String: String]) -> String {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
}
