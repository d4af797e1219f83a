import Addressing
import ControlAPI
import Glibc
import Kernel
import OCI
import Planning
import StackModel
import Testing

@testable import Containers

@Suite struct ContainerStoreTests {
    private static func store(_ place: TemporaryDirectory) -> ContainerStore {
        ContainerStore(locations: place.locations)
    }

    @Test func recordComesBack() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        #expect(try store.identifiers() == [])
        let record = Samples.record(ContainerStore.newIdentifier()) {
            $0.environment = ["A": "ä\n"]
            $0.restart = .onFailure(maximumRetries: 3)
            $0.volumes = [VolumeMount(source: .tmpfs(size: 1, mode: nil), target: "/t")]
            $0.ports = [PublishedPort(published: 1...2, target: 3)]
        }
        try store.create(record)
        #expect(try store.identifiers() == [record.id])
        #expect(try store.record(record.id) == record)
        for name in ["upper", "work"] {
            #expect(Files.exists(place.locations.containerDirectory(record.id) + "/" + name))
        }
    }

    /// A container that may run isn't lost with its record.
    @Test(arguments: ["", "{", #"{"id":"x"}"#])
    func aDamagedRecordIsRestoredFromItsCopy(_ content: String) throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record()
        try store.create(record)
        try store.keepCopy(record)
        let path = place.locations.containerDirectory(record.id) + "/container.json"
        try Files.replace(path, with: Array(content.utf8))
        #expect(try store.record(record.id) == record)
        #expect(try JSON.decode(ContainerRecord.self, from: Files.read(path)) == record)
    }

    /// Its removal was interrupted, or somebody of a later version knows better.
    @Test func whatDoesntRunIsNotRestored() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record()
        try store.create(record)
        try store.keepCopy(record)
        let path = place.locations.containerDirectory(record.id) + "/container.json"
        try Files.replace(path, with: Array(#"{"version":9,"spec":{"name":"shop-web-1"}}"#.utf8))
        #expect(throws: UnreadableRecord.self) { try store.record(record.id) }
        #expect(store.outline(of: record.id).name == "shop-web-1")
        try Files.remove(path)
        #expect(try store.record(record.id) == nil)
    }

    @Test func recordIsForItsOwnerOnly() throws {
        let place = try TemporaryDirectory()
        let record = Samples.record()
        try Self.store(place).create(record)
        var information = stat()
        let path = place.locations.containerDirectory(record.id) + "/container.json"
        try #require(stat(path, &information) == 0)
        // Its environment may hold passwords.
        #expect(information.st_mode & 0o777 == 0o600)
    }

    /// A container that a user stopped at 2.
    private static func stopped(_ record: ContainerRecord) -> ContainerStatus {
        var status = running(record)
        _ = status.machine.handle(.stopAsked(signal: 15, grace: .seconds(10)), now: Instant(nanoseconds: 2))
        let end = RunEnd(code: 137, outOfMemory: true, finished: Instant(nanoseconds: 2))
        _ = status.machine.handle(.ended(end), now: Instant(nanoseconds: 2))
        status.publishedPorts = []
        return status
    }

    /// One that was started at 1.
    private static func running(_ record: ContainerRecord) -> ContainerStatus {
        var status = ContainerStatus(of: record)
        let processes = ContainerProcesses(pid: 2, startTime: 3, shim: 4, shimStartTime: 5)
        _ = status.machine.handle(.startAsked, now: Instant(nanoseconds: 1))
        _ = status.machine.handle(.started(processes, at: Instant(nanoseconds: 1)), now: Instant(nanoseconds: 1))
        status.boot = "boot-1"
        status.publishedPorts = [ResolvedPort(hostIP: nil, published: 1, target: 2, protocol: .tcp)]
        return status
    }

    @Test func statusComesBack() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record { $0.restart = .always }
        try store.create(record)
        #expect(store.status(of: record) == ContainerStatus(of: record))
        #expect(store.status(of: record).machine.state == .created)
        for status in [Self.running(record), Self.stopped(record)] {
            try store.save(status, of: record.id)
            #expect(store.status(of: record) == status)
        }
    }

    @Test func whatIsWrittenSaysItsForm() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record()
        try store.create(record)
        try store.save(Self.running(record), of: record.id)
        struct Form: Decodable { var version: Int }
        for path in [
            place.locations.containerDirectory(record.id) + "/container.json",
            place.locations.containerRunDirectory(record.id) + "/status.json",
        ] {
            #expect(try JSON.decode(Form.self, from: Files.read(path)).version == 2)
        }
    }

    // MARK: A reboot takes the run directory along

    private static func reboot(_ place: TemporaryDirectory, _ record: ContainerRecord) throws {
        try Directory.remove(place.locations.containerRunDirectory(record.id))
    }

    @Test func whatEndedIsKnownAfterAReboot() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record()
        try store.create(record)
        try store.save(Self.stopped(record), of: record.id)
        try Self.reboot(place, record)
        #expect(store.status(of: record) == Self.stopped(record))
    }

    @Test func whatRanIsKnownByItsLog() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record { $0.restart = .always }
        try store.create(record)
        try store.save(Self.running(record), of: record.id)
        try Files.replace(store.logPath(record.id), with: [])
        try Self.reboot(place, record)
        let machine = store.status(of: record).machine
        #expect(machine.isAlive && machine.wanted == .running)
        #expect(machine.run.started == Files.changeTime(store.logPath(record.id)).map(Instant.init(nanoseconds:)))
    }

    /// Where no log is kept, what overlayfs left tells that it ran.
    @Test func whatRanWithoutALogIsKnown() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record { $0.restart = .always }
        try store.create(record)
        #expect(!store.status(of: record).machine.isAlive)
        try store.save(Self.running(record), of: record.id)
        try Files.makeDirectories(place.locations.workDirectory(of: record.id) + "/work")
        try Self.reboot(place, record)
        #expect(store.status(of: record).machine.isAlive)
    }

    /// It was stopped once, and is wanted again since.
    @Test func whatWasStartedAgainIsNoStoppedContainer() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record { $0.restart = .unlessStopped }
        try store.create(record)
        try Files.replace(store.logPath(record.id), with: [])
        try store.save(Self.stopped(record), of: record.id)
        try store.save(Self.running(record), of: record.id)
        try Self.reboot(place, record)
        var machine = store.status(of: record).machine
        _ = machine.handle(.hostBooted, now: Instant(nanoseconds: 9))
        #expect(machine.state == .restarting(exitCode: 255))
    }

    @Test func halfMadeContainerHasNoRecord() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let id = ContainerStore.newIdentifier()
        try Files.makeDirectories(place.locations.containerDirectory(id) + "/upper")
        try Files.makeDirectories(place.locations.root + "/containers/stranger")
        #expect(try store.identifiers() == [id])
        #expect(try store.record(id) == nil)
    }

    @Test(arguments: ["", "{", "{}", "null", "\0\0\0"])
    func damagedRecordIsNoHalfMadeContainer(_ content: String) throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record()
        try store.create(record)
        let directory = place.locations.containerDirectory(record.id)
        try Files.replace(directory + "/container.json", with: Array(content.utf8))
        try Files.replace(directory + "/status.json", with: Array(content.utf8))
        // Were it taken for one, the container and its data would be removed.
        let error = #expect(throws: UnreadableRecord.self) { try store.record(record.id) }
        #expect(error?.id == record.id)
        #expect(error?.reason == "it is damaged")
        #expect(store.status(of: record) == ContainerStatus(of: record))
    }

    @Test(arguments: [3, 4711])
    func aLaterRecordIsNotGuessedAt(_ version: Int) throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        var record = Samples.record()
        record.version = version
        try store.create(record)
        let error = #expect(throws: UnreadableRecord.self) { try store.record(record.id) }
        #expect(error?.reason == "it has the form \(version), of a later version of Roost")
        #expect(error?.description.contains("container aaaaaaaaaaaa: ") == true)
        #expect(throws: ContainerError.self) { try ContainerOnDisk.all(place.locations) }
    }

    @Test func aNewRecordTakesThePlaceOfTheOldOne() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        var record = Samples.record()
        try store.create(record)
        record.spec.settings.restart = .always
        try store.replace(record)
        #expect(try store.record(record.id) == record)
        #expect(try Directory.names(in: place.locations.containerDirectory(record.id)).count == 3)
    }

    @Test func removedContainerLeavesNothing() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record()
        try store.create(record)
        try store.save(ContainerStatus(of: record), of: record.id)
        let run = place.locations.containerRunDirectory(record.id)
        try Files.makeDirectories(run)
        try Files.replace(run + "/state.json", with: [])
        try store.remove(record.id)
        #expect(try store.identifiers() == [])
        #expect(!Files.exists(run))
        try store.remove(record.id)
    }
}
