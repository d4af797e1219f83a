import ControlAPI
import StackModel
import Testing
import Volumes

@testable import Orchestration

@Suite struct VolumeRegistryTests {
    @Test func aStacksVolumesAreFoundAgainAsTheFileHasThem() throws {
        let place = try TemporaryDirectory()
        let store = VolumeStore(root: place.locations.root)
        let registry = VolumeRegistry(store: store)
        #expect(try registry.definitions(of: "demo") == [:])
        let data = StackVolume(name: "demo_data", labels: ["own": "1"])
        try registry.create(key: "data", data, stack: "demo")
        try registry.create(key: "data", StackVolume(name: "other_data"), stack: "other")
        // Made by hand, and for one container.
        try store.ensure(name: "alone")
        _ = try store.createAnonymous(labels: ["com.docker.compose.project": "demo"])
        #expect(try registry.definitions(of: "demo") == ["demo_data": data])
        #expect(
            try store.inspect("demo_data").record.labels == [
                "own": "1", "com.docker.compose.project": "demo", "com.docker.compose.volume": "data",
            ])
    }

    /// A volume that is there already is somebody's data: it stays as it was made.
    @Test func aVolumeThatIsThereStaysAsItIs() throws {
        let place = try TemporaryDirectory()
        let registry = VolumeRegistry(store: VolumeStore(root: place.locations.root))
        try registry.create(key: "data", StackVolume(name: "shared", labels: ["made": "first"]), stack: "demo")
        try registry.create(key: "data", StackVolume(name: "shared", labels: ["made": "second"]), stack: "other")
        #expect(try registry.definitions(of: "demo")["shared"]?.labels == ["made": "first"])
        #expect(try registry.definitions(of: "other") == [:])
    }
}
