import StackModel

/// What becomes of one container of a service, before any step is made of it.
struct ContainerDecision {
    enum Verb {
        case keep, create, recreate, update, start, restart, remove
    }

    /// The container that the decision is about: `id` is `nil` if it has to be made.
    var reference: ContainerReference
    /// The container as it is when the plan has been carried out: a recreated one has no id yet.
    var outcome: ContainerReference
    var current: ObservedContainer?
    var verb: Verb
    var cause: String
    /// Settings that hold for a container as it is are put into force.
    var isUpdated = false
    /// Its successor starts while it still serves.
    var isStartFirst = false

    init(_ current: ObservedContainer, _ verb: Verb, _ cause: String = "", isUpdated: Bool = false) {
        self.isUpdated = isUpdated
        reference = current.reference
        outcome = current.reference
        self.current = current
        self.verb = verb
        self.cause = cause
    }

    init(creating reference: ContainerReference, cause: String) {
        self.reference = reference
        outcome = reference
        verb = .create
        self.cause = cause
    }

    init(recreating current: ObservedContainer, as outcome: ContainerReference, cause: String) {
        reference = current.reference
        self.outcome = outcome
        self.current = current
        verb = .recreate
        self.cause = cause
    }

    /// Whether its process begins anew.
    var isStarted: Bool {
        switch verb {
        case .create, .recreate, .start, .restart: true
        case .keep, .update, .remove: false
        }
    }

    /// Whether its process goes on as it is.
    var isUndisturbed: Bool { verb == .keep || verb == .update }

    /// Whether it is made from its image.
    var isMade: Bool { verb == .create || verb == .recreate }

    /// Whether it runs now and is stopped before what takes its place starts.
    var isStopped: Bool {
        guard let current, current.state.isAlive, !isStartFirst else { return false }
        return verb == .recreate || verb == .restart || verb == .remove
    }

    var change: PlanChange? {
        let changeVerb: PlanChange.Verb? =
            switch verb {
            case .keep: nil
            case .create: .create
            case .recreate: .recreate
            case .update: .update
            case .start: .start
            case .restart: .restart
            case .remove: .remove
            }
        return changeVerb.map { PlanChange(container: reference, verb: $0, cause: cause) }
    }

    var reason: String { change?.reason ?? "" }
}

extension ContainerState {
    /// Why a container in this state has to be started: `exited 1`.
    var startCause: String {
        switch self {
        case .created: "never started"
        case .running: "running"
        case .restarting(let code): "exited \(code), about to restart"
        case .exited(let code): "exited \(code)"
        }
    }
}
