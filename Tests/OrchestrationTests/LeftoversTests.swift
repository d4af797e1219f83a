import ControlAPI
import Images
import Kernel
import Planning
import Testing

@testable import Containers
@testable import Orchestration

@Suite struct LeftoversTests {
    /// A container with so many bytes of its own, a network and a volume.
    private static func make(_ place: TemporaryDirectory, _ name: String, bytes: Int) throws {
        let locations = place.locations
        let record = Samples.record(name, id: Samples.storedID(name))
        try ContainerStore(locations: locations).create(record)
        try Files.replace(locations.upperDirectory(of: record.id) + "/file", with: Array(repeating: 1, count: bytes))
        try Files.makeDirectories(locations.root + "/networks")
        try Files.replace(locations.root + "/networks/\(name)_default.json", with: Array("{}".utf8))
        let volume = locations.root + "/volumes/\(name)_data"
        try Files.makeDirectories(volume + "/_data")
        try Files.replace(volume + "/_data/file", with: Array(repeating: 1, count: bytes))
        let content =
            #"{"name":"\#(name)_data","driver":"local","driverOpts":{},"labels":{},"created":1,"isAnonymous":false}"#
        try Files.replace(volume + "/volume.json", with: Array(content.utf8))
    }

    @Test func whatIsGoneIsToldWithItsSize() throws {
        let place = try TemporaryDirectory()
        try Self.make(place, "kept", bytes: 4096)
        try Self.make(place, "gone", bytes: 8192)
        let before = try Leftovers(place.locations)
        #expect(try before.gone(since: Leftovers(place.locations)) == PrunedThings())
        let root = place.locations.root
        let size =
            DiskUsage.of(place.locations.upperDirectory(of: Samples.storedID("gone")))
            + DiskUsage.of(root + "/volumes/gone_data/_data")
        #expect(size >= 2 * 8192)
        try Directory.remove(place.locations.containerDirectory(Samples.storedID("gone")))
        try Files.remove(root + "/networks/gone_default.json")
        try Directory.remove(root + "/volumes/gone_data")
        var expected = PrunedThings()
        expected.containers = [Samples.storedID("gone")]
        expected.networks = ["gone_default"]
        expected.volumes = ["gone_data"]
        expected.bytes = size
        #expect(try before.gone(since: Leftovers(place.locations)) == expected)
    }

    /// What is written meanwhile is no network that went.
    @Test func aTemporaryFileIsNoNetwork() throws {
        let place = try TemporaryDirectory()
        try Self.make(place, "kept", bytes: 1)
        let temporary = place.locations.root + "/networks/kept_default.json.abc.tmp"
        try Files.replace(temporary, with: [])
        let before = try Leftovers(place.locations)
        try Files.remove(temporary)
        #expect(try before.gone(since: Leftovers(place.locations)) == PrunedThings())
    }

    @Test func nothingAtAllIsNoError() throws {
        let place = try TemporaryDirectory()
        #expect(try Leftovers(place.locations).gone(since: Leftovers(place.locations)) == PrunedThings())
    }
}
