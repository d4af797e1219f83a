import OCI
import StackModel
import Testing

@testable import Containers

@Suite struct BundleMountTests {
    private static let system = ["/proc", "/dev", "/dev/pts", "/sys", "/sys/fs/cgroup", "/dev/mqueue", "/dev/shm"]

    private static func bind(_ target: String) -> RuntimeConfiguration.Mount {
        .init(destination: target, type: "bind", source: "/host" + target, options: ["rbind"])
    }

    private static func targets(_ own: [String], files: [String] = []) throws -> [String] {
        let inputs = try Samples.inputs {
            $0.mounts = own.map(bind)
            $0.identityFiles = Dictionary(uniqueKeysWithValues: files.map { ($0, "/host" + $0) })
        }
        return BundleBuilder.mounts(Samples.record(), inputs).map(\.destination)
    }

    @Test func systemComesFirst() throws {
        #expect(try Self.targets([]) == Self.system)
        #expect(try Self.targets(["/data"]) == Self.system + ["/data"])
    }

    @Test func outerComesBeforeInner() throws {
        #expect(try Self.targets(["/a/b/c", "/a", "/a/b"]) == Self.system + ["/a", "/a/b", "/a/b/c"])
    }

    @Test func generatedFilesAreBound() throws {
        let files = ["/etc/resolv.conf", "/etc/hosts", "/etc/hostname"]
        #expect(
            try Self.targets([], files: files) == Self.system + ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"])
    }

    @Test func ownFileReplacesTheGeneratedOne() throws {
        let targets = try Self.targets(["/etc/hosts"], files: ["/etc/hosts", "/etc/hostname"])
        #expect(targets == Self.system + ["/etc/hostname", "/etc/hosts"])
    }

    @Test func ownMountReplacesTheSystems() throws {
        let targets = try Self.targets(["/dev/shm"])
        #expect(targets == Self.system.filter { $0 != "/dev/shm" } + ["/dev/shm"])
    }

    @Test func generatedFilesStayVisibleInAnOwnEtc() throws {
        let targets = try Self.targets(["/etc"], files: ["/etc/hosts"])
        let etc = try #require(targets.firstIndex(of: "/etc"))
        let hosts = try #require(targets.firstIndex(of: "/etc/hosts"))
        #expect(etc < hosts)
    }

    @Test(arguments: [(nil, "size=67108864"), (1 << 20, "size=1048576")] as [(Int64?, String)])
    func sharedMemoryHasItsSize(_ size: Int64?, _ option: String) throws {
        let mounts = BundleBuilder.mounts(Samples.record { $0.shmSize = size }, try Samples.inputs())
        #expect(mounts.first { $0.destination == "/dev/shm" }?.options?.contains(option) == true)
    }

    @Test func systemMountsAreThoseOfDocker() throws {
        let mounts = BundleBuilder.mounts(Samples.record(), try Samples.inputs())
        func options(_ target: String) -> [String]? { mounts.first { $0.destination == target }?.options }
        #expect(options("/proc") == ["nosuid", "noexec", "nodev"])
        #expect(options("/dev") == ["nosuid", "nodev", "strictatime", "mode=755", "size=65536k"])
        #expect(options("/dev/pts") == ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"])
        #expect(options("/sys") == ["nosuid", "noexec", "nodev", "ro"])
        #expect(options("/sys/fs/cgroup") == ["nosuid", "noexec", "nodev", "ro"])
    }

    @Test func noMountOfAnUnprivilegedContainerHasDevices() throws {
        let inputs = try Samples.inputs {
            $0.mounts = [
                Self.bind("/data"), .init(destination: "/t", type: "tmpfs", source: "tmpfs", options: ["dev", "ro"]),
            ]
            $0.identityFiles = ["/etc/hosts": "/host/hosts"]
        }
        for mount in BundleBuilder.mounts(Samples.record(), inputs) where mount.type != "devpts" {
            #expect(mount.options?.contains("nodev") == true, "\(mount)")
            #expect(mount.options?.contains("dev") == false, "\(mount)")
        }
        let privileged = BundleBuilder.mounts(Samples.record { $0.privileged = true }, inputs)
        #expect(privileged.first { $0.destination == "/t" }?.options == ["dev", "ro"])
    }
}
