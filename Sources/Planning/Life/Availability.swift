/// What whoever connects to a container can expect.
public enum Availability: Hashable, Sendable {
    /// It isn't there, and nothing brings it back by itself.
    case gone
    /// It ended, and its restart policy brings it back: who connects may wait for that.
    case awaited
    /// It runs, and can't do its work yet, or not any more.
    case unready
    /// It does its work.
    case ready
    /// It is about to end: what it has it may finish, and it gets nothing new.
    case draining
}

extension ContainerMachine {
    /// What whoever connects to the container can expect. Without a health check, one that runs does its work.
    public var availability: Availability {
        switch phase {
        case .created, .exited, .starting(isRestart: false): .gone
        case .waiting, .starting(isRestart: true): .awaited
        case .paused: .unready
        case .running where wanted == .stopped || isHealing == true: .draining
        case .running: [.none, .healthy].contains(healthStatus) ? .ready : .unready
        }
    }
}
