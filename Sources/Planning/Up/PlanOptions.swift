public import StackModel

/// What `up` and `create` were asked to do.
public struct PlanOptions: Codable, Equatable, Sendable {
    /// The services named; empty: all. Their dependencies come along unless `noDeps`.
    public var services: [String] = []
    /// `--scale`, by service.
    public var scale: [String: Int] = [:]
    /// Recreates the services named even if nothing changed.
    public var forceRecreate = false
    /// Keeps containers even if something changed.
    public var noRecreate = false
    /// `forceRecreate` holds for the dependencies too.
    public var alwaysRecreateDeps = false
    public var noDeps = false
    /// Removes containers of services that the file no longer has.
    public var removeOrphans = false
    /// Nothing is said of those. Ledgers of earlier versions don't have it.
    public var ignoreOrphans: Bool?
    /// `--pull`, in the place of each service's `pull_policy`.
    public var pull: PullPolicy?
    /// A recreated container begins with new anonymous volumes.
    public var renewAnonVolumes = false
    /// Makes containers without starting them.
    public var noStart = false
    /// Ends when everything is ready: `up --wait`.
    public var waitHealthy = false
    /// Grace period of stops, in the place of each service's `stop_grace_period`.
    public var timeout: TimeSpan?

    /// A container that is made beside the service's replicas, which stay as they are: `run`.
    public var oneOff: OneOff?

    /// Containers that exist stay as they are, whatever they are: only what is missing is made.
    var isHealing = false

    public init() {}

    /// - Parameter replicas: how many containers of each service should exist.
    init(healing stack: Stack, replicas: [String: Int]) {
        services = replicas.keys.filter { stack.services[$0] != nil }.sorted()
        scale = replicas.filter { stack.services[$0.key] != nil }
        noDeps = true
        noRecreate = true
        isHealing = true
    }

    /// The run starts when the conditions of its dependencies hold; of those only what is missing is made.
    /// - Parameter replicas: how many containers of each service should exist.
    init(running oneOff: OneOff, in stack: Stack, replicas: [String: Int]) {
        services = [oneOff.service]
        scale = stack.services.keys.reduce(into: [:]) { $0[$1] = replicas[$1] ?? 0 }
        noRecreate = true
        isHealing = true
        pull = .missing
        self.oneOff = oneOff
    }
}

/// What `down`, `stop`, `start`, `restart`, `kill` and `rm` were asked to do.
public struct LifecycleOptions: Codable, Equatable, Sendable {
    /// The services named; empty: all.
    public var services: [String] = []
    /// Grace period, in the place of each service's `stop_grace_period`.
    public var timeout: TimeSpan?
    /// `down`: containers of services that the file no longer has go too. Without a file all go anyway.
    public var removeOrphans = false
    /// `down`, `rm`: volumes go too; for `down` the named ones as well as the anonymous ones.
    public var volumes = false
    /// `rm`: stops what runs first.
    public var stopFirst = false
    /// `rm`: only the containers that `run` made.
    public var onlyOneOffs = false
    /// `kill`.
    public var signal = "SIGKILL"
    // What follows is missing in what earlier versions wrote.
    /// `restart --no-deps`: services that depend on those named stay as they are.
    public var noDependents: Bool?
    /// `start --wait`: ends when everything that it is about is ready.
    public var waitHealthy: Bool?
    /// `kill` without `--remove-orphans`, and with a file: its services; others are left alone.
    public var knownServices: [String]?

    public init() {}
}
