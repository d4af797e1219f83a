import Planning
import StackModel

/// Questions to a running container.
extension Container {
    func probeOnce() {
        guard let processes = status.machine.processes, let check = status.machine.health?.check else { return }
        probe = ask({ await $0.probe($1, processes, check) }, then: { .probeFinished($0) })
    }

    func checkOnce(_ kind: ProbeKind) {
        guard let processes = status.machine.processes, let probe = status.machine.probes?[kind]?.probe else { return }
        checks[kind]?.cancel()
        checks[kind] = ask({ await $0.check($1, processes, probe) }, then: { .checkFinished(kind, $0) })
    }

    /// Asks for the container's health beside everything else, and sends what it hears to the machine.
    private func ask(
        _ question: @escaping @Sendable (any ContainerEffects, ContainerRecord) async -> ProbeAnswer,
        then event: @escaping @Sendable (ProbeResult) -> ContainerEvent
    ) -> Task<Void, Never> {
        let start = effects.now
        return Task(executorPreference: effects.executor) { [effects, record] in
            let answer = await question(effects, record)
            // One that was cut short says nothing about the container.
            guard !Task.isCancelled else { return }
            let result = ProbeResult(
                outcome: answer.outcome, output: answer.boundedOutput, start: start, end: effects.now)
            await self.send(event(result))
        }
    }

    func cancelProbes() {
        probe?.cancel()
        for check in checks.values { check.cancel() }
        checks = [:]
    }
}
