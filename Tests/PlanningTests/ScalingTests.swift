import Planning
import StackModel
import Testing

@Suite struct ScalingTests {
    @Test func scalingDownTakesWhoDoesNoWorkThenTheNewest() throws {
        let four = try ObservedStack(running: stack(service("web", scale: 4)), health: .healthy)
        let observed = four.changing("demo-web-2") { $0.health = .unhealthy }
        let plan = try Plan.up(stack(service("web", scale: 2)), observed: observed)
        #expect(plan.changes.map(\.container.number) == [4, 2], "\(plan.text)")
        #expect(try Plan.up(stack(service("web", scale: 0)), observed: observed).changes.count == 4)
    }

    @Test func whatIsKeptOfThoseThatDoNoWorkAreTheOldest() throws {
        var observed = try ObservedStack(running: stack(service("web", scale: 3)))
        for index in observed.containers.indices { observed.containers[index].state = .exited(code: 1) }
        let plan = try Plan.up(stack(service("web", scale: 1)), observed: observed)
        #expect(plan.actions == ["start web-1", "remove web-3 id3", "remove web-2 id2"], "\(plan.text)")
    }
}
