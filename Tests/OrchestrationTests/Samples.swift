import Containers
import ControlAPI
import Glibc
import Kernel
import OCI
import Planning
import StackModel

/// Values that tests change in one place.
enum Samples {
    static func spec(_ service: String = "web", number: Int = 1) -> ContainerSpec {
        ContainerSpec(
            name: "demo-\(service)-\(number)", owner: .replica(stack: "demo", service: service, number: number),
            image: "app:1", imageID: "sha256:app:1")
    }

    static func record(
        _ service: String = "web", number: Int = 1, id: String? = nil, labels: [String: String] = [:],
        _ change: (inout ContainerSpec) -> Void = { _ in }
    ) -> ContainerRecord {
        var spec = spec(service, number: number)
        change(&spec)
        var record = ContainerRecord(
            id: id ?? "id-\(service)-\(number)", created: 1, spec: spec, layers: [],
            defaults: ContainerDefaults(command: ["run"]))
        record.labels = labels
        return record
    }

    /// As long as a store's identifiers are.
    static func storedID(_ service: String) -> String {
        String(repeating: "0", count: 64 - service.utf8.count) + service
    }

    static func reference(_ service: String = "web", id: String? = nil) -> ContainerReference {
        ContainerReference(service: service, number: 1, name: "demo-\(service)-1", id: id)
    }

    static func stack(_ dependencies: [String: [String]] = ["web": []]) -> Stack {
        var stack = Stack(name: "demo", workingDirectory: "/srv/demo")
        for (name, dependsOn) in dependencies {
            stack.services[name] = Service(
                name: name, image: "app:1",
                dependsOn: dependsOn.reduce(into: [:]) { $0[$1] = Dependency(condition: .serviceHealthy) })
        }
        return stack
    }
}

/// A directory that ends with the value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = "/tmp/roost-orchestration-test-\(Files.unforeseenName())"
        try Files.makeDirectories(path)
    }

    var locations: Locations { Locations(root: path + "/root", runRoot: path + "/run") }

    deinit {
        // A test's directory that stays behind in /tmp is no failure of what is tested.
        try? Directory.remove(path)
    }
}
