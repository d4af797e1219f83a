import OCI
import StackModel
import Testing

@testable import Containers

@Suite struct ContainerLabelsTests {
    private static let defaults = ContainerDefaults(command: ["x"], labels: ["image": "1", "both": "image"])

    @Test func toolsFindAServicesContainers() throws {
        var record = Samples.record(number: 2, defaults: Self.defaults) { $0.labels = ["own": "2", "both": "service"] }
        record.spec.dependsOn = [
            "db": Dependency(condition: .serviceHealthy, restart: true),
            "cache": Dependency(condition: .serviceStarted),
        ]
        record.spec.files = ["/srv/shop/a.yaml", "/srv/shop/b.yaml"]
        let hash = try ConfigurationHash.of(record.image, record.settings)
        #expect(
            try ContainerLabels.of(record) == [
                "image": "1", "own": "2", "both": "service",
                "com.docker.compose.project": "shop", "com.docker.compose.service": "web",
                "com.docker.compose.container-number": "2", "com.docker.compose.oneoff": "False",
                "com.docker.compose.config-hash": hash, "com.docker.compose.image": "sha256:00",
                "com.docker.compose.project.working_dir": "/srv/shop",
                "com.docker.compose.project.config_files": "/srv/shop/a.yaml,/srv/shop/b.yaml",
                "com.docker.compose.depends_on": "cache:service_started:false,db:service_healthy:true",
            ])
    }

    @Test(
        arguments: [
            (ContainerOwner.replica(stack: "shop", service: "web", number: 1), "False"),
            (.oneOff(stack: "shop", service: "web", number: 1), "True"), (.none, nil), (.build("shop"), nil),
        ] as [(ContainerOwner, String?)])
    func onlyAStacksContainersAreItsOwn(_ owner: ContainerOwner, _ oneOff: String?) throws {
        var record = Samples.record(defaults: Self.defaults)
        record.spec.owner = owner
        let labels = try ContainerLabels.of(record)
        #expect(labels["com.docker.compose.oneoff"] == oneOff)
        #expect(oneOff != nil || labels == ["image": "1", "both": "image"])
    }

    /// What a service writes doesn't make its container another stack's.
    @Test func aServiceCannotPassForAnother() throws {
        let record = Samples.record { $0.labels = ["com.docker.compose.project": "other"] }
        #expect(try ContainerLabels.of(record)["com.docker.compose.project"] == "shop")
    }
}
