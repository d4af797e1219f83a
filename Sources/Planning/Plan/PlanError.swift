/// Why there is no plan. Nothing was changed.
public enum PlanError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `--no-recreate` with `--force-recreate`.
    case contradictingOptions
    /// A service named on the command line; `known`: those that could be named; `disabled`: known, but its profile is off.
    case unknownService(String, known: [String], disabled: Bool)
    /// A `depends_on` or `network_mode: service:…` that leads nowhere.
    case unknownDependency(service: String, dependency: String)
    /// Each service depends on the next one, the last on the first.
    case cycle([String])
    /// `pull_policy: never` and the image isn't in the store.
    case imageMissing(service: String, reference: String, policy: String)
    /// The registry was not asked for an image that has to be fetched: a fault in the caller, never of the input.
    case imageNotLookedUp(service: String, reference: String)
    /// Something that the stack only uses must be there before anything is stopped for it.
    case externalNetworkMissing(String)
    case externalVolumeMissing(String)
    /// `container_name` allows one container only.
    case fixedNameScaled(service: String, name: String, scale: Int)
    /// A number of replicas below zero.
    case negativeScale(service: String, scale: Int)
    /// `--scale` of a service that runs at times.
    case scheduledScaled(service: String)
    /// The steps wait for each other: a fault in the planner, never of the input.
    case circularSteps([String])

    public var description: String {
        switch self {
        case .contradictingOptions:
            "--no-recreate and --force-recreate contradict each other: leave one out"
        case .unknownService(let name, _, disabled: true):
            "service \"\(name)\" is switched off by its profiles: choose one with --profile"
        case .unknownService(let name, let known, _):
            "no such service \"\(name)\": "
                + (known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))")
        case .unknownDependency(let service, let dependency):
            "service \"\(service)\" depends on \"\(dependency)\", which doesn't exist: add it or remove the dependency"
        case .cycle(let chain):
            "services depend on each other in a circle: "
                + (chain + chain.prefix(1)).joined(separator: " → ") + ": remove one of these dependencies"
        case .imageMissing(let service, let reference, let policy):
            "service \"\(service)\": image \"\(reference)\" is not in the store and its pull policy is \(policy): "
                + "load it, or use another pull policy"
        case .imageNotLookedUp(let service, let reference):
            "internal fault: nobody looked image \"\(reference)\" of service \"\(service)\" up: please report it"
        case .externalNetworkMissing(let name):
            "network \(name) declared as external, but could not be found"
        case .externalVolumeMissing(let name):
            "external volume \"\(name)\" not found"
        case .fixedNameScaled(let service, let name, let scale):
            "service \"\(service)\" can't have \(scale) containers: container_name \"\(name)\" allows only one"
        case .negativeScale(let service, let scale):
            "service \"\(service)\" can't have \(scale) containers: the scale is 0 or more"
        case .scheduledScaled(let service):
            "service \"\(service)\" runs at its times (x-schedule) and can't be scaled: "
                + "`roost jobs run \(service)` starts it once"
        case .circularSteps(let steps):
            "internal fault: the plan's steps wait for each other (\(steps.joined(separator: ", "))): please report it"
        }
    }
}
