import Glibc
import OCI
public import Planning
public import StackModel

/// What a user asks of a stack, as a value: it can be written down, and carried out by somebody else.
public enum StackCommand: Codable, Equatable, Sendable {
    case up(PlanOptions)
    /// `services`: those of the file, where there is one; others are orphans.
    case down(LifecycleOptions, services: [String]?)
    case stop(LifecycleOptions)
    case start(LifecycleOptions)
    case restart(LifecycleOptions)
    case kill(LifecycleOptions)
    case pause(LifecycleOptions)
    case unpause(LifecycleOptions)
    /// Containers that don't run.
    case remove(LifecycleOptions)
    /// One more container, beside the replicas of its service.
    case run(PlanOptions)
    /// Containers that don't run and were made before.
    case prune(until: Instant?)
    /// Nobody asks for anything: what is missing of what is wanted is made.
    case heal
    /// Nobody asks for anything: a time of a schedule has come.
    case schedule(ScheduleStep)

    /// The program for it.
    ///
    /// - Parameter stack: the stack as it is wanted; only what makes containers needs one.
    public func plan(_ stack: Stack?, _ observed: ObservedStack, replicas: [String: Int]) throws(PlanError) -> Plan {
        switch self {
        case .up(let options), .run(let options):
            guard let stack else { return Plan() }
            return try Plan.up(stack, observed: observed, options: options)
        case .down(let options, let services):
            let known = services.map { names in
                Stack(
                    name: observed.name, workingDirectory: "/",
                    services: names.reduce(into: [:]) { $0[$1] = Service(name: $1, image: "") })
            }
            return try Plan.down(observed: observed, stack: known, options: options)
        case .stop(let options): return try Plan.stop(observed: observed, options: options)
        case .start(let options): return try Plan.start(observed: observed, options: options)
        case .restart(let options): return try Plan.restart(observed: observed, options: options)
        case .kill(let options): return try Plan.kill(observed: observed, options: options)
        case .pause(let options): return try Plan.pause(observed: observed, options: options)
        case .unpause(let options): return try Plan.unpause(observed: observed, options: options)
        case .remove(let options): return try Plan.remove(observed: observed, options: options)
        case .prune(let until): return try Plan.prune(observed: observed, until: until)
        case .heal:
            guard let stack else { return Plan() }
            return try Plan.heal(stack, observed: observed, replicas: replicas)
        case .schedule(let step):
            guard let stack else { return Plan() }
            return try Plan.schedule(step, stack, observed: observed, replicas: replicas)
        }
    }

    /// What registries have to be asked before the plan can be made.
    func lookUps(
        _ stack: Stack?, _ observed: ObservedStack, replicas: [String: Int]
    ) throws(PlanError) -> [ImageLookUp] {
        guard let stack else { return [] }
        switch self {
        case .up(let options), .run(let options): return try Plan.lookUps(stack, observed: observed, options: options)
        case .heal: return try Plan.healingLookUps(stack, observed: observed, replicas: replicas)
        case .schedule(let step):
            return try Plan.scheduleLookUps(step, stack, observed: observed, replicas: replicas)
        case .down, .stop, .start, .restart, .kill, .pause, .unpause, .remove, .prune: return []
        }
    }

    /// The same wish for somebody who finds it half fulfilled: what was done is not done again.
    var resumed: StackCommand {
        switch self {
        case .up(var options):
            options.forceRecreate = false
            options.alwaysRecreateDeps = false
            options.renewAnonVolumes = false
            options.waitHealthy = false
            // Nobody's credentials are at hand any more.
            options.pull = options.pull == .always ? .missing : options.pull
            return .up(options)
        case .restart(let options): return .start(options)
        case .kill(var options):
            options.timeout = TimeSpan(nanoseconds: 0)
            return .stop(options)
        // Whoever wanted it has gone.
        case .run, .schedule: return .heal
        case .down, .stop, .start, .pause, .unpause, .remove, .prune, .heal: return self
        }
    }

    /// It changes nothing of what is wanted: a signal by which processes are told something. It waits for nobody, and nobody
    /// gives way to it.
    var isPassing: Bool {
        guard case .kill(let options) = self, let signal = KernelNames.signal(options.signal) else { return false }
        return ![SIGKILL, SIGTERM, SIGINT, SIGQUIT, SIGABRT].contains(signal)
    }

    /// Nobody asked for it: what is wanted stays as it is, and whoever looks next finds again what is to be done.
    var isOwn: Bool {
        switch self {
        case .heal, .schedule: true
        default: false
        }
    }

    /// Which commands give way to it: those of lower rank, while they only wait. Who wants an end doesn't queue behind
    /// who wants a beginning.
    var rank: Int {
        switch self {
        case .heal, .schedule: 0
        case .up, .run, .start, .restart, .pause, .unpause, .remove, .prune: 1
        case .stop(let options), .down(let options, _): options.timeout?.nanoseconds == 0 ? 3 : 2
        case .kill: 3
        }
    }
}
