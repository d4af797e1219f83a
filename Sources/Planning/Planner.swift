public import StackModel

extension Plan {
    /// Brings the containers, networks and volumes of a stack to what the file says.
    ///
    /// A service starts when the conditions of its own dependencies hold; everything else goes on side by side.
    /// - Parameter imageIDs: the digest of the image configuration that each ``Service/imageKey`` stands for in the store; an
    ///   image that isn't there is pulled. With the pull policy `always`, carry out ``pull(_:imageIDs:options:)``
    ///   first and say `imagesAreFresh`: what a reference will stand for can't be planned with.
    public static func up(
        _ stack: Stack, observed: ObservedStack, imageIDs: [String: String] = [:], options: PlanOptions = .init()
    ) throws(PlanError) -> Plan {
        try UpSteps.plan(UpSelection(stack, observed, imageIDs, options))
    }

    /// Fetches the images that `up` with the same options would want fetched whatever the containers look like: those
    /// that aren't there, those of the policy `always`, and those that were looked up too long ago for their policy.
    public static func pull(
        _ stack: Stack, imageIDs: [String: String], options: PlanOptions = .init()
    ) throws(PlanError) -> Plan {
        let selection = try UpSelection(stack, ObservedStack(name: stack.name), imageIDs, options)
        var builder = PlanBuilder()
        var seen: Set<String> = []
        for service in selection.services {
            let policy = selection.pullPolicy(of: service)
            let isMissing = selection.imageID(of: service) == nil && policy != .never && policy != .build
            guard isMissing || selection.isRefreshed(service), seen.insert(service.imageKey).inserted else { continue }
            builder.add(
                .pullImage(reference: service.image, platform: service.platform, policy: policy),
                isMissing ? "pull: not in the store" : "pull: pull_policy \(policy.rawValue)")
        }
        return try builder.finish()
    }
}
