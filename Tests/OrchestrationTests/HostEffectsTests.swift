import Containers
import ControlAPI
import Glibc
import Images
import Kernel
import OCI
import Planning
import StackModel
import Synchronization
import Testing

@testable import Orchestration

/// The engines of an instance that has nothing yet.
private func engine(_ place: TemporaryDirectory) throws -> Engine {
    try Files.makeDirectories(place.locations.runRoot)
    return try Engine(locations: place.locations)
}

@Suite struct HostStacksTests {
    @Test func aFilesContentIsItsDigest() throws {
        let place = try TemporaryDirectory()
        let stacks: HostStacks = try engine(place).stacks
        let path = place.path + "/file"
        try Files.replace(path, with: Array("abc".utf8))
        // FIPS 180-2, appendix B.1.
        #expect(
            stacks.digest(ofFile: path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        try #require(symlink("file", place.path + "/link") == 0)
        #expect(stacks.digest(ofFile: place.path + "/link") == stacks.digest(ofFile: path))
    }

    /// To open a pipe or a device may wait for ever.
    @Test func whatIsNoRegularFileHasNoDigest() throws {
        let place = try TemporaryDirectory()
        let stacks = try engine(place).stacks
        try #require(mkfifo(place.path + "/pipe", 0o600) == 0)
        // Larger than any configuration, and without a block on the disk.
        let large = try OwnedDescriptor(open: place.path + "/large", [.writeOnly, .create])
        try #require(ftruncate(large.number, (8 << 20) + 1) == 0)
        for path in [place.path + "/pipe", place.path + "/large", place.path, "/dev/null", "/no/such"] {
            #expect(stacks.digest(ofFile: path) == nil, "\(path)")
        }
    }

    @Test func anImageThatIsNotThereIsAskedFor() async throws {
        let place = try TemporaryDirectory()
        let stacks = try engine(place).stacks
        #expect(try await stacks.storedImage("app:1", platform: nil) == ObservedImage())
        let id = "sha256:" + String(repeating: "0", count: 64)
        for imageID in [id, "sha256:nothing"] {
            let error = await #expect(throws: OperationError.self) {
                try await stacks.image(imageID, reference: "app:1", platform: nil)
            }
            #expect(
                error?.description == "image app:1 is not in the store; `roost pull` or `roost load` brings it")
        }
    }

    @Test func volumesAndLedgersAreOnTheDisk() async throws {
        let place = try TemporaryDirectory()
        let stacks = try engine(place).stacks
        #expect(try await !stacks.volumeExists("demo_data"))
        try await stacks.create(StackVolume(name: "demo_data"), key: "data", stack: "demo")
        #expect(try await stacks.volumes(of: "demo").keys.sorted() == ["demo_data"])
        try await stacks.removeVolume("demo_data")
        #expect(try await stacks.volumes(of: "demo").isEmpty)
        try stacks.save(StackLedger(), of: "demo")
        #expect(try stacks.ledgers() == ["demo"])
        #expect(try engine(place).stacks.ledger(of: "demo") == StackLedger())
        try stacks.removeLedger(of: "demo")
        #expect(try stacks.ledgers() == [])
    }
}

@Suite struct HostRegistriesTests {
    /// What is wrong is said before anybody is asked.
    @Test(arguments: [("NOT A NAME", nil), ("app:1", "not/a/platform/at/all")] as [(String, String?)])
    func nonsenseReachesNoRegistry(_ reference: String, _ platform: String?) async throws {
        let place = try TemporaryDirectory()
        let registries = HostRegistries(images: try engine(place).images, environment: ["HOME": place.path])
        await #expect(throws: (any Error).self) {
            try await registries.pull(reference, platform: platform, digest: nil) { _ in }
        }
        await registries.close()
        await registries.close()
    }

    /// One client's broken settings are its own, and name the file.
    @Test func settingsAreThoseOfTheCaller() async throws {
        let place = try TemporaryDirectory()
        try Files.makeDirectories(place.path + "/docker")
        try Files.replace(place.path + "/docker/config.json", with: Array("{".utf8))
        let registries = HostRegistries(
            images: try engine(place).images, environment: ["DOCKER_CONFIG": place.path + "/docker"])
        do {
            try await registries.pull("127.0.0.1:1/app:1", platform: nil, digest: nil) { _ in }
            Issue.record("an image came from nowhere")
        } catch {
            #expect("\(error)".contains(place.path + "/docker/config.json"), "\(error)")
        }
        await registries.close()
    }
}

@Suite struct ImageOperationsTests {
    private static func operations(_ place: TemporaryDirectory) throws -> ImageOperations {
        ImageOperations(store: try engine(place).images, locations: place.locations)
    }

    private static func removed(_ images: [String], force: Bool) async throws -> RemovedImages? {
        let place = try TemporaryDirectory()
        var request = ImageRemovalRequest(images)
        request.force = force
        let box = Box()
        _ = try await operations(place).remove(request) { event in
            if case .result(.removed(let images)) = event { box.set(images) }
        }
        return box.value
    }

    private final class Box: Sendable {
        private let state = Mutex<RemovedImages?>(nil)
        var value: RemovedImages? { state.withLock { $0 } }
        func set(_ value: RemovedImages) { state.withLock { $0 = value } }
    }

    /// As Docker: each failure is told, none hides the others, and with -f what isn't there is as good as removed.
    @Test func eachImageThatStaysIsNamed() async throws {
        let failed = try await Self.removed(["a:1", "b:2"], force: false)
        #expect(failed?.failures.count == 2 && failed?.lines == [] && failed?.freed == 0)
        #expect(failed?.failures.first?.contains("a:1") == true)
        #expect(try await Self.removed(["a:1", "b:2"], force: true) == RemovedImages())
    }

    @Test func whatIsNotThereIsNotFound() throws {
        let place = try TemporaryDirectory()
        let images = try Self.operations(place)
        #expect(try images.summaries() == [])
        let missing = #expect(throws: SupervisorRefusal.self) { try images.inspect("app:1", platform: nil) }
        #expect(missing?.kind == .notFound)
        let history = #expect(throws: SupervisorRefusal.self) { try images.history(of: "app:1", platform: nil) }
        #expect(history?.kind == .notFound)
    }

    @Test func containersHoldTheirImages() throws {
        let place = try TemporaryDirectory()
        let images = try Self.operations(place)
        let digest = "sha256:" + String(repeating: "a", count: 64)
        for (service, imageID) in [("web", digest), ("odd", "nothing")] {
            let path = place.locations.containerDirectory(Samples.storedID(service))
            try Files.makeDirectories(path)
            let record = Samples.record(service, id: Samples.storedID(service)) { $0.imageID = imageID }
            try Files.replace(path + "/container.json", with: JSON.encode(record))
        }
        let uses = try images.uses()
        #expect(uses.map(\.container) == [Samples.storedID("web")] && uses.map(\.image.description) == [digest])
        #expect(uses.map(\.isRunning) == [false])
        // Where one can't be read, nobody can tell what it uses.
        try Files.replace(
            place.locations.containerDirectory(Samples.storedID("odd")) + "/container.json", with: Array("{".utf8))
        #expect(throws: ContainerError.self) { try images.uses() }
    }

    @Test func anArchiveHasAPathOrADescriptor() async throws {
        let place = try TemporaryDirectory()
        let error = await #expect(throws: OperationError.self) {
            try await Self.operations(place).load(
                ImageLoadRequest(path: "a.tar", title: "Archive"), PassedDescriptors(taking: [])
            ) { _ in }
        }
        #expect(error?.description == "a.tar: the request has neither an absolute path nor a descriptor")
    }
}
