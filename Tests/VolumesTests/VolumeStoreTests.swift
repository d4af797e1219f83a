import Glibc
import Kernel
import Testing
import Volumes

@Suite struct VolumeStoreTests {
    @Test func ensureListInspectRemove() throws {
        let place = try Place()
        let store = VolumeStore(root: place.path)
        #expect(try store.list().isEmpty)
        let made = try store.ensure(name: "demo_data", labels: ["a": "b"], created: 7)
        #expect(made.path == "\(place.path)/volumes/demo_data/_data")
        #expect(try store.ensure(name: "demo_data", labels: ["other": "x"], created: 8) == made)
        #expect(try store.inspect("demo_data") == made)
        try place.write("volumes/demo_data/_data/sub/file", "content")
        let anonymous = try store.createAnonymous()
        #expect(anonymous.record.name.count == 64 && anonymous.record.isAnonymous)
        #expect(try Set(store.list().map(\.record.name)) == [anonymous.record.name, "demo_data"])
        try store.remove("demo_data")
        try store.remove("demo_data")
        #expect(try store.list() == [anonymous])
        #expect(try place.names("volumes") == [anonymous.record.name])
        #expect(throws: VolumeError.unknown("demo_data")) { try store.inspect("demo_data") }
    }

    @Test func removalFollowsNoLink() throws {
        let place = try Place()
        let store = VolumeStore(root: place.path)
        try store.ensure(name: "v")
        try place.write("outside/precious", "x")
        symlink("\(place.path)/outside", "\(place.path)/volumes/v/_data/link")
        try store.remove("v")
        #expect(Files.exists("\(place.path)/outside/precious"))
    }

    @Test func names() throws {
        let place = try Place()
        let store = VolumeStore(root: place.path)
        for name in ["a", "A-1_.b", "0"] { try store.ensure(name: name) }
        for name in ["", ".", "..", "../x", "a/b", "-a", "ä", "a b", String(repeating: "x", count: 256)] {
            #expect(throws: VolumeError.invalidName(name)) { try store.ensure(name: name) }
            #expect(throws: VolumeError.invalidName(name)) { try store.remove(name) }
        }
    }

    @Test func bindDriverOptions() async throws {
        let place = try Place()
        let store = VolumeStore(root: place.path)
        let device = "\(place.path)/mine"
        let options = ["type": "none", "o": "bind", "device": device]
        #expect(throws: VolumeError.deviceMissing(volume: "b", path: device)) {
            try store.ensure(name: "b", driverOpts: options)
        }
        try place.write("mine/file", "x")
        let volume = try store.ensure(name: "b", driverOpts: options)
        #expect(volume.isBound && volume.path == device)
        #expect(try await store.fill("b", fromLayers: [place.path], path: "/mine") == false)
        try store.remove("b")
        #expect(Files.exists("\(device)/file"))
    }

    @Test func unsupportedOptions() throws {
        let store = VolumeStore(root: try Place().path)
        let table: [([String: String], String)] = [
            (["type": "tmpfs", "device": "tmpfs"], "type \"tmpfs\""), (["type": "nfs", "o": "addr=x"], "type \"nfs\""),
            (["o": "bind"], "needs a device"), (["o": "bind", "device": "rel"], "absolute"),
            (["o": "bind,ro", "device": "/"], "o: \"bind,ro\""), (["size": "1"], "unknown option \"size\""),
        ]
        for (options, expected) in table {
            let error = #expect(throws: VolumeError.self) { try store.ensure(name: "v", driverOpts: options) }
            #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
        }
        #expect(throws: VolumeError.unsupportedDriver(volume: "v", driver: "nfs")) {
            try store.ensure(name: "v", driver: "nfs")
        }
    }

    @Test func interruptedWorkIsSwept() throws {
        let place = try Place()
        let store = VolumeStore(root: place.path)
        try store.ensure(name: "whole")
        try place.write("volumes/half/_data/file", "x")
        try place.write("volumes/.removed-gone/_data/file", "x")
        #expect(try store.list().map(\.record.name) == ["whole"])
        #expect(try store.sweep() == [".removed-gone", "half"])
        #expect(try place.names("volumes") == ["whole"])
    }

    @Test func damagedRecordIsNamed() throws {
        let place = try Place()
        let store = VolumeStore(root: place.path)
        try place.write("volumes/v/volume.json", "{")
        let error = #expect(throws: VolumeError.self) { try store.find("v") }
        #expect(error?.description.contains("volumes/v/volume.json") == true)
        try store.remove("v")
        #expect(try store.find("v") == nil)
    }
}
