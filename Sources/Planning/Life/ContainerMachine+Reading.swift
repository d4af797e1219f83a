// What others ask of a life.
extension ContainerMachine {
    /// The processes, while there are some.
    public var processes: ContainerProcesses? {
        switch phase {
        case .running(let processes), .paused(let processes): processes
        case .created, .starting, .waiting, .exited: nil
        }
    }

    /// Whether a supervisor has anything to do for it.
    public var isAlive: Bool {
        switch phase {
        case .starting, .running, .paused, .waiting: true
        case .created, .exited: false
        }
    }

    public var isStarting: Bool {
        if case .starting = phase { true } else { false }
    }

    /// What its health check says; `none` while it doesn't run.
    public var healthStatus: HealthStatus {
        guard processes != nil else { return .none }
        if let probes, !probes.isEmpty { return probes.status(health?.status) }
        return health?.status ?? .none
    }

    /// As the planner sees it.
    public var state: ContainerState {
        switch phase {
        case .created: .created
        case .starting: .running(since: run.started ?? Instant(nanoseconds: 0))
        case .running, .paused: .running(since: run.started ?? Instant(nanoseconds: 0))
        case .waiting: .restarting(exitCode: run.exitCode)
        case .exited: .exited(code: run.exitCode)
        }
    }

    /// Docker's word for the state.
    public var stateName: String {
        switch phase {
        case .created: "created"
        case .starting, .running: "running"
        case .paused: "paused"
        case .waiting: "restarting"
        case .exited: "exited"
        }
    }
}

extension ContainerMachine {
    /// Nothing runs, and nothing will start it by itself.
    public var isAtRest: Bool { !isAlive }
}
