public import Planning
public import StackModel

/// A plan on its way from `plan -o` to `apply`: the program, what was asked for, and what it was made from.
public struct PlanDocument: Codable, Equatable, Sendable {
    /// The form of the document; a later version of Roost reads an earlier one's.
    public static let currentVersion = 1

    public var version = currentVersion
    public var command: StackCommand
    public var stack: Stack
    public var observed: ObservedStack
    public var plan: Plan

    public init(command: StackCommand, stack: Stack, observed: ObservedStack, plan: Plan) {
        self.command = command
        self.stack = stack
        self.observed = observed
        self.plan = plan
    }
}
