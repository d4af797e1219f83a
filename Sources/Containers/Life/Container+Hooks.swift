import Planning
import StackModel

/// Commands of the service's in the running container. They belong to commands: a start by the restart policy has none,
/// and an end that nobody asked for has none.
extension Container {
    /// What comes after a start that a command asked for.
    public func runPostStart() async throws {
        guard let hooks = record.settings.postStart, !hooks.isEmpty else { return }
        try await run(hooks, "post_start")
        guard machine.processes == nil else { return }
        throw ContainerError(
            "container \(record.name) exited (\(machine.run.exitCode)) while its post_start hooks ran: "
                + "see `roost logs \(record.service)`")
    }

    /// Runs one after the other, until one fails or the container has ended.
    func run(_ hooks: [ServiceHook], _ attribute: String) async throws {
        for (index, hook) in hooks.enumerated() {
            // What is frozen runs nothing, and what has ended needs nothing.
            guard case .running(let processes) = machine.phase else { return }
            let answer = await effects.run(hook, in: record, processes)
            try Task.checkCancellation()
            refresh()
            guard answer.outcome != .exited(code: 0), machine.processes == processes else { continue }
            throw HookFailure(
                service: record.service, hook: "\(attribute)[\(index)]", command: hook.command, answer: answer)
        }
    }
}

/// A hook of a service's that failed.
struct HookFailure: Error, CustomStringConvertible {
    var service: String
    /// `post_start[0]`
    var hook: String
    var command: [String]
    var answer: ProbeAnswer

    /// The beginning is as Docker Compose says it.
    var description: String {
        let end =
            switch answer.outcome {
            case .exited(let code): "exited with status \(code)"
            case .timedOut: "took too long"
            case .failed(let reason): "failed: \(reason)"
            }
        let head = "\(service) hook \(end) (\(hook): \(command.joined(separator: " ")))"
        let lines = answer.boundedOutput.split(whereSeparator: \.isNewline)
        return ([head] + lines.suffix(Self.mostLines).map { "  \($0)" }).joined(separator: "\n")
    }

    private static let mostLines = 20
}
