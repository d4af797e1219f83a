import StackModel

// The health check's part of the life.
extension ContainerMachine {
    mutating func beginHealth(_ now: Instant) -> [ContainerAction] {
        probing = nil
        nextProbe = nil
        return follow(health?.handle(.started, now: now) ?? [])
    }

    mutating func endHealth() {
        probes?.end()
        _ = health?.handle(.stopped, now: Instant(nanoseconds: 0))
        nextProbe = nil
        probing = nil
    }

    mutating func probeFinished(_ result: ProbeResult, _ now: Instant) -> [ContainerAction] {
        let isAwaited = probing.map { result.start >= $0 } ?? false
        probing = nil
        guard processes != nil else { return [] }
        let news = follow(health?.handle(.probeFinished(result), now: now) ?? [])
        // Where the clock was set back, the result seems to be of an earlier run; there is a next probe all the same.
        if isAwaited && health != nil && nextProbe == nil { nextProbe = now }
        return news + heal(now)
    }

    mutating func healthCheckChanged(_ check: EffectiveHealthCheck?, _ now: Instant) -> [ContainerAction] {
        let before = healthStatus
        health = check.map { HealthMachine(check: $0) }
        nextProbe = nil
        let news = processes == nil || probes?.isStarted == false ? [] : beginHealth(now)
        return healthStatus == before ? news : [.announce(.health(healthStatus))] + news
    }

    private mutating func follow(_ actions: [HealthMachine.Action]) -> [ContainerAction] {
        var news: [ContainerAction] = []
        for action in actions {
            switch action {
            case .probe(let time): nextProbe = time
            case .becomes(let status): news.append(.announce(.health(status)))
            }
        }
        return news
    }
}
