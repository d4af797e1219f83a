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

    @Test func statusComesBack() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record()
        try store.create(record)
        #expect(store.status(record.id) == ContainerStatus())
        var status = ContainerStatus()
        status.started = 1_700_000_000_000_000_001
        status.exitCode = 137
        status.wantedRunning = true
        status.restarts = 2
        status.restartMachine = RestartMachine(policy: .always)
        status.failure = "no such file"
        status.publishedPorts = [ResolvedPort(hostIP: nil, published: 1, target: 2, protocol: .tcp)]
        try store.save(status, of: record.id)
        #expect(store.status(record.id) == status)
    }

    @Test func halfMadeContainerHasNoRecord() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let id = ContainerStore.newIdentifier()
        try Files.makeDirectories(place.locations.containerDirectory(id) + "/upper")
        try Files.makeDirectories(place.locations.root + "/containers/stranger")
        #expect(try store.identifiers() == [id])
        #expect(try store.record(id) == nil)
        #expect(store.status(id) == ContainerStatus())
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
        #expect(throws: (any Error).self) { try store.record(record.id) }
        #expect(store.status(record.id) == ContainerStatus())
        #expect(try store.user(ofVolume: "data", except: "other") == nil)
    }

    @Test func removedContainerLeavesNothing() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        let record = Samples.record()
        try store.create(record)
        try store.save(ContainerStatus(), of: record.id)
        let run = place.locations.containerRunDirectory(record.id)
        try Files.makeDirectories(run)
        try Files.replace(run + "/state.json", with: [])
        try store.remove(record.id)
        #expect(try store.identifiers() == [])
        #expect(!Files.exists(run))
        try store.remove(record.id)
    }

    @Test func volumeOfAnotherStackHasAUser() throws {
        let place = try TemporaryDirectory()
        let store = Self.store(place)
        var record = Samples.record()
        record.volumes = ["data": StackVolume(name: "shop_data")]
        try store.create(record)
        #expect(try store.user(ofVolume: "shop_data", except: "other") == "shop-web-1")
        #expect(try store.user(ofVolume: "shop_data", except: "shop") == nil)
        #expect(try store.user(ofVolume: "data", except: "other") == nil)
    }

    @Test func identifiersAreRandomHexadecimalDigits() {
        let identifiers = (0..<100).map { _ in ContainerStore.newIdentifier() }
        #expect(Set(identifiers).count == 100)
        for id in identifiers { #expect(id.count == 64 && id.allSatisfy { "0123456789abcdef".contains($0) }) }
    }

    @Test(
        arguments: [
            (0, 4, "0000"), (0xab, 2, "ab"), (0xab, 4, "00ab"), (0x1234, 2, "34"), (.max, 16, "ffffffffffffffff"),
        ]
            as [(UInt64, Int, String)])
    func hexadecimalDigitsAreFilledUp(_ number: UInt64, _ digits: Int, _ text: String) {
        #expect(hexadecimal(number, digits: digits) == text)
    }

    // MARK: Records

    @Test func anonymousVolumesAreThoseThatNothingCovers() {
        let settings = Samples.settings {
            $0.volumes = [
                VolumeMount(source: .anonymous, target: "/own"), VolumeMount(source: .named("data"), target: "/data"),
            ]
        }
        let defaults = ContainerDefaults(volumes: ["/data", "/image", "/own"])
        #expect(ContainerRecord.anonymousTargets(settings: settings, defaults: defaults) == ["/own", "/image"])
    }

    @Test func stopIsTheServicesThenTheImages() {
        #expect(Samples.record().stopSignal == .terminate)
        #expect(Samples.record().stopGracePeriod == .seconds(10))
        let defaults = ContainerDefaults(stopSignal: "SIGQUIT")
        #expect(Samples.record(defaults: defaults).stopSignal == Signal("SIGQUIT"))
        let own = Samples.record(defaults: defaults) {
            $0.stopSignal = .interrupt
            $0.stopGracePeriod = .seconds(1)
        }
        #expect(own.stopSignal == .interrupt)
        #expect(own.stopGracePeriod == .seconds(1))
    }

    @Test func hashTellsSettingsApart() throws {
        let settings = Samples.settings {
            $0.environment = Dictionary(uniqueKeysWithValues: (0..<50).map { ("K\($0)", "v") })
            $0.labels = ["a": "1", "b": "2"]
        }
        let hash = try ConfigurationHash.of("app:1", settings)
        #expect(hash.count == 64)
        // Equal values whose tables were filled in another order.
        let again = Samples.settings {
            for number in (0..<50).reversed() { $0.environment["K\(number)"] = "v" }
            $0.labels = ["b": "2", "a": "1"]
        }
        #expect(try ConfigurationHash.of("app:1", again) == hash)
        #expect(try ConfigurationHash.of("app:2", settings) != hash)
        #expect(try ConfigurationHash.of("app:1", Samples.settings()) != hash)
    }
}
