import Planning
import StackModel
import Synchronization
import Testing

@testable import Containers

@Suite(.timeLimit(.minutes(5)))
struct StateWaitsTests {
    /// What waits were asked.
    private final class Notes: Sendable {
        private let asked = Mutex<[String]>([])
        var all: [String] { asked.withLock { $0 } }
        func note(_ text: String) { asked.withLock { $0.append(text) } }
    }

    private static func snapshot(_ events: ContainerEvent...) -> ContainerSnapshot {
        let record = Samples.record()
        var status = ContainerStatus(of: record)
        for event in events { _ = status.machine.handle(event, now: Instant(nanoseconds: 1)) }
        return ContainerSnapshot(record: record, status: status)
    }

    private static let created = snapshot()
    private static let starting = snapshot(.startAsked)
    private static let exited = snapshot(
        .startAsked,
        .started(
            ContainerProcesses(pid: 2, startTime: 3, shim: 4, shimStartTime: 5), at: Instant(nanoseconds: 1)),
        .ended(RunEnd(code: 3, finished: Instant(nanoseconds: 1))))

    private static func all<Answer: Sendable>(_ answers: AsyncStream<Answer>) async -> [Answer] {
        await answers.reduce(into: []) { $0.append($1) }
    }

    @Test func waitIsAskedUntilItHasItsAnswer() async {
        var waits = StateWaits()
        let notes = Notes()
        let (_, answers) = waits.add { snapshot, isBusy -> Int32? in
            notes.note(snapshot.machine.stateName + (isBusy ? ", busy" : ""))
            return snapshot.machine.isAtRest && !isBusy ? snapshot.machine.run.exitCode : nil
        }
        waits.wake(Self.starting, isBusy: true)
        waits.wake(Self.exited, isBusy: true)
        waits.wake(Self.exited, isBusy: false)
        waits.wake(Self.created, isBusy: false)
        #expect(notes.all == ["running, busy", "exited, busy", "exited"])
        // The answer is there for whoever comes to hear it later.
        #expect(await Self.all(answers) == [3])
    }

    @Test func everybodyIsAskedInTheOrderOfTheirComing() async {
        var waits = StateWaits()
        let notes = Notes()
        for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"] {
            _ = waits.add { _, _ -> Bool? in
                notes.note(name)
                return name == "b" ? true : nil
            }
        }
        waits.wake(Self.created, isBusy: false)
        #expect(notes.all.joined() == "abcdefghijk")
        waits.wake(Self.created, isBusy: false)
        #expect(notes.all.joined() == "abcdefghijkacdefghijk")
    }

    @Test func aWaitThatIsGivenUpIsNotAsked() async {
        var waits = StateWaits()
        let notes = Notes()
        let tickets = (1...2).map { number in
            waits.add { _, _ -> Bool? in
                notes.note("\(number)")
                return nil
            }.ticket
        }
        #expect(tickets[0] != tickets[1])
        waits.remove(tickets[0])
        waits.remove(tickets[0])
        waits.wake(Self.created, isBusy: false)
        #expect(notes.all == ["2"])
    }

    @Test func whenTheContainerIsGoneThereIsNoAnswer() async {
        var waits = StateWaits()
        let (_, answers) = waits.add { _, _ -> Bool? in nil }
        let (_, others) = waits.add { _, _ -> Bool? in true }
        waits.wake(Self.created, isBusy: false)
        waits.end()
        waits.end()
        waits.wake(Self.exited, isBusy: false)
        #expect(await Self.all(answers) == [])
        #expect(await Self.all(others) == [true])
    }
}
