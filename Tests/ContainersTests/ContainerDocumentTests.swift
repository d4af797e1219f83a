import Addressing
import ControlAPI
import OCI
import Planning
import StackModel
import Testing
import Volumes

@testable import Containers

/// What `docker inspect`'s readers find.
@Suite struct ContainerDocumentTests {
    private static let start = Instant(nanoseconds: 1_700_000_000_000_000_000)
    private static let processes = ContainerProcesses(pid: 21, startTime: 3, shim: 4, shimStartTime: 5)
    private static let launch: [ContainerEvent] = [.startAsked, .started(processes, at: start)]

    private static func document(
        _ record: ContainerRecord, _ events: [ContainerEvent] = [], ports: [ResolvedPort] = [],
        places: [String: NetworkPlace] = [:], volumes: [String] = []
    ) throws -> ContainerDocument {
        let place = try TemporaryDirectory()
        let store = VolumeStore(root: place.locations.root)
        for name in volumes { try store.ensure(name: name) }
        var status = ContainerStatus(of: record)
        for event in events { _ = status.machine.handle(event, now: start) }
        status.publishedPorts = ports
        var document = ContainerDocument(
            ContainerSnapshot(record: record, status: status), locations: place.locations, volumes: store,
            places: places)
        // Tests compare places without the directory that the store is in.
        for index in document.Mounts.indices where document.Mounts[index].Source.hasPrefix(place.path) {
            document.Mounts[index].Source.removeFirst(place.path.count)
        }
        return document
    }

    struct State: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var events: [ContainerEvent]
        var restart = RestartPolicy.no
        /// Which of running, paused and restarting.
        var flags: [Bool]
        var pid: Int32 = 0
        var exitCode: Int32 = 0
        var error = ""
    }

    @Test(arguments: [
        State(testDescription: "created", events: [], flags: [false, false, false]),
        State(testDescription: "running", events: launch, flags: [true, false, false], pid: 21),
        State(
            testDescription: "paused", events: launch + [.pauseAsked], flags: [true, true, false], pid: 21),
        State(
            testDescription: "exited", events: launch + [.ended(RunEnd(code: 3, finished: start))],
            flags: [false, false, false], exitCode: 3),
        State(
            testDescription: "restarting", events: launch + [.ended(RunEnd(code: 4, finished: start))],
            restart: .always, flags: [false, false, true], exitCode: 4),
    ])
    func aStateIsToldInDockersWords(_ row: State) throws {
        let state = try Self.document(Samples.record { $0.restart = row.restart }, row.events).State
        #expect(state.Status == row.testDescription)
        #expect([state.Running, state.Paused, state.Restarting] == row.flags)
        #expect(state.Pid == row.pid && state.ExitCode == row.exitCode && state.Error == row.error)
        #expect(!state.OOMKilled && !state.Dead && state.Health == nil && state.Probes == nil)
    }

    @Test func aFailedStartAndAKilledProcessAreTold() throws {
        let failed = try Self.document(
            Samples.record(), [.startAsked, .launchFailed(code: 127, reason: "no such program")]
        ).State
        #expect(failed.Error == "no such program" && failed.ExitCode == 127)
        let end = RunEnd(code: 137, outOfMemory: true, finished: Self.start + .seconds(1))
        let killed = try Self.document(Samples.record(), Self.launch + [.ended(end)]).State
        #expect(killed.OOMKilled && killed.ExitCode == 137)
        #expect(killed.StartedAt == "2023-11-14T22:13:20.000000000Z")
        #expect(killed.FinishedAt == "2023-11-14T22:13:21.000000000Z")
    }

    /// Docker's readers take just this for "never" (Go's zero time).
    @Test func whatNeverHappenedHasNoTime() throws {
        let created = try Self.document(Samples.record()).State
        #expect(created.StartedAt == "0001-01-01T00:00:00Z" && created.FinishedAt == "0001-01-01T00:00:00Z")
        #expect(try Self.document(Samples.record(), Self.launch).State.FinishedAt == "0001-01-01T00:00:00Z")
    }

    @Test func healthIsToldWhileItRuns() throws {
        let record = Samples.record {
            $0.healthcheck = HealthCheck(test: ["CMD", "check"], interval: .seconds(5), retries: 1)
        }
        let late = Self.start + .seconds(3600)
        let probe = ProbeResult(outcome: .exited(code: 2), output: "no", start: late, end: late)
        let running = try Self.document(record, Self.launch + [.probeFinished(probe)])
        let health = try #require(running.State.Health)
        #expect(health.Status == "unhealthy" && health.FailingStreak == 1)
        #expect(health.Log.map(\.ExitCode) == [2] && health.Log.map(\.Output) == ["no"])
        #expect(running.Config.Healthcheck?.Test == ["CMD", "check"])
        #expect(running.Config.Healthcheck?.Interval == 5_000_000_000)
        let ended = try Self.document(record, Self.launch + [.ended(RunEnd(code: 0, finished: late))])
        #expect(ended.State.Health == nil)
    }

    @Test(
        arguments: [
            (["/entry"], ["serve", "80"], "/entry", ["serve", "80"]), (nil, nil, "/bin/app", []),
            (nil, ["other"], "other", []),
        ] as [([String]?, [String]?, String, [String])])
    func theProgramIsTheServicesOrTheImages(
        _ entrypoint: [String]?, _ command: [String]?, _ path: String, _ arguments: [String]
    ) throws {
        let document = try Self.document(
            Samples.record {
                $0.entrypoint = entrypoint
                $0.command = command
            })
        #expect(document.Path == path && document.Args == arguments)
        #expect(document.Config.Cmd == command ?? ["/bin/app"])
    }

    @Test(arguments: [
        (NetworkMode.none, "none"), (.host, "host"), (.service("db"), "container:db"), (.networks, "shop_back"),
    ])
    func theNetworkModeIsDockers(_ mode: NetworkMode, _ text: String) throws {
        let networks = ["a": StackNetwork(name: "shop_front"), "b": StackNetwork(name: "shop_back")]
        let document = try Self.document(Samples.record(networks: networks) { $0.networkMode = mode })
        #expect(document.HostConfig.NetworkMode == text)
    }

    @Test(arguments: [
        (RestartPolicy.no, "no", 0), (.always, "always", 0), (.unlessStopped, "unless-stopped", 0),
        (.onFailure(maximumRetries: nil), "on-failure", 0), (.onFailure(maximumRetries: 3), "on-failure", 3),
    ])
    func theRestartPolicyIsDockers(_ policy: RestartPolicy, _ name: String, _ retries: Int) throws {
        let restart = try Self.document(Samples.record { $0.restart = policy }).HostConfig.RestartPolicy
        #expect(restart.Name == name && restart.MaximumRetryCount == retries)
    }

    @Test func mountsHaveTheirPlaceAndTheirRights() throws {
        var record = Samples.record {
            $0.volumes = [
                VolumeMount(source: .named("data"), target: "/data"),
                VolumeMount(
                    source: .bind(path: "/srv/in", create: false, propagation: nil), target: "/in", readOnly: true),
                VolumeMount(source: .tmpfs(size: nil, mode: nil), target: "/run"),
                VolumeMount(source: .anonymous, target: "/fixed", readOnly: true),
            ]
        }
        record.spec.volumes["data"] = StackVolume(name: "shop_data")
        record.anonymousVolumes = ["/cache": "gone", "/fixed": "kept"]
        let mounts = try Self.document(record, volumes: ["shop_data", "kept"]).Mounts
        #expect(mounts.map(\.Destination) == ["/data", "/in", "/run", "/cache", "/fixed"])
        #expect(mounts.map(\.Type) == ["volume", "bind", "tmpfs", "volume", "volume"])
        #expect(mounts.map(\.Name) == ["shop_data", nil, nil, "gone", "kept"])
        #expect(
            mounts.map(\.Source) == [
                "/root/volumes/shop_data/_data", "/srv/in", "", "", "/root/volumes/kept/_data",
            ])
        #expect(mounts.map(\.RW) == [true, false, true, true, false])
    }

    // MARK: Networks and ports

    @Test func aRangeOfPortsIsWhole() throws {
        let bindings = try Self.document(
            Samples.record {
                $0.ports = [
                    PublishedPort(hostIP: .v4(.loopback), published: 8080...8080, target: 80),
                    PublishedPort(published: 9000...9010, target: 80),
                    PublishedPort(published: nil, target: 53, protocol: .udp),
                ]
            }
        ).HostConfig.PortBindings
        #expect(bindings["80/tcp"]?.map(\.HostPort) == ["8080", "9000-9010"])
        #expect(bindings["80/tcp"]?.map(\.HostIp) == ["127.0.0.1", ""])
        #expect(bindings["53/udp"]?.map(\.HostPort) == [""])
    }

    @Test func portsAreThoseThatItGot() throws {
        let record = Samples.record(
            defaults: ContainerDefaults(exposedPorts: ["80/tcp", "443/tcp"], command: ["x"]))
        let ports = [
            ResolvedPort(hostIP: nil, published: 32768, target: 80, protocol: .tcp),
            ResolvedPort(hostIP: .v4(.loopback), published: 8080, target: 80, protocol: .tcp),
        ]
        let shown = try Self.document(record, Self.launch, ports: ports).NetworkSettings.Ports
        #expect(Set(shown.keys) == ["80/tcp", "443/tcp"])
        #expect((shown["80/tcp"] ?? nil)?.map(\.HostPort) == ["32768", "8080"])
        #expect((shown["80/tcp"] ?? nil)?.map(\.HostIp) == ["0.0.0.0", "127.0.0.1"])
        // Known, and published nowhere: there, with null.
        #expect(shown["443/tcp"].map { $0 == nil } == true)
    }

    @Test func aNetworkTellsItsPlace() throws {
        let record = Samples.record(networks: ["default": StackNetwork(name: "shop_default")]) {
            $0.networks["default"] = NetworkAttachment(aliases: ["www"])
        }
        let place = NetworkPlace(address: "10.1.0.2", prefixLength: 16, gateway: "10.1.0.1", mac: "02:42:0a:01:00:02")
        let shown = try Self.document(record, places: ["shop_default": place]).NetworkSettings.Networks
        let endpoint = try #require(shown["shop_default"])
        #expect(endpoint.Aliases == ["shop-web-1", "web", "www"])
        #expect(endpoint.IPAddress == "10.1.0.2" && endpoint.IPPrefixLen == 16)
        #expect(endpoint.Gateway == "10.1.0.1" && endpoint.MacAddress == "02:42:0a:01:00:02")
        // One that doesn't run has no place.
        let resting = try Self.document(record).NetworkSettings.Networks["shop_default"]
        #expect(resting?.IPAddress == "" && resting?.IPPrefixLen == 0)
    }
}
