import ControlAPI
import FoundationEssentials
import Glibc
import Kernel
import OCI
import StackModel

@testable import Containers

/// Values that tests change in one place.
enum Samples {
    static let standardCapabilities: UInt64 = 0xa804_25fb

    static func settings(_ change: (inout ContainerSettings) -> Void = { _ in }) -> ContainerSettings {
        var settings = ContainerSettings()
        change(&settings)
        return settings
    }

    static func record(
        _ id: String = String(repeating: "a", count: 64), service: String = "web", number: Int = 1,
        defaults: ContainerDefaults = ContainerDefaults(command: ["/bin/app"]),
        networks: [String: StackNetwork] = [:], _ change: (inout ContainerSettings) -> Void = { _ in }
    ) -> ContainerRecord {
        let spec = ContainerSpec(
            name: "shop-\(service)-\(number)", owner: .replica(stack: "shop", service: service, number: number),
            image: "app:1", imageID: "sha256:00", settings: settings(change), dependsOn: [:], networks: networks,
            volumes: [:], projectDirectory: "/srv/shop", files: [])
        return ContainerRecord(id: id, created: 1, spec: spec, layers: [], defaults: defaults)
    }

    static func withoutLineBreak(_ text: String) -> String { String(text.dropLast(text.hasSuffix("\n") ? 1 : 0)) }

    static func inputs(_ change: (inout BundleInputs) -> Void = { _ in }) throws -> BundleInputs {
        var inputs = BundleInputs(
            user: try ResolvedUser(user: "", added: [], passwd: "root:x:0:0:root:/root:/bin/sh", group: "root:x:0:"),
            hostname: "web", security: try SecurityOptions([], directory: "/srv/shop"),
            availableCapabilities: .max >> 23, network: .own, cgroupPath: "roost/aaaa", mounts: [], identityFiles: [:],
            hostDevices: [], thermalDirectories: ["/sys/devices/system/cpu/cpu0/thermal_throttle"])
        change(&inputs)
        return inputs
    }
}

/// A directory that ends with the value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = "/tmp/roost-containers-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try Files.makeDirectories(path)
    }

    var locations: Locations { Locations(root: path + "/root", runRoot: path + "/run") }

    deinit {
        // A test's directory that stays behind in /tmp is no failure of what is tested.
        try? FileManager.default.removeItem(atPath: path)
    }
}
