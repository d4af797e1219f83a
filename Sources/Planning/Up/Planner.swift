public import StackModel

extension Plan {
    /// Brings the containers, networks and volumes of a stack to what the file says.
    ///
    /// A service starts when the conditions of its own dependencies hold; everything else goes on side by side.
    /// Everything that it needs to know stands in the observation, with what ``lookUps(_:observed:options:)`` asks for.
    public static func up(
        _ stack: Stack, observed: ObservedStack, options: PlanOptions = .init()
    ) throws(PlanError) -> Plan {
        try UpSteps.plan(UpSelection(stack, observed, options))
    }

    /// How many containers each service gets that takes part.
    public static func wantedScale(_ stack: Stack, options: PlanOptions) throws(PlanError) -> [String: Int] {
        let selection = try UpSelection(stack, ObservedStack(name: stack.name), options)
        return selection.services.filter { selection.oneOff(of: $0) == nil }
            .reduce(into: [:]) { $0[$1.name] = selection.scale(of: $1) }
    }

    /// Makes what is missing of the containers that are wanted: removed behind Roost's back, or never made.
    /// - Parameter replicas: how many containers of each service should exist.
    public static func heal(
        _ stack: Stack, observed: ObservedStack, replicas: [String: Int]
    ) throws(PlanError) -> Plan {
        let options = PlanOptions(healing: stack, replicas: replicas)
        if options.services.isEmpty { return Plan() }
        return try up(stack, observed: observed, options: options)
    }

    /// As ``lookUps(_:observed:options:)``, before ``heal(_:observed:replicas:)``.
    public static func healingLookUps(
        _ stack: Stack, observed: ObservedStack, replicas: [String: Int]
    ) throws(PlanError) -> [ImageLookUp] {
        let options = PlanOptions(healing: stack, replicas: replicas)
        return options.services.isEmpty ? [] : try lookUps(stack, observed: observed, options: options)
    }

    /// What the registries have to be asked before ``up(_:observed:options:)`` can be planned: images that aren't in the
    /// store and that a container is made of, those of the policy `always`, and those that were looked up too long ago.
    public static func lookUps(
        _ stack: Stack, observed: ObservedStack, options: PlanOptions = .init()
    ) throws(PlanError) -> [ImageLookUp] {
        let selection = try UpSelection(stack, observed, options)
        let decisions = UpDecisions(selection)
        var found: [ImageLookUp] = []
        for service in selection.services {
            let policy = selection.pullPolicy(of: service)
            // What runs at times finds its image there: then nobody's credentials are at hand any more.
            let isMade = service.schedule != nil || decisions[service.name].contains(where: \.isMade)
            let isNeeded = selection.image(of: service).stored == nil && isMade
            if isNeeded && (policy == .never || policy == .build) {
                throw .imageMissing(service: service.name, reference: service.image, policy: policy.rawValue)
            }
            let lookUp = ImageLookUp(key: service.imageKey, reference: service.image, platform: service.platform)
            if (isNeeded || selection.isRefreshed(service)) && !found.contains(lookUp) { found.append(lookUp) }
        }
        return found
    }

    /// Fetches the images of the services chosen: those that aren't there, those of the policy `always`, and those that
    /// were looked up too long ago for their policy.
    public static func pull(
        _ stack: Stack, images: [String: ObservedImage], options: PlanOptions = .init()
    ) throws(PlanError) -> Plan {
        var observed = ObservedStack(name: stack.name)
        observed.images = images
        let selection = try UpSelection(stack, observed, options)
        var builder = PlanBuilder()
        var seen: Set<String> = []
        for service in selection.services {
            let policy = selection.pullPolicy(of: service)
            let reason = selection.pullReason(of: service)
            let isFetched =
                selection.image(of: service).stored == nil
                ? policy != .never && policy != .build : reason != nil || selection.isRefreshed(service)
            guard isFetched, seen.insert(service.imageKey).inserted else { continue }
            builder.add(
                .pullImage(reference: service.image, platform: service.platform, digest: nil),
                reason ?? "pull: pull_policy \(policy.rawValue)")
        }
        return try builder.finish()
    }
}

/// A question to a registry: what it has under a name.
public struct ImageLookUp: Codable, Equatable, Sendable {
    /// ``Service/imageKey``.
    public var key: String
    public var reference: String
    public var platform: String?
}
