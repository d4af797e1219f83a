import ControlAPI
import Glibc
import Kernel
import OCI
import StackModel
import Testing
import Volumes

@testable import Containers

/// A place with a store of volumes in it.
private struct Volumes {
    let place: TemporaryDirectory
    let store: VolumeStore
    var resolver: MountResolver { MountResolver(locations: place.locations, volumes: store) }

    init() throws {
        place = try TemporaryDirectory()
        store = VolumeStore(root: place.locations.root)
        try store.ensure(name: "shop_data")
    }

    func path(_ name: String) -> String { place.locations.root + "/volumes/\(name)/_data" }
}

/// With the named volume `data` known.
private func record(
    _ volumes: [VolumeMount], privileged: Bool = false, anonymous: [String: String] = [:], id: Character = "a"
) -> ContainerRecord {
    var record = Samples.record(String(repeating: id, count: 64)) {
        $0.volumes = volumes
        $0.privileged = privileged
    }
    record.spec.volumes["data"] = StackVolume(name: "shop_data")
    record.anonymousVolumes = anonymous
    return record
}

private let data = VolumeMount(source: .named("data"), target: "/data")

@Suite struct MountResolverTests {
    @Test(arguments: [
        (data, false, ["rbind", "nodev", "rw"]), (data, true, ["rbind", "rw"]),
        (VolumeMount(source: .named("data"), target: "/data", readOnly: true), false, ["rbind", "nodev", "ro"]),
    ])
    func aNamedVolumeIsFoundByItsKey(_ mount: VolumeMount, privileged: Bool, _ options: [String]) async throws {
        let volumes = try Volumes()
        let mounts = try await volumes.resolver.mounts(of: record([mount], privileged: privileged))
        let expected = RuntimeConfiguration.Mount(
            destination: "/data", type: "bind", source: volumes.path("shop_data"), options: options)
        #expect(mounts == [expected])
    }

    @Test func aVolumeThatIsGoneIsNamed() async throws {
        let volumes = try Volumes()
        try volumes.store.remove("shop_data")
        let error = await #expect(throws: VolumeError.self) { try await volumes.resolver.mounts(of: record([data])) }
        #expect(error.map { "\($0)".contains("shop_data") } == true)
    }

    @Test(
        arguments: [
            (nil, nil, false, [], ["nosuid", "nodev", "noexec", "mode=1777"]),
            (1 << 20, 0o700, false, [], ["nosuid", "nodev", "noexec", "size=1048576", "mode=700"]),
            (nil, nil, true, ["uid=5"], ["nosuid", "nodev", "noexec", "uid=5", "mode=1777", "ro"]),
        ] as [(Int64?, UInt32?, Bool, [String], [String])])
    func memoryHasItsSizeAndMode(
        _ size: Int64?, _ mode: UInt32?, readOnly: Bool, _ own: [String], _ options: [String]
    ) async throws {
        let mount = VolumeMount(
            source: .tmpfs(size: size, mode: mode), target: "/run", readOnly: readOnly, options: own)
        let mounts = try await Volumes().resolver.mounts(of: record([mount]))
        #expect(mounts == [.init(destination: "/run", type: "tmpfs", source: "tmpfs", options: options)])
    }

    @Test func aBindsDirectoryIsMadeWhereTheFileAllows() async throws {
        let volumes = try Volumes()
        let path = volumes.place.path + "/made/here"
        func mount(create: Bool) -> VolumeMount {
            VolumeMount(source: .bind(path: path, create: create, propagation: "rslave"), target: "/in")
        }
        let error = await #expect(throws: ContainerError.self) {
            try await volumes.resolver.mounts(of: record([mount(create: false)]))
        }
        #expect(error?.description.hasPrefix(#"service "web": bind source path does not exist: \#(path); "#) == true)
        let mounts = try await volumes.resolver.mounts(of: record([mount(create: true)]))
        #expect(mounts.first?.source == path && mounts.first?.options == ["rbind", "nodev", "rw", "rslave"])
        #expect(Files.exists(path))
    }

    // MARK: A part of a volume: other containers decide what is on the way to it

    @Test(arguments: [
        ("missing", "volume shop_data has no directory \"missing\"; make it or change the subpath"),
        ("../../secret", "volume shop_data: the subpath \"../../secret\" leads out of the volume; change it"),
        ("link", "volume shop_data: the subpath \"link\" leads out of the volume; change it"),
        ("loop", "volume shop_data: the subpath \"loop\" leads out of the volume; change it"),
    ])
    func aPartStaysInItsVolume(_ subpath: String, _ message: String) async throws {
        let volumes = try Volumes()
        try #require(symlink("/etc", volumes.path("shop_data") + "/link") == 0)
        try #require(symlink("loop", volumes.path("shop_data") + "/loop") == 0)
        let mount = VolumeMount(source: .named("data"), target: "/part", subpath: subpath)
        let error = await #expect(throws: ContainerError.self) {
            try await volumes.resolver.mounts(of: record([mount]))
        }
        #expect(error?.description == message)
    }

    @Test func onlyAPartIsMounted() async throws {
        let volumes = try Volumes()
        try Files.makeDirectories(volumes.path("shop_data") + "/a/b")
        let mount = VolumeMount(source: .named("data"), target: "/part", subpath: "a/b")
        let mounts = try await volumes.resolver.mounts(of: record([mount, data]))
        #expect(mounts.map(\.source) == [volumes.path("shop_data") + "/a/b", volumes.path("shop_data")])
        // Whole volumes need no further care.
        #expect(try volumes.resolver.sharedSources(of: record([mount, data])) == [volumes.path("shop_data")])
        #expect(try volumes.resolver.sharedSources(of: record([data])) == [])
    }

    // MARK: Anonymous volumes

    @Test(arguments: [(false, "rw"), (true, "ro")])
    func anAnonymousVolumeIsAsTheServiceSays(readOnly: Bool, _ option: String) async throws {
        let volumes = try Volumes()
        let name = try volumes.store.createAnonymous().record.name
        let mount = VolumeMount(source: .anonymous, target: "/cache", readOnly: readOnly)
        let mounts = try await volumes.resolver.mounts(of: record([mount], anonymous: ["/cache": name]))
        let expected = RuntimeConfiguration.Mount(
            destination: "/cache", type: "bind", source: volumes.path(name), options: ["rbind", "nodev", option])
        #expect(mounts == [expected])
    }

    // MARK: `volumes_from`

    @Test func othersVolumesAreSeenUnlessTheServiceHasItsOwn() async throws {
        let volumes = try Volumes()
        try volumes.store.ensure(name: "image")
        try volumes.store.ensure(name: "others")
        let other = record(
            [
                data, VolumeMount(source: .bind(path: "/usr", create: false, propagation: nil), target: "/own"),
                VolumeMount(source: .tmpfs(size: nil, mode: nil), target: "/memory"),
            ], anonymous: ["/image": "others"], id: "b")
        let own = record(
            [VolumeMount(source: .bind(path: "/var", create: false, propagation: nil), target: "/own")],
            anonymous: ["/image": "image"])
        let mounts = try await volumes.resolver.mounts(of: own, seeing: [(other, true)])
        let sources = Dictionary(uniqueKeysWithValues: mounts.map { ($0.destination, $0.source) })
        #expect(
            sources == [
                // What the service says itself counts most, what only its image says least; memory is each one's own.
                "/own": "/var", "/data": volumes.path("shop_data"), "/image": volumes.path("others"),
            ])
        for mount in mounts {
            #expect(mount.options == ["rbind", "nodev", mount.destination == "/own" ? "rw" : "ro"], "\(mount)")
        }
    }

    @Test func ofTwoOthersTheFirstCounts() async throws {
        let volumes = try Volumes()
        func other(_ id: Character, _ path: String) -> ContainerRecord {
            record([VolumeMount(source: .bind(path: path, create: false, propagation: nil), target: "/shared")], id: id)
        }
        let mounts = try await volumes.resolver.mounts(
            of: record([]), seeing: [(other("b", "/usr"), false), (other("c", "/var"), true)])
        #expect(mounts.map(\.source) == ["/usr"] && mounts.first?.options?.last == "rw")
    }

    // MARK: Secrets and configs

    private static func granted(
        _ volumes: Volumes, _ grants: [FileGrant]
    ) async throws -> [RuntimeConfiguration.Mount] {
        var container = record([])
        container.spec.settings.secrets = grants
        return try await volumes.resolver.mounts(of: container)
    }

    private static func status(_ path: String) throws -> stat {
        var information = stat()
        try #require(stat(path, &information) == 0)
        return information
    }

    @Test(.enabled(if: geteuid() == 0, "only root may give a file away"))
    func contentIsWrittenForItsReader() async throws {
        let volumes = try Volumes()
        let file = volumes.place.path + "/key"
        try Files.replace(file, with: Array("from a file".utf8), mode: 0o600)
        let mounts = try await Self.granted(
            volumes,
            [
                FileGrant(source: "password", content: .inline("secret"), target: "/run/secrets/password"),
                FileGrant(
                    source: "key", content: .file(file), target: "/key", uid: NumericID(7), gid: NumericID(8),
                    mode: 0o400),
            ])
        #expect(mounts.map(\.destination) == ["/run/secrets/password", "/key"])
        #expect(mounts.allSatisfy { $0.options == ["bind", "ro", "nodev"] })
        let sources = mounts.compactMap(\.source)
        #expect(try sources.map { try Files.readText($0) } == ["secret", "from a file"])
        let modes = try sources.map { path in
            let status = try Self.status(path)
            return [status.st_uid, status.st_gid, status.st_mode & 0o777]
        }
        #expect(modes == [[0, 0, 0o444], [7, 8, 0o400]])
        // Nobody else of the host can come near them.
        let directory = volumes.place.locations.containerRunDirectory(record([]).id) + "/grants"
        #expect(sources.allSatisfy { $0.hasPrefix(directory + "/") })
        #expect(try Self.status(directory).st_mode & 0o777 == 0o700)
    }

    @Test func aFileThatNothingIsSaidOfIsBoundItself() async throws {
        let volumes = try Volumes()
        let file = volumes.place.path + "/app.conf"
        try Files.replace(file, with: [])
        let grant = FileGrant(source: "app", content: .file(file), target: "/app.conf")
        #expect(try await Self.granted(volumes, [grant]).map(\.source) == [file])
    }

    @Test(
        arguments: [
            (nil, #"service "web": app: bind source path does not exist: /no/such"#),
            (0o400, #"service "web": app: /no/such: No such file or directory"#),
        ] as [(UInt32?, String)])
    func aMissingFileIsToldWithItsService(_ mode: UInt32?, _ message: String) async throws {
        let grant = FileGrant(source: "app", content: .file("/no/such"), target: "/app.conf", mode: mode)
        let error = await #expect(throws: ContainerError.self) { try await Self.granted(Volumes(), [grant]) }
        #expect(error?.description.lowercased() == message.lowercased())
    }
}
