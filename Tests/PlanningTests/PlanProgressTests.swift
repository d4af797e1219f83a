import Planning
import StackModel
import Testing

@Suite struct PlanProgressTests {
    /// Carries steps out in turn: after each that has an ending, what begins next.
    private static func begun(_ steps: [PlanStep], _ endings: [(Int, PlanProgress.Ending)]) -> [[Int]] {
        var progress = PlanProgress(Plan(steps: steps))
        var result = [progress.takeReady().map(\.id)]
        for (step, ending) in endings {
            progress.end(step, ending)
            result.append(progress.takeReady().map(\.id))
        }
        return result
    }

    private static func step(_ id: Int, after: [Int] = [], afterEnd: [Int] = [], ifFailed: [Int] = []) -> PlanStep {
        let network = PlanAction.removeNetwork(.init(name: "n\(id)"))
        return PlanStep(id: id, action: network, reason: "", after: after, afterEnd: afterEnd, ifFailed: ifFailed)
    }

    @Test func stepsBeginOnceWhatIsBeforeThemIsThrough() {
        let steps = [Self.step(1), Self.step(2), Self.step(3, after: [1, 2]), Self.step(4, after: [1], afterEnd: [2])]
        #expect(Self.begun(steps, [(2, .done), (1, .done)]) == [[1, 2], [], [3, 4]])
    }

    @Test func afterAFailureNothingNewBegins() {
        let steps = [Self.step(1), Self.step(2), Self.step(3, after: [2]), Self.step(4, after: [3])]
        #expect(Self.begun(steps, [(1, .failed), (2, .done)]) == [[1, 2], [], []])
    }

    /// 2 waits for a new container, 3 stops the old one, 4 and 5 take the new one back.
    private static let replacement = [
        step(1), step(2, after: [1]), step(3, after: [2]), step(4, ifFailed: [1, 2]),
        step(5, after: [4], ifFailed: [1, 2]),
    ]

    @Test func whatTakesBackIsLeftOutWhereAllGoesWell() {
        #expect(Self.begun(Self.replacement, [(1, .done), (2, .done), (3, .done)]) == [[1], [2], [3], []])
    }

    @Test func whatHasFailedIsTakenBackAtOnceAndInOrder() {
        #expect(Self.begun(Self.replacement, [(1, .failed), (4, .done), (5, .done)]) == [[1], [4], [5], []])
        #expect(Self.begun(Self.replacement, [(1, .done), (2, .failed), (4, .failed)]) == [[1], [2], [4], []])
    }

    @Test func whatIsGivenUpForAFailureElsewhereIsTakenBackToo() {
        let steps = Self.replacement + [Self.step(6)]
        #expect(Self.begun(steps, [(1, .done), (6, .failed), (2, .interrupted)]) == [[1, 6], [2], [], [4]])
    }

    @Test func anInterruptionTakesNothingBack() {
        #expect(Self.begun(Self.replacement, [(1, .done), (2, .interrupted)]) == [[1], [2], []])
    }
}
