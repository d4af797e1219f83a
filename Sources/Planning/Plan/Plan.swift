public import StackModel

/// The program that brings a stack from what exists to what is wanted: an acyclic graph of small steps, a pure value
/// that can be printed. The interpreter decides nothing.
public struct Plan: Codable, Equatable, Sendable {
    /// In an order in which they could be carried out one by one; ids count from 1 in this order.
    public var steps: [PlanStep]
    /// What happens to each container that doesn't stay as it is, for the user.
    public var changes: [PlanChange]
    /// What the user should know but what is no failure, one line each.
    public var warnings: [String]

    public init(steps: [PlanStep] = [], changes: [PlanChange] = [], warnings: [String] = []) {
        self.steps = steps
        self.changes = changes
        self.warnings = warnings
    }

    /// Everything is as it should be.
    public var isEmpty: Bool { steps.isEmpty }
}

/// One step of a plan.
public struct PlanStep: Codable, Equatable, Sendable, Identifiable {
    public var id: Int
    public var action: PlanAction
    /// Why the step is there: the decision and its cause, `recreate: environment.LOG_LEVEL: "info" → "debug"`.
    public var reason: String
    /// Steps that must have succeeded before.
    public var after: [Int]
    /// Steps that must have ended before, no matter how (`depends_on` with `required: false`).
    public var afterEnd: [Int]
    /// Steps of which one must have failed; the step is left out where all of them succeed. It takes back what they
    /// were part of.
    public var ifFailed: [Int]
    /// The step that makes the container that this one is about, where the plan makes it.
    public var maker: Int?

    public init(
        id: Int, action: PlanAction, reason: String, after: [Int] = [], afterEnd: [Int] = [], ifFailed: [Int] = [],
        maker: Int? = nil
    ) {
        self.id = id
        self.action = action
        self.reason = reason
        self.after = after
        self.afterEnd = afterEnd
        self.ifFailed = ifFailed
        self.maker = maker
    }
}

/// What a step does.
public enum PlanAction: Codable, Equatable, Sendable {
    /// `digest`: what the registry had under the reference when the plan was made, and what is fetched.
    case pullImage(reference: String, platform: String?, digest: String?)
    /// `key`: in the file's `networks`.
    case createNetwork(key: String, StackNetwork)
    case removeNetwork(StackNetwork)
    /// `key`: in the file's `volumes`.
    case createVolume(key: String, StackVolume)
    case removeVolume(StackVolume)
    /// Of everything that the specification says; nothing else has to be known.
    case createContainer(ContainerReference, ContainerSpec, replaces: Replacement?)
    /// Puts settings into force that hold for a container as it is.
    case updateContainer(ContainerReference, ContainerSpec)
    case startContainer(ContainerReference)
    /// Ends when the condition holds, and fails as soon as it can't hold any more. `dependents`: the services that wait,
    /// empty for `up --wait`. A failure of one that isn't `required` is a warning.
    case waitFor(ContainerReference, WaitCondition, dependents: [String], required: Bool)
    /// `signal`: `nil` for the image's, or SIGTERM.
    case stopContainer(ContainerReference, signal: String?, timeout: TimeSpan)
    case killContainer(ContainerReference, signal: String)
    case pauseContainer(ContainerReference)
    case unpauseContainer(ContainerReference)
    /// `volumes`: its anonymous volumes go too.
    case removeContainer(ContainerReference, volumes: Bool)
}

/// A container of a plan.
public struct ContainerReference: Codable, Hashable, Sendable {
    public var service: String
    /// The replica's number, from 1.
    public var number: Int
    /// Its name on the host.
    public var name: String
    /// `nil`: the plan makes it, in the step that ``PlanStep/maker`` names.
    public var id: String?

    public init(service: String, number: Int, name: String, id: String?) {
        self.service = service
        self.number = number
        self.name = name
        self.id = id
    }
}

/// The container that a new one takes the place of. It exists until the new one is made, and is removed by a step of
/// its own: before the new one starts, or, where that one starts first, when it is ready.
public struct Replacement: Codable, Equatable, Sendable {
    public var id: String
    /// The new container takes over the anonymous volumes of the old one.
    public var keepsVolumes: Bool
    /// Another container that has the new one's name and goes away in the same plan, when its own successor is made: two
    /// that exchange their names can't wait for each other.
    public var formerHolder: String?

    public init(id: String, keepsVolumes: Bool, formerHolder: String? = nil) {
        self.id = id
        self.keepsVolumes = keepsVolumes
        self.formerHolder = formerHolder
    }
}

/// What a `waitFor` step waits for.
public enum WaitCondition: String, Codable, Sendable {
    case healthy
    /// Exited with 0.
    case completed
    /// Running, and healthy if it has a health check.
    case ready
}

/// What happens to a container.
public struct PlanChange: Codable, Equatable, Sendable, CustomStringConvertible {
    public enum Verb: String, Codable, Sendable {
        case create, recreate, update, start, restart, stop, kill, pause, unpause, remove
    }

    public var container: ContainerReference
    public var verb: Verb
    public var cause: String

    public init(container: ContainerReference, verb: Verb, cause: String) {
        self.container = container
        self.verb = verb
        self.cause = cause
    }

    /// `recreate: environment.LOG_LEVEL: "info" → "debug"`
    public var reason: String { cause.isEmpty ? verb.rawValue : "\(verb.rawValue): \(cause)" }

    /// `web-1: recreate (environment.LOG_LEVEL: "info" → "debug")`
    public var description: String {
        cause.isEmpty ? "\(container.label): \(verb.rawValue)" : "\(container.label): \(verb.rawValue) (\(cause))"
    }
}
