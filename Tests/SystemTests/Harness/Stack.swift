import Foundation
import Testing

/// One line of `ps --format json`, whose shape is Docker Compose's.
struct ContainerRow: Decodable, Sendable {
    let ID: String
    let Name: String
    let Service: String
    let Project: String
    let Image: String
    let Command: String
    let State: String
    let Health: String
    let Status: String
    let ExitCode: Int
    let Publishers: [Publisher]?

    struct Publisher: Decodable, Sendable, Equatable {
        let URL: String
        let TargetPort: Int
        let PublishedPort: Int
        let `Protocol`: String
    }
}

/// What scenarios ask a stack.
extension Host {
    /// `ps -a --format json` of the project.
    func containers(at location: SourceLocation = #_sourceLocation) async throws -> [ContainerRow] {
        let outcome = try await roost("ps", "-a", "--format", "json", at: location).succeeds(location)
        do {
            return try outcome.lines.map { try JSONDecoder().decode(ContainerRow.self, from: Data($0.utf8)) }
        } catch {
            throw ScenarioFailure("ps --format json is not Docker Compose's: \(error)\n\(outcome)", location)
        }
    }

    /// The only container of `service`.
    func container(_ service: String, at location: SourceLocation = #_sourceLocation) async throws -> ContainerRow {
        let rows = try await containers(at: location).filter { $0.Service == service }
        guard rows.count == 1, let row = rows.first else {
            throw ScenarioFailure("expected one container of \(service), found \(rows.map(\.Name))", location)
        }
        return row
    }

    /// The states of all containers by name: `running`, `exited(3)`, with the health where there is one.
    func states(at location: SourceLocation = #_sourceLocation) async throws -> [String: String] {
        let rows = try await containers(at: location)
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let state = row.State == "exited" ? "exited(\(row.ExitCode))" : row.State
                return (
                    row.Name.replacing("\(name)-", with: ""), row.Health.isEmpty ? state : "\(state), \(row.Health)"
                )
            })
    }

    /// `inspect` of the first container of `service`.
    func inspect(_ service: String, at location: SourceLocation = #_sourceLocation) async throws -> JSON {
        try await roost("inspect", "\(name)-\(service)-1", at: location).succeeds(location).json(location)[0]
    }

    /// The process of the first container of `service`.
    func mainProcess(of service: String, at location: SourceLocation = #_sourceLocation) async throws -> pid_t {
        let process = try await inspect(service, at: location).State.Pid.int ?? 0
        guard process > 1 else { throw ScenarioFailure("inspect tells no State.Pid of \(service)", location) }
        return pid_t(process)
    }

    /// The standard output of a shell command inside the first container of `service`, which must succeed.
    func inside(
        _ service: String, _ script: String, at location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let outcome = try await roost("exec", "-T", service, "sh", "-c", script, at: location).succeeds(location)
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    /// `up -d` with more arguments; it must succeed.
    @discardableResult
    func up(_ arguments: String..., at location: SourceLocation = #_sourceLocation) async throws -> Outcome {
        try await start(roost: ["up", "-d"] + arguments).outcome(at: location).succeeds(location)
    }

    /// Writes compose.yaml and brings it up.
    @discardableResult
    func up(compose: String, at location: SourceLocation = #_sourceLocation) async throws -> Outcome {
        try self.compose(compose)
        return try await start(roost: ["up", "-d"]).outcome(at: location).succeeds(location)
    }

    /// The messages of one service so far, without its prefix.
    func log(_ service: String, at location: SourceLocation = #_sourceLocation) async throws -> String {
        try await roost("logs", "--no-log-prefix", service, at: location).succeeds(location).output
    }
}
