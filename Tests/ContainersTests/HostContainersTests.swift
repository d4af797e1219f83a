import ControlAPI
import Glibc
import Images
import Kernel
import Launching
import Logging
import NIOPosix
import OCI
import Planning
import Sandboxes
import StackModel
import Testing
import Volumes

@testable import Containers

/// The engines of an instance in a directory of its own.
private struct Instance {
    let place: TemporaryDirectory
    let containers: HostContainers
    var volumes: VolumeStore { containers.volumes }
    var locations: Locations { place.locations }

    init() throws {
        place = try TemporaryDirectory()
        let networks = try NetworkController(
            locations: place.locations, instance: "test", group: MultiThreadedEventLoopGroup.singleton)
        containers = try HostContainers(
            locations: place.locations, volumes: VolumeStore(root: place.locations.root), networks: networks,
            shim: Shim(executable: "/no/shim"), supervisorCommand: [], log: Logger(label: "test"))
    }

    /// What there is of containers and volumes.
    func left() throws -> [String] {
        try Directory.names(in: locations.root + "/containers").map { "container \($0)" }
            + volumes.list().map { "volume \($0.record.name)" }
    }
}

private func record(_ volumes: [VolumeMount], defaults: [String] = []) -> ContainerRecord {
    Samples.record(defaults: ContainerDefaults(command: ["/bin/app"], volumes: defaults)) { $0.volumes = volumes }
}

@Suite(.timeLimit(.minutes(5))) struct HostContainersTests {
    @Test func anonymousVolumesAreMadeOrKept() async throws {
        let instance = try Instance()
        let kept = try instance.volumes.createAnonymous().record.name
        let wanted = record([VolumeMount(source: .anonymous, target: "/own")], defaults: ["/cache", "/lost"])
        let made = try await instance.containers.make(wanted, keeping: ["/cache": kept, "/lost": "gone"])
        #expect(made.anonymousVolumes.keys.sorted() == ["/cache", "/lost", "/own"])
        #expect(made.anonymousVolumes["/cache"] == kept)
        // What somebody removed meanwhile is made anew.
        #expect(made.anonymousVolumes["/lost"] != "gone")
        #expect(Set(try instance.volumes.list().map(\.record.name)) == Set(made.anonymousVolumes.values))
        #expect(try instance.containers.read(made.id) == made)
    }

    /// A failed creation leaves no directory, no new volume, and what it was given.
    @Test func whatCannotBeMadeLeavesNothing() async throws {
        let instance = try Instance()
        let kept = try instance.volumes.createAnonymous().record.name
        let wanted = record(
            [VolumeMount(source: .named("data"), target: "/data"), VolumeMount(source: .anonymous, target: "/own")],
            defaults: ["/cache"])
        let error = await #expect(throws: ContainerError.self) {
            try await instance.containers.make(wanted, keeping: ["/cache": kept])
        }
        #expect(error?.description == "volume data doesn't exist; make it, or take `external` away")
        #expect(try instance.left() == ["volume \(kept)"])
    }

    @Test func whatIsRemovedIsGoneAndCanBeRemovedAgain() async throws {
        let instance = try Instance()
        let other = try instance.volumes.createAnonymous().record.name
        let made = try await instance.containers.make(
            record([VolumeMount(source: .anonymous, target: "/own")]), keeping: [:])
        try Files.makeDirectories(instance.locations.containerRunDirectory(made.id))
        for _ in 1...2 {
            try await instance.containers.remove(made.id, made, volumes: made.anonymousVolumes.values.sorted())
            #expect(try instance.left() == ["volume \(other)"])
        }
    }

    // MARK: What an earlier supervisor left

    /// A process of the test's own, that ends with the value.
    private final class Child: Sendable {
        let identity: ProcessIdentity

        init() throws {
            identity = try ProcessIdentity(pid: Spawn("/bin/sleep", ["sleep", "600"]).start())
        }

        deinit {
            kill(identity.pid, SIGKILL)
            waitpid(identity.pid, nil, 0)
        }
    }

    private static let gone = ProcessIdentity(pid: 4_194_303, startTime: 1)

    private static func write(
        _ instance: Instance, _ record: ContainerRecord, process: ProcessIdentity, shim: ProcessIdentity
    ) throws {
        let directory = instance.locations.containerRunDirectory(record.id)
        try Files.makeDirectories(directory)
        let state = """
            {"pid":\(process.pid),"startTime":\(process.startTime),"shimPid":\(shim.pid),\
            "shimStartTime":\(shim.startTime),"createdNanoseconds":7}
            """
        try Files.replace(directory + "/state.json", with: Array(state.utf8))
    }

    private static func writeEnd(_ instance: Instance, _ record: ContainerRecord) throws {
        let end = #"{"code":3,"signal":0,"oomKilled":true,"startedNanoseconds":7,"finishedNanoseconds":9}"#
        let directory = instance.locations.containerRunDirectory(record.id)
        try Files.makeDirectories(directory)
        try Files.replace(directory + "/exit", with: Array(end.utf8))
    }

    private static let end = RunEnd(
        code: 3, outOfMemory: true, started: Instant(nanoseconds: 7), finished: Instant(nanoseconds: 9))

    @Test func whatNeverRanIsGone() async throws {
        let instance = try Instance()
        #expect(await instance.containers.find(Samples.record()) == .gone(nil))
        #expect(instance.containers.recordedEnd(of: Samples.record()) == nil)
    }

    @Test func whatRunsIsFound() async throws {
        let instance = try Instance()
        let child = try Child()
        try Self.write(instance, Samples.record(), process: child.identity, shim: child.identity)
        let (pid, start) = (child.identity.pid, child.identity.startTime)
        let processes = ContainerProcesses(pid: pid, startTime: start, shim: pid, shimStartTime: start)
        #expect(
            await instance.containers.find(Samples.record()) == .running(processes, since: Instant(nanoseconds: 7)))
        #expect(instance.containers.isAlive(processes))
        // Another process may have its pid by now.
        let later = ContainerProcesses(pid: pid, startTime: start + 1, shim: pid, shimStartTime: start + 1)
        #expect(!instance.containers.isAlive(later))
        instance.containers.signal(later, SIGKILL)
        #expect(child.identity.isAlive)
    }

    @Test func whatEndedMeanwhileIsKnownByWhatItsShimWrote() async throws {
        let instance = try Instance()
        try Self.write(instance, Samples.record(), process: Self.gone, shim: Self.gone)
        #expect(await instance.containers.find(Samples.record()) == .gone(nil))
        try Self.writeEnd(instance, Samples.record())
        #expect(await instance.containers.find(Samples.record()) == .gone(Self.end))
        #expect(instance.containers.recordedEnd(of: Samples.record()) == Self.end)
    }

    /// A container without a shim has nobody who tells of its end: it ends too.
    @Test func whatAKilledShimLeftIsEnded() async throws {
        let instance = try Instance()
        let child = try Child()
        try Self.write(instance, Samples.record(), process: child.identity, shim: Self.gone)
        #expect(await instance.containers.find(Samples.record()) == .gone(nil))
        #expect(!child.identity.isAlive)
    }

    @Test func whatBelongsToNobodyIsSweptAway() throws {
        let instance = try Instance()
        let child = try Child()
        let (kept, lost) = (Samples.record(), Samples.record(String(repeating: "b", count: 64)))
        try Files.makeDirectories(instance.locations.containerDirectory(kept.id))
        for record in [kept, lost] { try Files.makeDirectories(instance.locations.containerRunDirectory(record.id)) }
        try Self.write(instance, lost, process: child.identity, shim: Self.gone)
        try instance.containers.sweep()
        #expect(try Directory.names(in: instance.locations.runRoot + "/containers") == [kept.id])
        // It was told to end; as a zombie it waits for this test.
        #expect(waitpid(child.identity.pid, nil, 0) == child.identity.pid)
    }
}

/// What a further process in a container is given.
@Suite struct ContainerExecTests {
    private static let processes = ContainerProcesses(pid: 21, startTime: 22, shim: 23, shimStartTime: 24)

    /// The program of a command in a container whose image knows the user `app`.
    private static func program(
        _ change: (inout ExecRequest) -> Void = { _ in }, settings: (inout ContainerSettings) -> Void = { _ in }
    ) async throws -> ExecProgram {
        let instance = try Instance()
        let record = Samples.record(String(repeating: "a", count: 64), settings)
        let etc = instance.locations.upperDirectory(of: record.id) + "/etc"
        try Files.makeDirectories(etc)
        try Files.replace(
            etc + "/passwd", with: Array("root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/srv:/bin/sh\n".utf8))
        try Files.replace(etc + "/group", with: Array("root:x:0:\napp:x:1001:\nextra:x:7:app\n".utf8))
        let bundle = try BundleBuilder.configuration(for: record, inputs: Samples.inputs())
        let directory = instance.locations.containerRunDirectory(record.id)
        try Files.makeDirectories(directory)
        try Files.replace(directory + "/config.json", with: JSON.encode(bundle))
        var request = ExecRequest(service: "web", command: ["sh", "-c", "true"])
        change(&request)
        let exec = ContainerExec(launcher: instance.containers.launcher)
        // As the shim reads it.
        return try await ExecProgram(wire: exec.program(request, in: record, processes).wire)
    }

    @Test func itIsAsTheContainersOwnProcess() async throws {
        let program = try await Self.program { _ in
        } settings: {
            $0.environment = ["A": "1"]
            $0.workingDir = "/work"
        }
        #expect(program.target == 21 && program.targetStartTime == 22 && program.timeout == 0)
        #expect(program.process.arguments == ["sh", "-c", "true"])
        #expect(program.process.environment.contains("A=1") && program.process.workingDirectory == "/work")
        #expect(program.process.user == 0 && !program.process.terminal && program.process.openStandardInput)
        #expect(!program.process.seccomp.isEmpty)
        #expect(program.cgroup.hasSuffix("/" + Samples.record().id))
    }

    @Test func whatIsAskedComesBeforeTheContainersOwn() async throws {
        let program = try await Self.program {
            $0.environment = ["A=2", "B=3"]
            $0.workingDirectory = "/tmp"
            $0.terminal = true
        } settings: {
            $0.environment = ["A": "1"]
        }
        let environment = program.process.environment
        #expect(environment.filter { $0.hasPrefix("A=") } == ["A=2"] && environment.contains("B=3"))
        #expect(environment.filter { $0.hasPrefix("TERM=") } == ["TERM=xterm"])
        #expect(program.process.workingDirectory == "/tmp" && program.process.terminal)
    }

    @Test func anotherUserHasHisGroupsAndNoRights() async throws {
        let process = try await Self.program { $0.user = "app" }.process
        #expect(process.user == 1000 && process.group == 1001 && process.additionalGroups.contains(7))
        #expect(process.environment.filter { $0.hasPrefix("HOME=") } == ["HOME=/srv"])
        #expect(process.capabilities.effective == 0 && process.capabilities.permitted == 0)
        let root = try await Self.program {
            $0.user = "0"
        } settings: {
            $0.user = "app"
        }.process
        #expect(root.user == 0 && root.capabilities.effective == root.capabilities.bounding)
    }

    @Test func aPrivilegedProcessHasAllThatThereIs() async throws {
        let own = try await Self.program().process
        let process = try await Self.program { $0.privileged = true }.process
        #expect(process.seccomp.isEmpty)
        let all = try Credentials.available(.max)
        #expect(process.capabilities.effective == all && process.capabilities.bounding == all)
        #expect(own.capabilities.bounding & ~all == 0)
    }

    @Test func aContainerWithoutAFilterGivesNone() async throws {
        #expect(
            try await Self.program { _ in
            } settings: {
                $0.privileged = true
            }.process.seccomp.isEmpty)
        let unconfined = try await Self.program { _ in
        } settings: {
            $0.securityOpt = [.seccomp(.unconfined)]
        }
        #expect(unconfined.process.seccomp.isEmpty)
    }

    @Test func whatDoesNotRunTakesNoFurtherProcess() async throws {
        let instance = try Instance()
        let record = Samples.record()
        let snapshot = ContainerSnapshot(record: record, status: ContainerStatus(of: record))
        let error = await #expect(throws: ContainerError.self) {
            try await instance.containers.exec(ExecRequest(service: "web", command: ["true"]), in: snapshot)
        }
        #expect(error?.description == "container shop-web-1 is not running")
    }
}
