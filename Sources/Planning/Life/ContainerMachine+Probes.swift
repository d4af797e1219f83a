public import StackModel

/// How an unhealthy container is ended.
public struct UnhealthyEnd: Codable, Equatable, Sendable {
    public var signal: Int32
    public var grace: TimeSpan

    public init(signal: Int32, grace: TimeSpan) {
        self.signal = signal
        self.grace = grace
    }
}

// The probes' part of the life, and what follows from ill health.
extension ContainerMachine {
    mutating func checkFinished(_ kind: ProbeKind, _ result: ProbeResult, _ now: Instant) -> [ContainerAction] {
        guard processes != nil, stopping == nil else {
            probes?[kind]?.begun = nil
            return []
        }
        let before = healthStatus
        let mayBegin = probes?.finish(kind, result, now) ?? false
        let more = mayBegin ? beginHealth(now) : []
        let news: [ContainerAction] = healthStatus == before ? [] : [.announce(.health(healthStatus))]
        // The health check's own news is in it already.
        return news + more.filter { if case .announce(.health) = $0 { false } else { true } } + heal(now)
    }

    mutating func probesChanged(
        _ new: Probes?, _ end: UnhealthyEnd, _ now: Instant
    ) -> [ContainerAction] {
        let before = healthStatus
        probes = new.map { ProbesMachine($0) }
        unhealthyEnd = end
        if processes != nil { probes?.begin(run.started ?? now, now) }
        return healthStatus == before ? [] : [.announce(.health(healthStatus))]
    }

    /// What the file wants to be done with a container that doesn't work any more.
    mutating func heal(_ now: Instant) -> [ContainerAction] {
        guard case .running = phase, wanted == .running, stopping == nil, let probes else { return [] }
        let said = probes.probes.onUnhealthy
        let action: UnhealthyAction
        let cause: String
        if let failure = probes.failure {
            (action, cause) = (said ?? .restart, failure)
        } else if let health, health.status == .unhealthy, probes.isStarted {
            let last = health.log.last { !$0.isSuccess }?.summary ?? ""
            (action, cause) = (said ?? .none, "health check failed \(health.failingStreak) times: \(last)")
        } else {
            return []
        }
        guard action != .none, let end = unhealthyEnd else { return [] }
        lastCause = cause
        if action == .stop { return [.announce(.unhealthy(cause))] + stopAsked(end.signal, end.grace, now) }
        isHealing = true
        self.probes?.end()
        return [.announce(.unhealthy(cause))] + stopProcess(end.signal, until: now + end.grace, end.grace)
    }
}
