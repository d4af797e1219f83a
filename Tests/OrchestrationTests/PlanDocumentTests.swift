import Containers
import ControlAPI
import Planning
import StackModel
import Testing

@testable import Orchestration

@Suite struct PlanDocumentTests {
    private static let document = PlanDocument(
        command: .up(PlanOptions()), stack: Samples.stack(), observed: ObservedStack(name: "demo"),
        plan: Plan(steps: [
            PlanStep(
                id: 1, action: .createContainer(Samples.reference(), Samples.spec(), replaces: nil), reason: "new"),
            PlanStep(id: 2, action: .startContainer(Samples.reference()), reason: "new", after: [1], maker: 1),
        ]))

    private static func text(_ document: PlanDocument = document) throws -> String {
        String(decoding: try JSON.encode(document), as: UTF8.self)
    }

    @Test func aPlanIsCarriedOutAsItWasSaved() throws {
        #expect(try PlanDocument(parsing: Self.text(), stack: "demo") == Self.document)
    }

    @Test(arguments: [
        ("", "this is no plan; `roost plan -o FILE` writes one"),
        ("services:\n  web: {}\n", "this is no plan; `roost plan -o FILE` writes one"),
        ("{}", "this is no plan; `roost plan -o FILE` writes one"),
        (#"{"version":2}"#, "the plan has the form 2, of another version of Roost; run `roost plan` again"),
        (#"{"version":1,"stack":7}"#, "the plan is damaged; run `roost plan` again"),
    ])
    func whatIsNoPlanIsRefused(_ text: String, _ message: String) {
        let error = #expect(throws: OperationError.self) { try PlanDocument(parsing: text, stack: "demo") }
        #expect(error?.description == message)
    }

    @Test func anotherStacksPlanIsRefused() throws {
        let text = try Self.text()
        let error = #expect(throws: OperationError.self) { try PlanDocument(parsing: text, stack: "shop") }
        #expect(error?.description == "the plan is one of stack demo, not of shop")
    }
}
