import ControlAPI
import Images
import Kernel
import OCI
import Planning
import StackModel
import Synchronization
import Testing

@testable import Containers

/// Real records of containers none of which runs any more: what a supervisor finds after a boot.
private struct RecordedContainers: ContainerEffects {
    struct NotHere: Error {}

    let store: ContainerStore
    let boot = "boot-2"
    let complaints = Complaints()

    final class Complaints: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    var now: Instant { .now }
    var executor: (any TaskExecutor)? { nil }
    func sleep(until time: Instant) async throws { try await Task.sleep(for: .seconds(3600)) }

    func identifiers() throws -> [String] { try store.identifiers() }
    func read(_ id: String) throws -> ContainerRecord? { try store.record(id) }
    func status(of record: ContainerRecord) -> ContainerStatus { store.status(of: record) }
    func save(_ status: ContainerStatus, of record: ContainerRecord) throws { try store.save(status, of: record.id) }
    func outline(ofUnreadable id: String) -> ContainerOutline { ContainerOutline(id: id, name: "shop-web-1") }
    func newIdentifier() -> String { ContainerStore.newIdentifier() }
    func make(_ record: ContainerRecord, keeping kept: [String: String]) async throws -> ContainerRecord {
        try store.create(record)
        return record
    }
    func update(_ record: ContainerRecord, isRunning: Bool) throws { try store.replace(record) }
    func remove(_ id: String, _ record: ContainerRecord?, volumes: [String]) async throws { try store.remove(id) }

    func launch(
        _ record: ContainerRecord, joining joined: JoinedContainers,
        willLaunch: @Sendable ([ResolvedPort]) async -> Void
    ) async throws -> LaunchedContainer { throw NotHere() }
    func signal(_ processes: ContainerProcesses, _ signal: Int32) {}
    func isInVain(
        _ signal: Int32, to processes: ContainerProcesses, of record: ContainerRecord, within: TimeSpan
    ) -> Bool { false }
    func freeze(_ record: ContainerRecord, _ isFrozen: Bool) throws {}
    func isAlive(_ processes: ContainerProcesses) -> Bool { false }
    func waitForEnd(of processes: ContainerProcesses) async {}
    func recordedEnd(of record: ContainerRecord) -> RunEnd? { nil }
    func find(_ record: ContainerRecord) async -> ContainerEvent.Found { .gone(nil) }
    func probe(
        _ record: ContainerRecord, _ processes: ContainerProcesses, _ check: EffectiveHealthCheck
    ) async -> ProbeAnswer { ProbeAnswer(outcome: .failed("not here")) }
    func check(_ record: ContainerRecord, _ processes: ContainerProcesses, _ probe: Probe) async -> ProbeAnswer {
        ProbeAnswer(outcome: .failed("not here"))
    }
    func run(
        _ hook: ServiceHook, in record: ContainerRecord, _ processes: ContainerProcesses
    ) async -> ProbeAnswer { ProbeAnswer(outcome: .failed("not here")) }

    func attach(
        _ record: ContainerRecord, _ processes: ContainerProcesses, ports: [ResolvedPort], _ availability: Availability
    ) async {}
    func move(_ record: ContainerRecord, _ processes: ContainerProcesses) async throws {}
    func setAvailability(_ availability: Availability, of record: ContainerRecord) async {}
    func cleanUp(after record: ContainerRecord, isKilled: Bool, isAwaited: Bool) async {}
    func complain(_ text: String) { complaints.add(text) }
}

@Suite(.timeLimit(.minutes(5)))
struct ContainerAdoptionTests {
    private static func adopted(
        _ place: TemporaryDirectory
    ) async throws -> (table: ContainerTable, effects: RecordedContainers) {
        let effects = RecordedContainers(store: ContainerStore(locations: place.locations))
        let table = ContainerTable(effects: effects) { _, _ in }
        try await table.adopt()
        return (table, effects)
    }

    // MARK: Records

    @Test func whatIsThereIsKnown() async throws {
        let place = try TemporaryDirectory()
        let record = Samples.record()
        try ContainerStore(locations: place.locations).create(record)
        let (table, effects) = try await Self.adopted(place)
        #expect(await table.containers(of: "shop").map(\.id) == [record.id])
        #expect(await table.find("shop-web-1")?.id == record.id)
        #expect(await table[record.id]?.machine.state == .created)
        #expect(effects.complaints.all == [])
    }

    @Test func whatIsHalfMadeIsRemoved() async throws {
        let place = try TemporaryDirectory()
        let id = ContainerStore.newIdentifier()
        try Files.makeDirectories(place.locations.containerDirectory(id) + "/upper")
        let (table, _) = try await Self.adopted(place)
        #expect(await table.all.isEmpty)
        #expect(!Files.exists(place.locations.containerDirectory(id)))
    }

    /// A later version wrote it, or it is damaged: it stays for whoever can read it, and gets no twin.
    @Test(arguments: [#"{"version":3}"#, "{", #"{"id":"x"}"#])
    func whatCantBeReadStays(_ content: String) async throws {
        let place = try TemporaryDirectory()
        let record = Samples.record()
        try ContainerStore(locations: place.locations).create(record)
        let directory = place.locations.containerDirectory(record.id)
        try Files.replace(directory + "/container.json", with: Array(content.utf8))
        try Files.replace(directory + "/upper/data", with: [1])
        let (table, effects) = try await Self.adopted(place)
        #expect(await table.all.isEmpty)
        #expect(await table.unreadableRecords.map(\.id) == [record.id])
        #expect(effects.complaints.all.count == 1)
        #expect(Files.exists(directory + "/upper/data"))
        #expect(try Files.readText(directory + "/container.json") == content)
        let image = ContainerImage(layers: [], defaults: ContainerDefaults(command: ["/bin/app"]))
        await #expect(throws: ContainerError.self) { try await table.create(record.spec, image: image) }
        #expect(try Directory.names(in: place.locations.root + "/containers") == [record.id])
    }

    // MARK: Boots

    private static func running(_ record: ContainerRecord, boot: String) -> ContainerStatus {
        var status = ContainerStatus(of: record)
        let processes = ContainerProcesses(pid: 2, startTime: 3, shim: 4, shimStartTime: 5)
        _ = status.machine.handle(.startAsked, now: Instant(nanoseconds: 1))
        _ = status.machine.handle(.started(processes, at: Instant(nanoseconds: 1)), now: Instant(nanoseconds: 1))
        status.boot = boot
        return status
    }

    @Test(arguments: [("boot-1", Int32(255)), ("boot-2", 137)])
    func anEndIsTheHostsOrItsOwn(_ boot: String, _ code: Int32) async throws {
        let place = try TemporaryDirectory()
        let store = ContainerStore(locations: place.locations)
        let record = Samples.record { $0.restart = .always }
        try store.create(record)
        try store.save(Self.running(record, boot: boot), of: record.id)
        let (table, _) = try await Self.adopted(place)
        #expect(await table[record.id]?.machine.state == .restarting(exitCode: code))
    }

    /// The run directory, and with it all that was known of a run, is gone after a boot.
    @Test(arguments: [RestartPolicy.always, .unlessStopped, .onFailure(maximumRetries: nil)])
    func whatRanWhenTheHostWentDownIsStartedAgain(_ policy: RestartPolicy) async throws {
        let place = try TemporaryDirectory()
        let store = ContainerStore(locations: place.locations)
        let record = Samples.record { $0.restart = policy }
        try store.create(record)
        try Files.replace(store.logPath(record.id), with: [])
        try store.save(Self.running(record, boot: "boot-1"), of: record.id)
        try Directory.remove(place.locations.containerRunDirectory(record.id))
        let (table, _) = try await Self.adopted(place)
        #expect(await table[record.id]?.machine.state == .restarting(exitCode: 255))
    }
}
