import Containers
import ControlAPI
import Glibc
import Kernel
import Planning
import StackModel
import Testing

@testable import Orchestration

@Suite struct LedgerStoreTests {
    private static func store(_ place: TemporaryDirectory) -> LedgerStore { LedgerStore(locations: place.locations) }

    private static func ledger(_ command: String = "up (pid 1)") -> StackLedger {
        var ledger = StackLedger()
        ledger.want(
            Samples.stack(), images: ["web": "sha256:1"], scale: ["web": 2], time: 7, command: command)
        ledger.pending = .up(PlanOptions())
        return ledger
    }

    private static func mode(_ path: String) throws -> mode_t {
        var information = stat()
        try #require(stat(path, &information) == 0)
        return information.st_mode & 0o777
    }

    @Test func whatIsWantedComesBack() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        #expect(try store.read("demo") == nil)
        #expect(try store.stacks() == [])
        try store.save(Self.ledger(), of: "demo")
        try store.save(StackLedger(), of: "another")
        #expect(try store.read("demo") == Self.ledger())
        #expect(try store.stacks() == ["another", "demo"])
        // A stack's variables may be passwords.
        #expect(try Self.mode(place.locations.stackDirectory("demo")) == 0o700)
        #expect(try Self.mode(place.locations.stackDirectory("demo") + "/ledger.json") == 0o600)
        try store.remove("demo")
        try store.remove("demo")
        #expect(try store.stacks() == ["another"])
        #expect(!Files.exists(place.locations.stackDirectory("demo")))
    }

    @Test(
        arguments: [
            "", "{", "[]", "\u{0}", #"{"version":1}"#, #"{"version":"one"}"#, #"{"version":1,"revisions":7}"#,
        ])
    func damageIsToldWithItsPlace(_ content: String) throws {
        let place = try TemporaryDirectory()
        let path = place.locations.stackDirectory("demo") + "/ledger.json"
        try Files.makeDirectories(place.locations.stackDirectory("demo"))
        try Files.replace(path, with: Array(content.utf8))
        let error = #expect(throws: OperationError.self) { try Self.store(place).read("demo") }
        #expect(error?.description == "stack demo: \(path) is damaged; remove it, and run up again")
        // It is still a stack of which somebody wanted something.
        #expect(try Self.store(place).stacks() == ["demo"])
    }

    @Test(arguments: [(#"{"version":9}"#, 9), ("{}", 0)])
    func anotherVersionsLedgerIsLeftAlone(_ content: String, _ version: Int) throws {
        let place = try TemporaryDirectory()
        let path = place.locations.stackDirectory("demo") + "/ledger.json"
        try Files.makeDirectories(place.locations.stackDirectory("demo"))
        try Files.replace(path, with: Array(content.utf8))
        let error = #expect(throws: OperationError.self) { try Self.store(place).read("demo") }
        #expect(
            error?.description == "stack demo: \(path) has the form \(version), of another version of Roost; use that")
        #expect(try Files.readText(path) == content)
    }

    /// A kill between the writing of the temporary file and its renaming.
    @Test func aWriteThatWasCutShortChangesNothing() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let directory = place.locations.stackDirectory("demo")
        try Files.makeDirectories(directory)
        try Files.replace(directory + "/ledger.json.abc.tmp", with: Array(#"{"version":1,"#.utf8))
        // The first one: nothing was wanted yet.
        #expect(try store.read("demo") == nil)
        #expect(try store.stacks() == [])
        try store.save(Self.ledger("up (pid 1)"), of: "demo")
        #expect(try store.read("demo")?.current?.command == "up (pid 1)")
        try store.remove("demo")
        #expect(!Files.exists(directory))
    }
}

@Suite struct StackLedgerTests {
    @Test func theSameAgainIsNoNewRevision() {
        var ledger = StackLedger()
        for (stack, scale, count) in [
            (Samples.stack(), ["web": 1], 1), (Samples.stack(), ["web": 1], 1), (Samples.stack(), ["web": 2], 2),
            (Samples.stack(["web": [], "db": []]), ["web": 2], 3), (Samples.stack(), ["web": 2], 4),
        ] {
            ledger.state = .stopped
            ledger.want(stack, images: [:], scale: scale, time: 1, command: "up")
            #expect(ledger.revisions.count == count)
            #expect(ledger.current?.number == count && ledger.state == .up)
        }
        // A part of the stack changes nothing of the others.
        ledger.want(Samples.stack(), images: [:], scale: ["db": 3], time: 2, command: "up db")
        #expect(ledger.replicas == ["web": 2, "db": 3])
        #expect(ledger.current?.scale == ["web": 2, "db": 3])
    }

    @Test func historyIsBoundedAndItsNumbersGoOn() {
        var ledger = StackLedger()
        for count in 1...25 { ledger.want(Samples.stack(), images: [:], scale: ["web": count], time: 1, command: "up") }
        #expect(ledger.revisions.map(\.number) == Array(16...25))
    }
}
