import OCI
import StableHashing
import StackModel
import Testing

@testable import Containers

@Suite struct ContainerRecordTests {
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
        let defaults = ContainerDefaults(stopSignal: "SIGQUIT")
        #expect(Samples.record(defaults: defaults).stopSignal == Signal("SIGQUIT"))
        let own = Samples.record(defaults: defaults) { $0.stopSignal = .interrupt }
        #expect(own.stopSignal == .interrupt)
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
