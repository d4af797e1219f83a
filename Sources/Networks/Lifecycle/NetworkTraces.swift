/// What there is of a network. Each part is made and removed by itself, and a kill may come between any two of them;
/// so what is to be done follows from what there is, never from what was done last.
public struct NetworkTraces: Hashable, Sendable {
    /// The record on disk: as long as it is there, the network is.
    public var hasRecord: Bool
    /// Subnets in the ledger.
    public var hasSubnets: Bool
    /// The bridge, as it should be.
    public var hasBridge: Bool

    /// Describes what there is.
    public init(hasRecord: Bool, hasSubnets: Bool, hasBridge: Bool) {
        self.hasRecord = hasRecord
        self.hasSubnets = hasSubnets
        self.hasBridge = hasBridge
    }

    /// What makes a whole network of it, in order.
    ///
    /// The record comes before everything that lies outside of Roost's files, so whatever a kill leaves there has a
    /// record that tells of it.
    public var creation: [NetworkStep] {
        var steps: [NetworkStep] = []
        if !hasRecord || !hasSubnets {
            // Nobody knows what these were asked for.
            if hasSubnets { steps.append(.takeSubnets) }
            steps += [.giveSubnets, .writeRecord]
        }
        if !hasBridge { steps.append(.makeBridge) }
        return steps + [.applyRules]
    }

    /// What leaves nothing of it, in order. The record goes last: until then, a removal that was cut is done again.
    public var removal: [NetworkStep] {
        guard hasRecord || hasSubnets || hasBridge else { return [] }
        return [.removeRules, .removeBridge, .takeSubnets, .removeRecord]
    }
}

/// One step of making or removing a network. Each may be done twice.
public enum NetworkStep: String, Hashable, Sendable, CaseIterable {
    /// Subnets are chosen and written into the ledger.
    case giveSubnets = "give-subnets"
    /// The record is written.
    case writeRecord = "write-record"
    /// The bridge is made, or made as it should be.
    case makeBridge = "make-bridge"
    /// The stack's ruleset speaks of the network.
    case applyRules = "apply-rules"
    /// The stack's ruleset doesn't speak of the network any more.
    case removeRules = "remove-rules"
    /// The bridge is removed.
    case removeBridge = "remove-bridge"
    /// The subnets are struck from the ledger.
    case takeSubnets = "take-subnets"
    /// The record is removed.
    case removeRecord = "remove-record"
}
