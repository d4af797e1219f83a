import ControlAPI
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

    /// Reads what `plan -o` wrote.
    init(parsing text: String, stack name: String) throws {
        struct DocumentVersion: Decodable {
            var version: Int?
        }
        let bytes = Array(text.utf8)
        // `try?`: what is no JSON has no version either.
        let version = (try? JSON.decode(DocumentVersion.self, from: bytes))?.version
        guard version == Self.currentVersion else {
            throw OperationError(
                version == nil
                    ? "this is no plan; `roost plan -o FILE` writes one"
                    : "the plan has the form \(version ?? 0), of another version of Roost; run `roost plan` again")
        }
        do {
            self = try JSON.decode(Self.self, from: bytes)
        } catch {
            throw OperationError("the plan is damaged; run `roost plan` again")
        }
        guard stack.name == name else { throw OperationError("the plan is one of stack \(stack.name), not of \(name)") }
    }
}
