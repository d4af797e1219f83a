import Addressing
import ControlAPI
import Images
import Kernel
import OCI
import Planning
import StackModel
import Testing

@testable import Containers

/// Containers outlive the program that made them: what earlier versions wrote is read for ever.
@Suite struct EarlierRecordTests {
    private static let id = String(repeating: "a", count: 64)

    /// `container.json` as the versions before records had one wrote it; broken into lines here.
    private static let record = """
        {"anonymousVolumes":{"/cache":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"},\
        "created":1700000000000000001,\
        "defaults":{"Cmd":["x"],"Entrypoint":["/app"],"Env":["PATH=/bin"],"ExposedPorts":{"80/tcp":{}},\
        "Labels":{"l":"m"},"StopSignal":"SIGQUIT","User":"app","Volumes":{"/cache":{}},"WorkingDir":"/srv"},\
        "dependsOn":{"db":{"condition":"service_healthy","required":false,"restart":true}},\
        "files":["/srv/shop/compose.yaml"],\
        "id":"\(id)","image":"app:1",\
        "imageID":"sha256:0000000000000000000000000000000000000000000000000000000000000000",\
        "labels":{"com.docker.compose.service":"web"},\
        "layers":["/var/lib/roost/layers/sha256/\
        cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.erofs"],"name":"shop-web-2",\
        "networks":{"default":{"driver":"bridge","driverOpts":{},"external":false,\
        "ipam":[{"gateway":"172.30.0.1","subnet":"172.30.0.0/24"}],"isInternal":false,"labels":{"n":"1"},\
        "name":"shop_default"}},"number":2,"projectDirectory":"/srv/shop","service":"web",\
        "settings":{"capAdd":[],"capDrop":[],"command":["serve","--port","80"],"configs":[],"dns":["1.1.1.1"],\
        "dnsOpt":[],"dnsSearch":[],"environment":{"LOG":"info"},"expose":["8080-8081/tcp"],\
        "extraHosts":["db=10.0.0.9","gate=host-gateway"],"groupAdd":[],\
        "healthcheck":{"interval":5000000000,"retries":2,"test":["CMD","true"]},\
        "hooks":[{"args":["x"],"environment":["A=b"],"path":"/bin/x","stage":"poststop","timeout":5}],\
        "labels":{"a":"b"},"logging":{"driver":"json-file","maximumFiles":1,"maximumSize":0},\
        "networkMode":{"networks":{}},"networks":{"default":{"aliases":["web"],"ipv4Address":"172.30.0.5",\
        "macAddress":"02:42:ac:1e:00:05","priority":1}},\
        "ports":[{"hostIP":"127.0.0.1","protocol":"tcp","published":[8080,8080],"target":80},\
        {"protocol":"udp","target":53}],"privileged":false,"readOnly":false,"resources":{"memLimit":1048576},\
        "restart":{"onFailure":{"maximumRetries":3}},"runInit":false,\
        "secrets":[{"content":{"file":{"_0":"/srv/key"}},"mode":256,"source":"key","target":"/run/secrets/key",\
        "uid":"1"}],"securityOpt":["no-new-privileges:true","apparmor:unconfined"],"stdinOpen":false,\
        "stopGracePeriod":3000000000,"stopSignal":"SIGINT","sysctls":{},"tty":false,\
        "ulimits":{"nofile":{"hard":20,"soft":10}},\
        "volumes":[{"noCopy":false,"options":[],"readOnly":false,"source":{"named":{"_0":"data"}},\
        "target":"/data"},{"noCopy":false,"options":[],"readOnly":true,\
        "source":{"bind":{"create":false,"path":"/srv/conf"}},"target":"/conf"},{"noCopy":false,"options":[],\
        "readOnly":false,"source":{"tmpfs":{"mode":1023,"size":1024}},"target":"/tmp"},{"noCopy":false,\
        "options":[],"readOnly":false,"source":{"anonymous":{}},"target":"/cache"}]},"stack":"shop",\
        "volumes":{"data":{"driver":"local","driverOpts":{},"external":false,"labels":{},"name":"shop_data"}}}
        """

    /// The same of `status.json`, for a container that runs.
    private static let running = """
        {"boot":"boot-1","exitCode":0,"finished":0,"outOfMemory":false,\
        "publishedPorts":[{"hostIP":"127.0.0.1","protocol":"tcp","published":8080,"target":80}],\
        "restartMachine":{"delay":0,"isStoppedByUser":false,"phase":{"running":{"since":1700000001000000000}},\
        "policy":{"onFailure":{"maximumRetries":3}},"restartCount":0},"restarts":2,"started":1700000001000000000,\
        "wantedRunning":true}
        """

    /// For one that a user stopped, and that didn't end before it was killed.
    private static let stopped = """
        {"boot":"boot-1","exitCode":137,"finished":1700000002000000000,"outOfMemory":true,"publishedPorts":[],\
        "restartMachine":{"delay":0,"isStoppedByUser":true,"lastExitCode":137,"phase":{"resting":{}},\
        "policy":{"onFailure":{"maximumRetries":3}},"restartCount":0},"restarts":2,"started":1700000001000000000,\
        "wantedRunning":false}
        """

    /// For one whose first start failed.
    private static let failed = """
        {"boot":"boot-1","exitCode":127,"failure":"no such program","finished":0,"outOfMemory":false,\
        "publishedPorts":[],"restartMachine":{"delay":0,"isStoppedByUser":false,"phase":{"resting":{}},\
        "policy":{"no":{}},"restartCount":0},"restarts":0,"started":0,"wantedRunning":false}
        """

    /// For one that was never started.
    private static let fresh = """
        {"boot":"","exitCode":0,"finished":0,"outOfMemory":false,"publishedPorts":[],"restarts":0,"started":0,\
        "wantedRunning":false}
        """

    /// An earlier version left these.
    private static func store(
        _ place: TemporaryDirectory, _ record: String, status: String? = nil
    ) throws
        -> ContainerStore
    {
        let directory = place.locations.containerDirectory(id)
        for name in ["upper", "work"] { try Files.makeDirectories(directory + "/" + name) }
        try Files.replace(directory + "/container.json", with: Array(record.utf8))
        if let status {
            try Files.makeDirectories(place.locations.containerRunDirectory(id))
            try Files.replace(
                place.locations.containerRunDirectory(id) + "/status.json", with: Array(status.utf8))
        }
        return ContainerStore(locations: place.locations)
    }

    @Test func aFlatRecordIsRead() throws {
        let place = try TemporaryDirectory()
        let store = try Self.store(place, Self.record)
        let record = try #require(try store.record(Self.id))
        #expect(record.version == ContainerRecord.currentVersion)
        #expect(record.id == Self.id)
        #expect(record.created == 1_700_000_000_000_000_001)
        #expect(record.name == "shop-web-2")
        #expect(record.owner == .replica(stack: "shop", service: "web", number: 2))
        #expect(record.image == "app:1")
        #expect(record.imageID == "sha256:" + String(repeating: "0", count: 64))
        #expect(
            record.layers.map(\.path) == [
                "/var/lib/roost/layers/sha256/" + String(repeating: "c", count: 64) + ".erofs"
            ])
        #expect(record.anonymousVolumes == ["/cache": String(repeating: "d", count: 64)])
        #expect(record.labels == ["com.docker.compose.service": "web"])
        #expect(record.dependsOn == ["db": Dependency(condition: .serviceHealthy, restart: true, required: false)])
        #expect(record.networks["default"]?.name == "shop_default")
        #expect(record.networks["default"]?.ipam.count == 1)
        #expect(record.volumes == ["data": StackVolume(name: "shop_data")])
        #expect(record.projectDirectory == "/srv/shop")
        #expect(record.files == ["/srv/shop/compose.yaml"])
        // Nobody knew of these.
        #expect(record.contents.isEmpty)
        #expect(record.platform == nil)
    }

    @Test func itsSettingsAndDefaultsAreRead() throws {
        let place = try TemporaryDirectory()
        let record = try #require(try Self.store(place, Self.record).record(Self.id))
        let settings = record.settings
        #expect(settings.command == ["serve", "--port", "80"])
        #expect(settings.environment == ["LOG": "info"])
        #expect(
            settings.ports == [
                PublishedPort(hostIP: .v4(.loopback), published: 8080...8080, target: 80),
                PublishedPort(published: nil, target: 53, protocol: .udp),
            ])
        #expect(settings.expose.map(\.number) == [8080, 8081])
        #expect(settings.volumes.map(\.target) == ["/data", "/conf", "/tmp", "/cache"])
        #expect(settings.networks["default"]?.ipv4Address == IPv4Address(172, 30, 0, 5))
        #expect(settings.networks["default"]?.macAddress == MACAddress(of: IPv4Address(172, 30, 0, 5)))
        #expect(settings.healthcheck == HealthCheck(test: ["CMD", "true"], interval: .seconds(5), retries: 2))
        #expect(settings.restart == .onFailure(maximumRetries: 3))
        #expect(settings.resources.memLimit == 1 << 20)
        #expect(settings.securityOpt == [.noNewPrivileges(true), .appArmor("unconfined")])
        #expect(settings.stopSignal == .interrupt)
        #expect(settings.stopGracePeriod == .seconds(3))
        #expect(settings.extraHosts.map(\.name) == ["db", "gate"])
        #expect(settings.dns.map(\.description) == ["1.1.1.1"])
        #expect(settings.secrets.map(\.uid) == [1])
        #expect(settings.hooks.map(\.path) == ["/bin/x"])
        #expect(record.defaults.entrypoint == ["/app"])
        #expect(record.defaults.user == "app")
        #expect(record.healthCheck?.command == ["true"])
    }

    /// What is written in its place is of the newest form, and says the same.
    @Test func itIsWrittenInTheNewestForm() throws {
        let place = try TemporaryDirectory()
        let store = try Self.store(place, Self.record, status: Self.running)
        let record = try #require(try store.record(Self.id))
        let status = store.status(of: record)
        try store.replace(record)
        try store.save(status, of: record.id)
        #expect(try store.record(Self.id) == record)
        #expect(store.status(of: record) == status)
        #expect(try Files.readText(place.locations.containerDirectory(Self.id) + "/container.json") != Self.record)
    }

    @Test(arguments: ["\"id\":", "\"settings\":", "\"stack\":", "\"dns\":"])
    func oneThatLacksSomethingIsDamaged(_ key: String) throws {
        let place = try TemporaryDirectory()
        let damaged = Self.record.replacing(key, with: "\"x\":", maxReplacements: 1)
        let store = try Self.store(place, damaged)
        #expect(throws: UnreadableRecord.self) { try store.record(Self.id) }
    }

    // MARK: Statuses

    private static func status(_ text: String) throws -> ContainerStatus {
        let place = try TemporaryDirectory()
        let store = try store(place, Self.record, status: text)
        return store.status(of: try #require(try store.record(id)))
    }

    @Test func whatRanRuns() throws {
        let status = try Self.status(Self.running)
        #expect(status.version == ContainerStatus.currentVersion)
        #expect(status.boot == "boot-1")
        #expect(status.publishedPorts.map(\.published) == [8080])
        var machine = status.machine
        #expect(machine.isAlive)
        #expect(machine.wanted == .running)
        #expect(machine.restarts.policy == .onFailure(maximumRetries: 3))
        #expect(machine.health?.check.command == ["true"])
        #expect(machine.state == .running(since: Instant(nanoseconds: 1_700_000_001_000_000_000)))
        // A supervisor that finds it running goes on with it.
        let found = ContainerProcesses(pid: 2, startTime: 3, shim: 4, shimStartTime: 5)
        let since = Instant(nanoseconds: 1_700_000_001_000_000_000)
        _ = machine.handle(.adopted(.running(found, since: since)), now: since)
        #expect(machine.processes == found)
        #expect(machine.run.started == since)
    }

    @Test func whatAUserStoppedStaysStopped() throws {
        let status = try Self.status(Self.stopped)
        var machine = status.machine
        #expect(machine.state == .exited(code: 137))
        #expect(machine.wanted == .stopped)
        #expect(machine.run.outOfMemory)
        #expect(machine.run.finished == Instant(nanoseconds: 1_700_000_002_000_000_000))
        _ = machine.handle(.hostBooted, now: Instant(nanoseconds: 1_800_000_000_000_000_000))
        #expect(machine.deadline == nil)
    }

    @Test func whatFailedSaysWhy() throws {
        let machine = try Self.status(Self.failed).machine
        #expect(machine.state == .created)
        #expect(machine.run.failure == "no such program")
        #expect(machine.run.exitCode == 127)
    }

    @Test func whatWasNeverStartedIsCreated() throws {
        let status = try Self.status(Self.fresh)
        #expect(status.machine.state == .created)
        #expect(status.machine.run == ContainerRun())
        #expect(status.publishedPorts.isEmpty)
    }
}
