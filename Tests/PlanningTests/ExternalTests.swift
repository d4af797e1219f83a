import Planning
import StackModel
import Testing

/// A stack that uses a network and a volume of somebody else.
private let guest = stack(
    service("web", networks: ["default", "shared"]) {
        $0.volumes = [VolumeMount(source: .named("data"), target: "/data")]
    },
    service("alone", networks: []),
    networks: ["shared": StackNetwork(name: "host_shared", external: true)],
    volumes: ["data": StackVolume(name: "host_data", external: true)])

@Suite struct ExternalTests {
    @Test func whatIsOnlyUsedIsNeitherMadeNorRemoved() throws {
        let plan = try Plan.up(guest, observed: ObservedStack(nothingOf: guest))
        #expect(plan.actions.filter { $0.hasPrefix("create network") } == ["create network demo_default"])
        #expect(!plan.actions.contains { $0.hasPrefix("create volume") })
        var options = LifecycleOptions()
        options.volumes = true
        let down = try Plan.down(observed: ObservedStack(running: guest), stack: guest, options: options)
        #expect(down.actions.filter { $0.hasPrefix("remove network") } == ["remove network demo_default"])
        #expect(!down.actions.contains { $0.hasPrefix("remove volume") })
    }

    @Test func whatIsMissingIsSaidBeforeAnythingIsStopped() throws {
        var observed = try ObservedStack(running: guest)
        var changed = guest
        changed.services["web"]?.container.tty = true
        observed.externalNetworks = []
        #expect(throws: PlanError.externalNetworkMissing("host_shared")) { try Plan.up(changed, observed: observed) }
        observed.externalNetworks = ["host_shared"]
        observed.externalVolumes = ["other"]
        #expect(throws: PlanError.externalVolumeMissing("host_data")) { try Plan.up(changed, observed: observed) }
        observed.externalVolumes = ["host_data"]
        #expect(try Plan.up(changed, observed: observed).changes.count == 1)
    }

    @Test func whatTheServicesNamedDontUseMayBeMissing() throws {
        var observed = ObservedStack(nothingOf: guest)
        observed.externalNetworks = []
        observed.externalVolumes = []
        var options = PlanOptions()
        options.services = ["alone"]
        #expect(try Plan.up(guest, observed: observed, options: options).changes.count == 1)
    }

    @Test func downNeedsNothing() throws {
        var observed = try ObservedStack(running: guest)
        observed.externalNetworks = []
        observed.externalVolumes = []
        #expect(try Plan.down(observed: observed, stack: guest).changes.count == 2)
    }
}

/// What other stacks use stays, whoever it belongs to.
@Suite struct StrangerTests {
    private static let host = stack(
        service("web") { $0.volumes = [VolumeMount(source: .named("data"), target: "/data")] },
        volumes: ["data": StackVolume(name: "demo_data")])

    private static func observed(network: [String] = [], volume: [String] = []) throws -> ObservedStack {
        var observed = try ObservedStack(running: host)
        observed.networkUsers = network.isEmpty ? [:] : ["demo_default": network]
        observed.volumeUsers = volume.isEmpty ? [:] : ["demo_data": volume]
        return observed
    }

    @Test func downLeavesWhatOthersUse() throws {
        var options = LifecycleOptions()
        options.volumes = true
        let plan = try Plan.down(
            observed: Self.observed(network: ["other-a-1", "other-b-1"], volume: ["other-a-1"]), options: options)
        #expect(plan.actions == ["stop web-1 10s", "remove web-1 id1 with volumes"])
        #expect(
            plan.warnings == [
                "Network demo_default: container other-a-1, other-b-1 of another stack uses it; it stays",
                "Volume demo_data: container other-a-1 of another stack uses it; it stays",
            ])
        let alone = try Plan.down(observed: Self.observed(), options: options)
        #expect(alone.actions.suffix(2) == ["remove network demo_default", "remove volume demo_data"])
        #expect(alone.warnings.isEmpty)
    }

    @Test func aVolumeIsNoMatterWhereNoneGoes() throws {
        let plan = try Plan.down(observed: Self.observed(volume: ["other-a-1"]))
        #expect(plan.warnings.isEmpty)
        #expect(plan.actions.last == "remove network demo_default")
    }

    @Test func pruneLeavesTheNetworkOfOthers() throws {
        let observed = try Self.observed(network: ["other-a-1"])
            .changing("demo-web-1") { $0.state = .exited(code: 0) }
        #expect(try Plan.prune(observed: observed).actions == ["remove web-1 id1"])
        let alone = try Self.observed().changing("demo-web-1") { $0.state = .exited(code: 0) }
        #expect(try Plan.prune(observed: alone).actions == ["remove web-1 id1", "remove network demo_default"])
    }

    /// It can't be made anew while somebody is attached to it.
    @Test func upLeavesAChangedNetworkOfOthersAsItIs() throws {
        var changed = Self.host
        changed.networks["default"]?.isInternal = true
        let plan = try Plan.up(changed, observed: Self.observed(network: ["other-a-1"]))
        #expect(plan.isEmpty, "\(plan.text)")
        #expect(plan.warnings.count == 1)
        #expect(try Plan.up(changed, observed: Self.observed()).actions.contains("remove network demo_default"))
    }
}
